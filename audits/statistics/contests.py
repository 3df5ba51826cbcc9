"""
Records of one contest, which count once where purchases are counted.

Publishers who give an ocid to each lot or contract tell one tender many times. Processes of one buyer, awarded in one
month, are of one contest if their titles differ in numbers and short words alone (``Lote 2``, ``lote B``, ``lot IV``).
"""

# SQL of what those of one contest share, over a process ``p``; one without title or award is a contest by itself.
CONTEST = r"""
    CASE WHEN p.title = '' OR p.award_date IS NULL THEN p.ocid ELSE concat_ws(
        '|', p.buyer_id, to_char(p.award_date AT TIME ZONE 'UTC', 'YYYY-MM'),
        md5(regexp_replace(lower(p.title), '[0-9]+|\m(\w{1,2}|[ivxlc]+)\M', '', 'g'))
    ) END
"""
