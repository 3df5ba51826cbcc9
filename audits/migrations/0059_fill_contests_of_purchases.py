from django.db import migrations

from contracts.postgres.slices import fill_by_slices

# As ``audits.contributions.contests`` reads it; what is written or corrected meanwhile has it from there.
_BUYER = "coalesce(p.buyer_id, p.procuring_entity_id)"
_TITLE = r"regexp_replace(lower(p.title), '[0-9]+|\m(\w{1,2}|(?<=\mlot(e|es|s)?\s)[ivxlc]+)\M', '', 'g')"
_FILL = rf"""
    UPDATE audits_purchase q SET contest =
        CASE WHEN p.award_date IS NULL OR {_BUYER} IS NULL
            OR length(regexp_replace({_TITLE}, '[^[:alpha:]]', '', 'g')) < 4 THEN p.ocid
        ELSE concat_ws('|', {_BUYER}, to_char(p.award_date AT TIME ZONE 'UTC', 'YYYY-MM'), md5({_TITLE})) END
    FROM contracts_contractingprocess p WHERE p.id = q.process_id AND q.process_id BETWEEN %s AND %s
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("audits", "0058_contest_of_purchases")]

    operations = [fill_by_slices("contracts_contractingprocess", _FILL)]
