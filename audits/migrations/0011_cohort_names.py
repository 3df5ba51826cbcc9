"""
Names cohorts by what was counted instead of by the rules that read them.

The fences of price gaps were stored twice, for two rules; one of them stays. Digests of figures stay as they are, so
nothing is computed again for the sake of a name.
"""

from django.db import migrations

_NAMES = {
    "R024": "price_gaps",
    "R025": "bids_won",
    "R038": "bids_disqualified",
    "R048": "supplied_categories",
    "R050": "market_shares",
    "T08": "country_spend",
}

_FORWARD = [
    "DELETE FROM audits_cohort WHERE name = 'R058'",
    *(f"UPDATE audits_cohort SET name = '{name}' WHERE name = '{code}'" for code, name in _NAMES.items()),
    "UPDATE audits_cohort SET name = 'publisher_practice', key = name || '|' || key"
    " WHERE name IN ('R001', 'R010', 'R063')",
]
# The second copy comes back with the next refresh.
_BACKWARD = [
    *(f"UPDATE audits_cohort SET name = '{code}' WHERE name = '{name}'" for code, name in _NAMES.items()),
    "UPDATE audits_cohort SET name = split_part(key, '|', 1), key = split_part(key, '|', 2)"
    " WHERE name = 'publisher_practice'",
]


class Migration(migrations.Migration):
    dependencies = [("audits", "0010_decision_chain")]

    operations = [
        migrations.RunSQL(_FORWARD, _BACKWARD),
    ]
