"""
Ordinary explanations of prices that a rule flags, which make the flag context.

The bounds were chosen by reading real bids.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import comb, gcd

from rapidfuzz import fuzz

from audits.facts.competition.bids import Offer, ids_of
from audits.facts.methods.small_purchases import bound_in
from audits.facts.money import Money, bounds_listed, money, percent, total
from audits.facts.stages import name_of
from audits.indicators.competition import lots_of
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.organizations.names import NameForms, name_reader
from contracts.ocds.parsing.objects import Bid, OrganizationReference, Process

# A lot is small below this share of the total award: otherwise each of dozens of lots would raise a question.
_SMALL_PART = Decimal("0.02")
SMALL_PRICES: Mapping[str, int] = bounds_listed("price")
# Equal prices among rounded bids count as chance if they are expected at least once in this many tenders.
_LIKELY = 20
_CENT = Decimal("0.01")
# Joins of members' names in the name of a consortium, and a word for one that any firm may have.
_JOINT = re.compile(r"[-–/,+]| (?:and|e|y|&) ", re.IGNORECASE)
_ASSOCIATES = re.compile(r"\bas+ociad[ao]s\b", re.IGNORECASE)
# If all prices are within this share of the highest, chance does not explain their nearness.
_NEAR = Decimal("0.001")
# A bid is hardly more expensive than a rejected one if it exceeds it by less than this share.
_LITTLE = Decimal("0.01")
# Minimum similarity (0 to 100) of two spellings of a name, and minimum length of the shorter one. The longer one may
# contain a place, an abbreviation or a department.
_ALIKE, _MIN_NAME_LENGTH = 88, 8
# A price below this share of the next one is a placeholder: the real price is elsewhere, per unit or in a document.
_TOKEN = Decimal("0.01")
# A bid of this many times another one is of another kind.
_OTHER_KIND = 2
# A price of two digits and then only zeros, or of three digits and at least four zeros, is a sum that somebody set.
_TWO_DIGITS, _THREE_DIGITS, _TEN_THOUSAND = 100, 1_000, 1_000_000
# If this many rivals, and half of all, have nearly the same price, a law or a tariff explains it.
_MANY = 5
# Minimum length of an abbreviation that is a word in the other name.
_MIN_WORD_LENGTH = 3


def ordinary_equality(dossier: Dossier, market: Sequence[Offer], bids: Sequence[Offer]) -> Context | None:
    """Return the context that explains equal bids without an agreement; ``None`` if nothing does."""
    process, price = dossier.process, bids[0].price
    return (
        named_alike(dossier, [offer.bid for offer in bids])
        or award_shared(process, bids)
        or beside_consortium(dossier, bids)
        or token_price(market, price)
        or sum_set(process, market, price)
        or many_alike(market, price)
        or at_estimate(process, bids)
        or at_share_of_estimate(process, bids)
        or rounded_alike(process, market, price)
        or nobody_dearer(process, market, price)
        or small_part(process, price)
        or small_lot(process, price)
    )


def small_part(process: Process, price: Money) -> Context | None:
    """Return the context that a lot is a small part of all that was awarded; ``None`` if not, or if unknown."""
    if len(process.tender.lots) < 2:
        return None
    awarded = total(money(award.value) for award in process.awards if award.status == "active")
    if awarded is None or awarded.currency != price.currency or price.amount >= _SMALL_PART * awarded.amount:
        return None
    return Context("small_part", {"price": str(price), "percent": percent(price.amount, awarded.amount)})


def small_lot(process: Process, price: Money) -> Context | None:
    """Return the context that one of several lots has a small price, often a unit price."""
    return small_price(process, price, SMALL_PRICES) if len(process.tender.lots) > 1 else None


def small_price(process: Process, price: Money, small_prices: Mapping[str, int]) -> Context | None:
    """Return the context that a price is below the bound of its currency; ``None`` if not, or without a bound."""
    bound = bound_in(process, price.currency, small_prices)
    if bound is None or price.amount >= bound.amount:
        return None
    return Context("small_price", {"price": str(price), "bound": str(bound)})


def rounded_alike(process: Process, market: Sequence[Offer], equal: Money) -> Context | None:
    """
    Return the context that two bids may be equal by chance, because all are rounded to the same step.

    The step is the greatest common divisor of all prices, or the power of ten to which the equal ones are rounded, if
    that is greater. The range is from the lowest price to the highest or, if all are equal, up to the estimate; a
    range below ``_NEAR`` is too narrow for chance.

    Bids that are listed count; if a record without lots counts more than twice as many tenderers, all tenderers do.
    Placeholders (``_TOKEN``) are left out, and so are bids of more than twice the equal ones: they are offers of
    another kind, and would make the range wide.
    """
    whole = (
        offer.price.amount
        for offer in market
        if _TOKEN * equal.amount <= offer.price.amount <= _OTHER_KIND * equal.amount
    )
    amounts = [int(amount * 100) for amount in whole]
    spread, rounded_to = max(amounts) - min(amounts), _power_of_ten(int(equal.amount * 100))
    step = max(gcd(*amounts), rounded_to)
    counted = process.tender.number_of_tenderers or 0
    lists_a_few = len(process.tender.lots) < 2 and counted > 2 * len(amounts)
    if not spread and not lists_a_few:
        spread, step = _cents_below(_estimate(process, market), equal), rounded_to
    count = counted if lists_a_few else len(amounts)
    if (spread < _NEAR * max(amounts) and not lists_a_few) or comb(count, 2) * _LIKELY < spread // step + 1:
        return None
    return Context("rounded_alike", {"count": count, "step": str(Money(Decimal(step) / 100, equal.currency))})


def token_price(market: Sequence[Offer], equal: Money) -> Context | None:
    """Return the context that equal prices are tiny compared with the next one: placeholders."""
    dearer = min((offer.price.amount for offer in market if offer.price.amount > equal.amount), default=None)
    if dearer is None or equal.amount >= _TOKEN * dearer:
        return None
    return Context("token_price", {"next": str(Money(dearer, equal.currency))})


def sum_set(process: Process, market: Sequence[Offer], equal: Money) -> Context | None:
    """
    Return the context that all bid one round sum and no estimate is known: the buyer may have set it, as for travel,
    postage or customs, where a fixed sum is spent.
    """
    if any(offer.price != equal for offer in market) or _estimate(process, market) is not None:
        return None
    cents = int(equal.amount * 100)
    zeros = _power_of_ten(cents)
    is_round = cents < (_THREE_DIGITS if zeros >= _TEN_THOUSAND else _TWO_DIGITS) * zeros
    return Context("sum_set", {"count": len(market)}) if is_round else None


def many_alike(market: Sequence[Offer], equal: Money) -> Context | None:
    """
    Return the context that many bidders, and at least half of all, bid nearly the equal price.

    Minimum wages, tariffs and maximum prices have this effect; agreements rarely include so many, and avoid equality.
    """
    near = sum(abs(offer.price.amount - equal.amount) <= _NEAR * equal.amount for offer in market)
    if near < _MANY or 2 * near < len(market):
        return None
    return Context("many_alike", {"near": near, "count": len(market)})


def award_shared(process: Process, bids: Sequence[Offer]) -> Context | None:
    """Return the context that all bidders with this price won: they bid together, or share the sale."""
    won = _winners(process, bids)
    return Context("award_shared", {}) if all(ids_of(offer.bid.tenderers) & won for offer in bids) else None


def beside_consortium(dossier: Dossier, bids: Sequence[Offer]) -> Context | None:
    """
    Return the context that bids equal that of a consortium: they may be those of its members, listed apart.

    Two consortia with one price are rivals, and so are a consortium whose bid names its members and all others.
    """
    forms = name_reader(dossier.reference.words).forms
    named = [{name_of(dossier.process, tenderer) for tenderer in offer.bid.tenderers} for offer in bids]
    names = set().union(*named)
    consortia = {forms(name).core: name for name in sorted(names) if _is_consortium(name, forms(name))}
    if len(consortia) != 1:
        return None
    (consortium,) = consortia.values()
    together = set().union(*(group for group in named if consortium in group))
    if len(together) > 1 and together != names:
        return None
    return Context("beside_consortium", {"name": consortium})


def _is_consortium(name: str, forms: NameForms) -> bool:
    """Return whether a name is of several firms: "Consorcio Vial S.A.C." is one, and so are "Pérez y Asociados"."""
    is_one_firm = forms.core != forms.whole and not _JOINT.search(name)
    return forms.consortium and not is_one_firm and not _ASSOCIATES.search(name)


def at_estimate(process: Process, bids: Sequence[Offer]) -> Context | None:
    """Return the context that the equal bids, none of which won, are exactly the estimate of the lot."""
    estimate = _estimate(process, bids)
    won = _winners(process, bids)
    if estimate != bids[0].price or any(ids_of(offer.bid.tenderers) & won for offer in bids):
        return None
    return Context("at_estimate", {"estimate": str(estimate)})


def at_share_of_estimate(process: Process, bids: Sequence[Offer]) -> Context | None:
    """
    Return the context that bids are an integer percentage of the estimate to the cent, unless by chance.

    Laws and calls for tenders exclude bids below a share of the estimate, so rivals at this limit are equal.
    """
    estimate, price = _estimate(process, bids), bids[0].price
    if estimate is None or estimate.currency != price.currency or not 0 < price.amount < estimate.amount:
        return None
    part = round(100 * price.amount / estimate.amount)
    # Bidders who may not go below it round up to the cent.
    rest = price.amount - part * estimate.amount / 100
    if not 0 <= rest < _CENT or estimate.amount < _LIKELY * _power_of_ten(int(price.amount * 100)):
        return None
    return Context("at_share_of_estimate", {"percent": str(part), "estimate": str(estimate)})


def near_estimate(process: Process, winner: Offer, other: Offer, limit: float) -> Context | None:
    """Return the context that the estimate is below the next bid, and less than ``limit`` above the winning one."""
    estimate = _estimate(process, (winner,))
    if estimate is None or estimate.currency != winner.price.currency or other.price.amount <= estimate.amount:
        return None
    if estimate.amount >= winner.price.amount * Decimal(str(1 + limit)):
        return None
    return Context("near_estimate", {"estimate": str(estimate)})


def _estimate(process: Process, bids: Sequence[Offer]) -> Money | None:
    """Return the estimate of the lot of the bids, or of a tender without lots; ``None`` if it is unknown."""
    lots = {lot for offer in bids for lot in offer.bid.related_lots}
    values = [lot.value for lot in process.tender.lots if lot.id in lots]
    if len(values) == 1 and values[0]:
        return money(values[0])
    return money(process.tender.value) if len(process.tender.lots) < 2 else None


def little_dearer(turned_down: Money, valid: Money) -> Context | None:
    """Return the context that the lowest valid bid is hardly above the rejected one."""
    if valid.amount - turned_down.amount >= _LITTLE * turned_down.amount:
        return None
    return Context("little_dearer", {"percent": f"{100 * _LITTLE:.0f}"})


def nobody_dearer(process: Process, market: Sequence[Offer], equal: Money) -> Context | None:
    """Return the context that equal prices are the highest valid ones and lost: at a known ceiling."""
    winners = _winners(process, market)
    valid = [offer for offer in market if offer.bid.status == "valid"]
    prices = [offer.price.amount for offer in valid]
    won = any(offer.price == equal and ids_of(offer.bid.tenderers) & winners for offer in valid)
    if won or not winners or not prices or max(prices) > equal.amount or min(prices) == equal.amount:
        return None
    return Context("nobody_dearer", {})


def _winners(process: Process, market: Sequence[Offer]) -> frozenset[str]:
    """Return the suppliers of the active awards of the lots of the bids."""
    lots = set(market[0].bid.related_lots)
    active = [award for award in process.awards if award.status == "active" and not lots - lots_of(award)]
    return ids_of(supplier for award in active for supplier in award.suppliers)


def _cents_below(estimate: Money | None, price: Money) -> int:
    """Return by how many cents a price is below an estimate; 0 if it is not, or if unknown."""
    if estimate is None or estimate.currency != price.currency:
        return 0
    return max(int((estimate.amount - price.amount) * 100), 0)


def _power_of_ten(cents: int) -> int:
    """Return the greatest power of ten that divides a price; 1 below a cent."""
    step = 1
    while cents and cents % (10 * step) == 0:
        step *= 10
    return step


def named_alike(dossier: Dossier, bids: Sequence[Bid]) -> Context | None:
    """
    Return the context that all bids may be of one tenderer with several spellings of its name.

    A tenderer with an identifier is distinct, whatever its name.
    """
    process = dossier.process
    if any(_is_identified(process, tenderer) for bid in bids for tenderer in bid.tenderers):
        return None
    forms = name_reader(dossier.reference.words).forms
    first, *others = (" ".join(forms(name_of(process, tenderer)).core for tenderer in bid.tenderers) for bid in bids)
    return Context("named_alike", {}) if all(_is_alike(first, other) for other in others) else None


def _is_identified(process: Process, tenderer: OrganizationReference) -> bool:
    party = process.party(tenderer)
    return bool(party and party.scheme and party.identifier)


def _is_alike(one: str, other: str) -> bool:
    fewer, more = sorted((set(one.split()), set(other.split())), key=len)
    # "China Gezhouba Group « CGGC »" and "CGGC".
    if fewer <= more and len("".join(fewer)) >= _MIN_WORD_LENGTH:
        return True
    if _is_of_initials(one, other) or _is_of_initials(other, one):
        return True
    short, long = sorted(("".join(filter(str.isalnum, name)) for name in (one, other)), key=len)
    if len(short) < _MIN_NAME_LENGTH:
        return short == long
    return max(fuzz.partial_ratio(short, long), fuzz.token_set_ratio(one, other)) >= _ALIKE


def _is_of_initials(short: str, name: str) -> bool:
    """Return whether a name of one word consists of the initials of another, with or without small words."""
    words = name.split()
    of_all, of_larger = ("".join(word[0] for word in words if len(word) > least) for least in (0, 2))
    return len(short) >= _MIN_WORD_LENGTH and short in (of_all, of_larger)
