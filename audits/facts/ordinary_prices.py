"""
What makes prices that a rule asks about ordinary: told as context, beside other questions.

The bounds are those of this project, by what real bids were read for.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import comb, gcd

from rapidfuzz import fuzz

from audits.facts.bids import Offer, ids_of
from audits.facts.money import Money, money, percent, total
from audits.facts.stages import name_of
from audits.indicators.competition import lots_of
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Context
from audits.matching.names import name_reader
from contracts.ocds.views import Bid, Process, Reference

# A lot of less is one of scores in its tender: its price says little, and each would be a question of its own.
_SMALL_PART = Decimal("0.02")
# From one chance in twenty on, equal prices among bids that were rounded need nobody to agree.
_LIKELY = 20
# Below a thousandth from the lowest to the highest it is their nearness that asks.
_NEAR = Decimal("0.001")
# As alike as two spellings of one name; the longer one may hold a place, a short form or a department as well.
_ALIKE, _SHORTEST_NAME = 88, 8


def small_part(process: Process, price: Money) -> Context | None:
    """Return that a lot is a small part of all that was awarded, as a context; ``None`` if it is not, or unknown."""
    if len(process.tender.lots) < 2:
        return None
    awarded = total(money(award.value) for award in process.awards if award.status == "active")
    if awarded is None or awarded.currency != price.currency or price.amount >= _SMALL_PART * awarded.amount:
        return None
    return Context("small_part", {"price": str(price), "percent": percent(price.amount, awarded.amount)})


def rounded_alike(market: Sequence[Offer], equal: Money) -> Context | None:
    """
    Return that two of so many bids may be equal by chance, as a context, since they are rounded to one step.

    That is the greatest that all share, or the power of ten to which those that are equal were rounded. Bids that all
    lie nearer than rivals do by themselves tell nothing of how far they might have lain apart.
    """
    amounts = [int(offer.price.amount * 100) for offer in market]
    step, spread = max(gcd(*amounts), _power_of_ten(int(equal.amount * 100))), max(amounts) - min(amounts)
    if spread < _NEAR * max(amounts) or comb(len(amounts), 2) * _LIKELY < spread // step + 1:
        return None
    return Context("rounded_alike", {"count": len(amounts), "step": str(Money(Decimal(step) / 100, equal.currency))})


def nobody_dearer(process: Process, market: Sequence[Offer], equal: Money) -> Context | None:
    """Return that equal prices are the highest valid ones and lost, as a context: all may know a reference price."""
    lots = set(market[0].bid.related_lots)
    active = [award for award in process.awards if award.status == "active" and not lots - lots_of(award)]
    winners = ids_of(supplier for award in active for supplier in award.suppliers)
    valid = [offer for offer in market if offer.bid.status == "valid"]
    prices = [offer.price.amount for offer in valid]
    won = any(offer.price == equal and ids_of(offer.bid.tenderers) & winners for offer in valid)
    if won or not winners or not prices or max(prices) > equal.amount or min(prices) == equal.amount:
        return None
    return Context("nobody_dearer", {})


def _power_of_ten(cents: int) -> int:
    step = 1
    while cents % (10 * step) == 0:
        step *= 10
    return step


def named_alike(dossier: Dossier, bids: Sequence[Bid]) -> Context | None:
    """
    Return that all bids may be of one tenderer whose name is written in several ways, as a context.

    Who is known by an identifier is another than others, whatever they are called.
    """
    process = dossier.process
    if any(_is_identified(process, tenderer) for bid in bids for tenderer in bid.tenderers):
        return None
    forms = name_reader(dossier.reference.words).forms
    first, *others = (" ".join(forms(name_of(process, tenderer)).core for tenderer in bid.tenderers) for bid in bids)
    return Context("named_alike", {}) if all(_is_alike(first, other) for other in others) else None


def _is_identified(process: Process, tenderer: Reference) -> bool:
    party = process.party(tenderer)
    return bool(party and party.scheme and party.identifier)


def _is_alike(one: str, other: str) -> bool:
    short, long = sorted(("".join(filter(str.isalnum, name)) for name in (one, other)), key=len)
    if len(short) < _SHORTEST_NAME:
        return short == long
    return max(fuzz.partial_ratio(short, long), fuzz.token_set_ratio(one, other)) >= _ALIKE
