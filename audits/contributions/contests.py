"""
Records of one contest, which count once where purchases are counted.

Publishers who give an ocid to each lot or contract tell one tender many times. Processes of one buyer (or, where none
is named, of one procuring entity), awarded in one month, are of one contest if their titles differ in numbers and
short words alone (``Lote 2``, ``lote B``, ``lot IV``). A title that is a number with hardly a word says nothing of
what else belongs to it.
"""

# SQL of the buyer of a process ``p``.
BUYER = "coalesce(p.buyer_id, p.procuring_entity_id)"
# Roman numerals count as numbers only after the word for a lot: "civil" consists of the same letters.
_TITLE = r"regexp_replace(lower(p.title), '[0-9]+|\m(\w{1,2}|(?<=\mlot(e|es|s)?\s)[ivxlc]+)\M', '', 'g')"
# Letters of a title that say what was bought.
_LETTERS = 4

# SQL of what those of one contest share, over a process ``p``; one without title, award or buyer is one by itself.
CONTEST_OF_PROCESS = rf"""
    CASE WHEN p.award_date IS NULL OR {BUYER} IS NULL
        OR length(regexp_replace({_TITLE}, '[^[:alpha:]]', '', 'g')) < {_LETTERS} THEN p.ocid
    ELSE concat_ws('|', {BUYER}, to_char(p.award_date AT TIME ZONE 'UTC', 'YYYY-MM'), md5({_TITLE})) END
"""


def title_of(contest: str) -> str:
    """Return what contests with one title have in common, in whatever month; an ocid stands for itself."""
    *_, title = contest.split("|")
    return title
