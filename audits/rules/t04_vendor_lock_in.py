"""
The buyer may not be able to leave this vendor.

## Why it matters

A buyer that only one company can serve pays what that company asks, and cannot follow its own policy on data or
security.

## Method

For technology in scope, look for:

* a ground of exclusivity, sole distribution, intellectual property, technical reasons or compatibility, in words or by
  the article of a law ("artigo 24.º, n.º 1, alínea e), subalínea ii)");
* a brand, model or proprietary product named in the object without "or equivalent" within `equivalent_reach`
  characters;
* licences, support or renewal of a product that is on no list but recognised as below;
* an extension of the same contract.

### How a product that is on no list is recognised

* It is spelt like a name ("del software Pergamum", "TrustBroker").
* It follows the description of a system ("software de atención al cliente QBOX", "sistema de gestión municipal
  (SIGEM)").
* In English it comes first ("MIM software").

A word that buyers write in lower case is not a product.

### Severity

* **high**: the purchase is not competitive and the buyer bought from the same supplier without competition before.
* **medium**: everything else.
* **context** (needs no decision):
  * Purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
    know). If no amount is given, a method reserved for small purchases shows it. With such a method ("contrato
    menor"), and for orders under a framework agreement, the bound is two of them.
  * Purchases below two of the `trifles` that name only devices or protection of a listed brand, which many firms sell,
    unless awarded directly or bought with a connection.
  * The guarantee of devices is prolonged, the title names neither programs, systems nor services, and the award was
    not direct. Devices that are bought with a guarantee are asked about.
  * Something the buyer has is kept up (the title begins with maintenance, support or renewal), no ground or extension
    is given, and the award was not direct: devices for which firms competed, whose make only says which ones they
    are; or anything below two of the `trifles`.
  * Programs for drawing, science and development, antivirus, video calls and the like, if the title names no system
    beside them.
  * A product known only from its spelling, or only from a description after its first words, without a sign that
    competition was limited or absent.
  * A brand known only from a word for it ("marca"), if the text classifier takes the record for technology with a
    probability below four fifths, without a sign that competition was limited or absent.
  * Only support by the maker is mentioned, without a sign that competition was limited or absent.
  * A product is only what a program is written with ("desenvolvimento em plataforma Oracle") or machines run on
    ("servidores del entorno SAP"), without such a sign.
  * Lines or networks stay in use, no product is named, and there is no sign that competition was limited or absent.
  * Consultants are selected, and only the name of the method gives a ground ("Single Source Selection").

## Exclusions

* Cancelled tenders of which nothing is in force, signed or paid.
* A direct award without any such ground.
* Words that only sound alike: "exclusivamente por medio electrónico", "dedicación exclusiva".
* Brands with "or equivalent", also in the title if the description allows equivalents.
* Names on no list, if the system is developed further in competition or the record does not say how it is bought.
* Only the name of a supplier.
* Products to be replaced ("para remplazo de los módems X"), and names that only describe a type ("tipo X").
* Renewals that name no product.
* Options to extend a new contract.
* Changes of the invitation to tender ("prorroga la fecha de apertura", "adenda al pliego"), and of mere words or names
  in a contract ("aditivo para atualizar a redação").
* Companies, persons ("ing. Ana Calix"), and names that a text of 1200 characters or more only mentions.
* Lots without technology.
* Abbreviations that say whose a system is ("sistema de la SNR"), or that brackets explain.
* Products that are only taught, in a text without their licence, support, maintenance or supply.
* Numbering of orders, articles and tickets ("JIRA 4711", "SAP code 8408206751").
* The far end of a line ("enlace hacia la nube de Oracle"), and all that the purchase itself installs ("garantia de
  toda a solução instalada").
* The sentence of the OCDS codelist for a direct award.

## Sources

European Commission, Against lock-in: building open ICT systems (COM(2013) 455). OCP, Red flags for integrity.
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.grounds import is_direct
from audits.facts.methods.procedures import call_off_by_name, trifling_by_name
from audits.facts.methods.small_purchases import TRIFLES, modest, trifle
from audits.facts.stages import is_called_off, others_cited
from audits.facts.technology.ordinary.office_goods import desk_program
from audits.facts.technology.scope import about_technology, require_scope
from audits.facts.technology.supply.brands import are_resold, brands_demanded, mentioned_faintly
from audits.facts.technology.supply.delivered_devices import prolonged_guarantee, upkeep_in_competition
from audits.facts.technology.supply.vendor_ties import earlier_direct_purchases, vendor_ties
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import first_of_each_place
from audits.judging.rule.naming import named_evidence
from audits.judging.rule.vocabulary import Finding, NotApplicableError, Severity, Stage, rule

# How many trifles cost what laws let be bought by a small procedure, whatever its brand: 15,000 euros and the tax.
_MINOR = 2


@rule(
    code="T04",
    title="Vendor lock-in",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=43,
    lists=("vendors", "laws", "grounds"),
    reads=("supplier_history",),
    sentences={
        "default": "The record shows ties to one vendor: {words}.",
        "repeated": "The record shows ties to one vendor ({words}), after {times:earlier purchase|earlier purchases} "
        "from it without competition.",
    },
    reasons={
        "modest": "what it costs, {spent}, is below {bound}, and it is a small order, or upkeep that others could "
        "offer",
    },
)
def vendor_lock_in(
    dossier: Dossier, *, equivalent_reach: int = 150, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    require_scope(dossier)
    if is_called_off(dossier.process):
        raise NotApplicableError("tender_cancelled")
    ties = vendor_ties(dossier)
    evidence = (
        *ties,
        *(dossier.evidence(brand) for brand in brands_demanded(dossier, equivalent_reach)),
    )
    evidence = first_of_each_place(about_technology(dossier, evidence))
    if not evidence:
        return
    context = (
        trifle(dossier, trifles)
        or (modest(dossier.process, trifles, _MINOR) if _is_order(dossier) or are_resold(dossier, evidence) else None)
        or prolonged_guarantee(dossier)
        or (None if ties else upkeep_in_competition(dossier, trifles))
        or desk_program(dossier)
        or mentioned_faintly(dossier, evidence)
    )
    earlier = earlier_direct_purchases(dossier)
    if earlier and is_direct(dossier):
        yield Finding(
            evidence=(*evidence, *others_cited(earlier)),
            values={"words": named_evidence(evidence), "times": len(earlier)},
            sentence="repeated",
            severity=Severity.HIGH,
            context=context,
        )
    else:
        yield Finding(evidence=evidence, values={"words": named_evidence(evidence)}, context=context)


def _is_order(dossier: Dossier) -> bool:
    """Return whether the method is one for small purchases, or an order under a contract that was competed for."""
    return bool(trifling_by_name(dossier) or call_off_by_name(dossier))
