"""
Records of one contest, which count once among purchases. A publisher that gives each lot or contract an ocid has many
records of one tender. Processes of one buyer (or, if there is none, of one procuring entity), awarded in one month,
belong to one contest if their titles differ only in numbers and short words (``Lote 2``, ``lote B``, ``lot IV``). A
title that is hardly more than a number does not show what belongs together.
"""

# SQL of the buyer of a process ``p``.
BUYER = "coalesce(p.buyer_id, p.procuring_entity_id)"
# Roman numerals count as numbers only after the word for a lot: "civil" consists of the same letters.
_TITLE = r"regexp_replace(lower(p.title), '[0-9]+|\m(\w{1,2}|(?<=\mlot(e|es|s)?\s)[ivxlc]+)\M', '', 'g')"
# Minimum number of letters of a title that says what was bought.
_LETTERS = 4

# SQL of the key of the contest of a process ``p``; a process without title, award or buyer is a contest by itself.
CONTEST_OF_PROCESS = rf"""
    CASE WHEN p.award_date IS NULL OR {BUYER} IS NULL
        OR length(regexp_replace({_TITLE}, '[^[:alpha:]]', '', 'g')) < {_LETTERS} THEN p.ocid
    ELSE concat_ws('|', {BUYER}, to_char(p.award_date AT TIME ZONE 'UTC', 'YYYY-MM'), md5({_TITLE})) END
"""


def title_of(contest: str) -> str:
    """Return the part of the key that contests with one title share in any month; an ocid stays as it is."""
    *_, title = contest.split("|")
    return title
