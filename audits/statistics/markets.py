"""
Markets: purchases of one class of items, in one currency, within three years.

A purchase counts in a market if it has a single class: with several, the division of its value is unknown. Purchases
of one contest (``audits.contributions.contests``) count once.
"""

from collections import defaultdict
from collections.abc import Sequence

from audits.contributions.participation import BUYER, SUPPLIER
from audits.judging.figures.organizations import CountedProcess, MarketConcentration, MarketShare
from audits.models import Cohort
from audits.models.monthly_spend import CONTEST
from audits.statistics.counted_processes import MAX_COUNTED
from audits.statistics.populations import spend_key
from audits.statistics.windows import SPEND_WINDOW, months
from contracts.ocds.codelists.codes import SCHEMES_OF_GOODS
from contracts.postgres.querying import query

MARKET_SHARES = "market_shares"
# The year of the market and the two before.
MARKET_YEARS = 3

# Minimum number of processes of a class: fewer say nothing about its suppliers.
MIN_PROCESSES = 5

# Purchases that count in a market. A title is not a class, nor is a division of CPV ("15000000", all food) or a family
# of UNSPSC.
IN_MARKET = """
    q.country <> '' AND q.amount > 0 AND q.currency <> '' AND cardinality(q.subjects) = 1
    AND q.subjects[1] !~ '^title:|^CPVS?:..00$|^(UNSPSC|CUBSO):....00$'
"""
_YEAR = "extract(year FROM q.date AT TIME ZONE 'UTC')::int"

_SOLD = f"""
    SELECT q.supplier_id, supplier.key, q.country, q.subjects[1], q.currency,
           max(q.year),
           (array_agg(p.ocid ORDER BY q.amount DESC, p.ocid))[1:{MAX_COUNTED}],
           (array_agg(left(p.title, 120) ORDER BY q.amount DESC, p.ocid))[1:{MAX_COUNTED}],
           (array_agg(trim_scale(q.amount)::text ORDER BY q.amount DESC, p.ocid))[1:{MAX_COUNTED}],
           count(DISTINCT q.counts_as), count(DISTINCT q.buyer_id), trunc(sum(q.amount))::bigint,
           trunc(max(q.of_contest) / sum(q.amount), 6)::float8
    FROM (
        SELECT q.*, sum(q.amount) OVER (
            PARTITION BY q.supplier_id, q.country, q.subjects, q.currency, q.counts_as
        ) AS of_contest
        FROM (
            SELECT q.*, {CONTEST} AS counts_as, {_YEAR} AS year,
                   max({_YEAR}) OVER (PARTITION BY q.supplier_id, q.country, q.subjects, q.currency) AS latest
            FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.supplier_id = ANY(%s) AND {IN_MARKET}
        ) q
        WHERE q.year > q.latest - {MARKET_YEARS}
    ) q
    JOIN contracts_organization supplier ON supplier.id = q.supplier_id
    JOIN contracts_contractingprocess p ON p.id = q.process_id
    GROUP BY q.supplier_id, supplier.key, q.country, q.subjects[1], q.currency
    ORDER BY 1, 3, 4, 5
"""  # noqa: S608  -- conditions and numbers of ours

_CONCENTRATED = f"""
    WITH spent AS (
        SELECT q.buyer_id, q.subjects[1] AS subject, q.currency, q.date, q.supplier_id, q.amount, p.ocid, p.title,
               {CONTEST} AS contest,
               max(q.date) OVER (PARTITION BY q.buyer_id, q.subjects[1], q.currency) AS latest
        FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
        WHERE q.buyer_id = ANY(%(ids)s) AND {IN_MARKET} AND split_part(q.subjects[1], ':', 1) = ANY(%(schemes)s)
    ), recent AS (
        SELECT *, sum(amount) OVER (PARTITION BY buyer_id, subject, currency) AS total,
               sum(amount) OVER (PARTITION BY buyer_id, subject, currency, contest) AS of_contest
        FROM spent WHERE date > latest - make_interval(days => %(days)s)
    ), several AS (
        SELECT * FROM recent WHERE 2 * of_contest <= total
    ), share AS (
        SELECT buyer_id, subject, currency, count(DISTINCT contest) AS awards, sum(amount) AS taken,
               sum(amount) / sum(sum(amount)) OVER (PARTITION BY buyer_id, subject, currency) AS share
        FROM several GROUP BY buyer_id, subject, currency, supplier_id
    ), concentrated AS (
        SELECT buyer_id, subject, currency, count(*) AS suppliers, trunc(sum(share ^ 2), 6)::float8 AS hhi,
               trunc(max(share), 6)::float8 AS largest,
               (array_agg(awards ORDER BY share DESC, awards DESC))[1] AS awards,
               trunc(max(taken))::bigint AS taken
        FROM share GROUP BY buyer_id, subject, currency
    )
    SELECT buyer_id, subject, currency, suppliers, hhi, largest, awards, taken, max(latest), count(DISTINCT contest),
           (array_agg(ocid ORDER BY amount DESC, ocid))[1:{MAX_COUNTED}],
           (array_agg(left(title, 120) ORDER BY amount DESC, ocid))[1:{MAX_COUNTED}],
           (array_agg(trim_scale(amount)::text ORDER BY amount DESC, ocid))[1:{MAX_COUNTED}]
    FROM several JOIN concentrated USING (buyer_id, subject, currency)
    GROUP BY buyer_id, subject, currency, suppliers, hhi, largest, awards, taken
    HAVING count(DISTINCT contest) >= %(processes)s ORDER BY 1, 2, 3
"""  # noqa: S608  -- conditions and numbers of ours


def market_shares(organization_ids: Sequence[int]) -> dict[int, list[MarketShare]]:
    """
    Return, for each supplier, its share of each market in the latest year in which it sold there, if it is large.

    Shares are those of the ``Cohort`` rows of that name, which leave out small shares and small markets. The other
    values are of the same years.
    """
    sold = query(_SOLD, [list(organization_ids)])
    keys = {spend_key(*row[2:6]) for row in sold}
    cohorts = {row.key: row for row in Cohort.objects.filter(name=MARKET_SHARES, key__in=keys)}
    found: dict[int, list[MarketShare]] = defaultdict(list)
    for pk, supplier, country, subject, currency, year, ocids, titles, amounts, *numbers in sold:
        purchases, buyers, amount, largest = numbers
        cohort = cohorts.get(spend_key(country, subject, currency, year))
        share = cohort.figures["suppliers"].get(supplier) if cohort else None
        if cohort and share is not None:
            found[pk].append(
                MarketShare(
                    role=SUPPLIER,
                    market=f"{country}, {subject}, {currency}, {year - MARKET_YEARS + 1} – {year}",
                    cites=[country, subject, currency],
                    year=year,
                    share=share,
                    hhi=cohort.figures["hhi"],
                    processes=cohort.n,
                    purchases=purchases,
                    buyers=buyers,
                    amount=amount,
                    largest=largest,
                    counted=_counted(ocids, titles, amounts, currency),
                )
            )
    return found


def concentrations(organization_ids: Sequence[int]) -> dict[int, list[MarketConcentration]]:
    """
    Return, for each buyer, the concentration of its suppliers in each class of items that it bought. A contest with
    more than half of the spend is left out: it says nothing about the others.
    """
    rows = query(
        _CONCENTRATED,
        {
            "ids": list(organization_ids),
            "days": SPEND_WINDOW.days,
            "processes": MIN_PROCESSES,
            "schemes": list(SCHEMES_OF_GOODS),
        },
    )
    found: dict[int, list[MarketConcentration]] = defaultdict(list)
    for pk, subject, currency, *numbers, latest, processes, ocids, titles, amounts in rows:
        suppliers, hhi, largest, awards, taken = numbers
        found[pk].append(
            MarketConcentration(
                role=BUYER,
                market=f"{subject}, {currency}, {months(latest - SPEND_WINDOW, latest)}",
                cites=[subject, currency],
                year=latest.year,
                suppliers=suppliers,
                hhi=hhi,
                largest=largest,
                awards=awards,
                amount=taken,
                processes=processes,
                counted=_counted(ocids, titles, amounts, currency),
            )
        )
    return found


def _counted(
    ocids: Sequence[str], titles: Sequence[str], amounts: Sequence[str], currency: str
) -> list[CountedProcess]:
    return [
        CountedProcess(ocid, "/awards", {"amount": amount, "currency": currency}, title)
        for ocid, title, amount in zip(ocids, titles, amounts, strict=True)
    ]
