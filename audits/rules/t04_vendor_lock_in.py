"""
The buyer may not be able to leave this vendor.

## Why it matters

A buyer that only one firm can serve pays what that firm asks, and cannot follow its own policy on data or
security.

## Method

For technology in scope, look for:

* a ground of exclusivity, sole distribution, intellectual property, technical reasons or compatibility, in words or
  by the article of a law ("artigo 24.º, n.º 1, alínea e), subalínea ii)");
* a brand, model or proprietary product named in the object without "or equivalent" within `equivalent_reach`
  characters;
* licences, support or renewal of a product that no list holds, but that is told as below;
* an extension of the same contract.

### What tells a product that no list holds

* Its spelling tells a name ("del software Pergamum", "TrustBroker").
* It ends what a system does ("software de atención al cliente QBOX", "sistema de gestión municipal (SIGEM)").
* In English it stands before it ("MIM software").

A word that buyers write in small letters tells none.

### Severity

* **high**: the purchase is not competitive and the buyer bought from the same supplier without competition before.
* **medium**: all else.
* **context** (waits for no decision):
  * What costs less than one of the `trifles` (by currency, a bound of this project, which readers of notices do not
    know). Where no amount is told, a method that is kept for such tells it.
  * Programs of draughtsmen, scientists and developers, video calls and the like where a title names no system beside
    them (`desk_program` of the lists of words).
  * A spelling alone tells the product, or a description alone behind its first words, and nothing tells that
    competition was limited or absent.
  * A word for it tells the brand ("marca"), the record reads like technology with a probability below four
    fifths, and nothing tells that competition was limited or absent.
  * Consultants are chosen, and only the name of the method tells a ground ("Single Source Selection").

## Exclusions

* Cancelled tenders of which nothing stands, was signed or paid.
* A direct award without any such ground.
* Words that only sound alike: "exclusivamente por medio electrónico", "dedicación exclusiva".
* Brands with "or equivalent", in the title too where the description leaves them open.
* Names that no list holds where the system is developed further in competition, or nobody tells how it is bought.
* Names of suppliers alone.
* What is replaced ("para remplazo de los módems X"), and what a kind is told by ("tipo X").
* Renewals that name no product.
* Options of a new contract to be extended.
* Firms, persons ("ing. Ana Calix"), and names that a text of 1200 characters or more only tells of.
* Other lots than those with technology.
* Abbreviations that tell whose a system is ("sistema de la SNR").
* The sentence of the OCDS codelist for a direct award.

## Sources

European Commission, Against lock-in: building open ICT systems (COM(2013) 455). OCP, Red flags for integrity.
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.extensions import extensions
from audits.facts.procurement.grounds import cited_grounds, is_direct
from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.procurement.stages import is_called_off, others_cited
from audits.facts.technology.brands import brands_demanded, told_faintly
from audits.facts.technology.office_goods import desk_program
from audits.facts.technology.scope import about_technology, require_scope
from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import first_of_each_place
from audits.judging.rule.naming import first_of_each, named_evidence
from audits.judging.rule.vocabulary import Change, Finding, NotApplicableError, Severity, Stage, rule
from audits.matching.lexicon import WEAK, Mention
from audits.matching.scope import OBJECT_PARTS
from contracts.ocds.codes import NON_COMPETITIVE

_CITED = ("exclusive_rights", "technical_reasons", "continuity")


@rule(
    code="T04",
    title="Vendor lock-in",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=21,
    reads=("supplier_history",),
    changes={
        2: Change(
            "2026-11-24",
            "Products that no list holds are told by their spelling; a renewal that names no product no "
            "longer counts.",
        ),
        3: Change(
            "2026-11-25",
            "Articles of laws that give a ground of exclusivity, technical reasons or continuity count.",
        ),
        4: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        5: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; names that end what a system "
            "does count, and ordinary words in capitals no longer do; nor do other lots and options of a new "
            "contract; trifles are context.",
        ),
        6: Change(
            "2026-11-28",
            "A portal that stands in brackets before all else is no product; names count after “programa "
            "informático” and “licencias anuales”; cancelled tenders of which nothing stands are not asked about.",
        ),
        7: Change(
            "2026-11-28",
            "What a description leaves open (“PRTG o equivalente”) the title demands no more; a system that "
            "others develop in competition is the buyer's own, and so is that of an office (“sistema de la "
            "gerencia …”); ordinals and kinds of records are no products.",
        ),
        8: Change(
            "2026-11-28",
            "Continuity counts where it is that of a contract, a system or its support; “llamadas para …”, "
            "spans of time, kinds of things in English and the state's eSocial are no products; “Cisco Webex” "
            "is a video call, and no technology.",
        ),
        9: Change(
            "2026-11-28",
            "The initials of a buyer are no product; nor is what must be of the maker of whatever is offered "
            "(“del mismo fabricante del equipo ofertado”) a demand; continuity of services counts, “en adición "
            "a” is no extension.",
        ),
        10: Change(
            "2026-11-28",
            "Posts of persons (“Administrador de base de datos y servidores”) and software of laboratories that "
            "simulates are no technology; the short name of a unit, behind the dash that ends a title, is no product.",
        ),
        11: Change("2026-11-28", "“OVH” alone (overhaul) and “ABC” (costs) name no product."),
        12: Change(
            "2026-11-29",
            "“Concesión” and “incl.” name no product, and land, oil and SPSS are no technology. What only "
            "a long list names, behind its first words, is not what is bought.",
        ),
        13: Change(
            "2026-11-29",
            "English names stand before what they are (“MIM software”), and what follows it is none; how many "
            "suppliers are to be chosen is no sole source; words that name other things in English (AWS, Juniper, "
            "Norton) need company.",
        ),
        14: Change(
            "2026-11-29",
            "Words that buyers write in small letters name no product (“alerta temprana”), nor do gases and "
            "notes at the end of a word; “similar al” leaves a brand open; a system that is developed "
            "further is the buyer's own where nobody tells how that is bought, too; databases of law and of "
            "news are no product that binds.",
        ),
        15: Change(
            "2026-11-29",
            "A product that its spelling alone tells is context, unless competition was limited or absent.",
        ),
        16: Change(
            "2026-11-29",
            "Programs of draughtsmen, scientists and developers, video calls and print management that a title "
            "names alone are context. What is replaced and what only tells a kind (“tipo X”) is not demanded; "
            "abbreviations of kinds (“VMS”, “SIP”) are no product, and X-ray apparatus is no software. A system "
            "whose “desarrollo adaptativo y evolutivo” is bought is the buyer's own.",
        ),
        17: Change(
            "2026-11-29",
            "What a description alone names behind its first words is context, unless competition was limited "
            "or absent. “Alfresco” and “Carbon Black” name other things in English, and need company there.",
        ),
        18: Change(
            "2026-11-29",
            "More programs of engineers and researchers are told as those of a desk; a tender that is put off is "
            "no extension, and databases of law, optics and protection against rays are no technology.",
        ),
        19: Change(
            "2026-11-29",
            "A program that has a name, or that of its supplier, is technology where the notice reads less clearly "
            "like it; Portuguese knows more of what Spanish does (“em utilização”, “assistência técnica”), and the "
            "spelling before the agreement of 1990. “Do iPortalDoc” names a product, “sistemas AVAC” tells a kind. "
            "Subscriptions to databases, cables, tapes, microphones and headsets of an office are no technology.",
        ),
        20: Change(
            "2026-11-29",
            "A brand that a word for it tells (“marca”), of what does not surely read like technology, is context, "
            "unless competition was limited or absent, and so is a method by which consultants are chosen where it "
            "alone tells the ground. “BMC” and “Hyperion” name other things in English, and need company there.",
        ),
        21: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
    },
    sentences={
        "default": "The record shows ties to one vendor: {words}.",
        "repeated": "The record shows ties to one vendor ({words}), after "
        "{times:earlier purchase|earlier purchases} from it without "
        "competition.",
    },
)
def vendor_lock_in(
    dossier: Dossier, *, equivalent_reach: int = 150, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    require_scope(dossier)
    if is_called_off(dossier.process):
        raise NotApplicableError("tender_cancelled")
    grounds = _grounds(dossier)
    evidence = (
        *cited_grounds(dossier, _CITED),
        *(dossier.evidence(mention) for mention in first_of_each((*grounds, *extensions(dossier)))),
        *(dossier.evidence(brand) for brand in brands_demanded(dossier, equivalent_reach)),
    )
    evidence = first_of_each_place(about_technology(dossier, evidence))
    if not evidence:
        return
    context = trifle(dossier, trifles) or desk_program(dossier) or told_faintly(dossier, evidence)
    earlier = _earlier_direct(dossier)
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


def _grounds(dossier: Dossier) -> tuple[Mention, ...]:
    """Grounds that speak for themselves anywhere, and weaker words where the method is justified."""
    concepts = ("exclusivity", "compatibility_only", "proprietary_licence", "maintenance_by_vendor")
    strong = dossier.mentions_of(*concepts, parts=OBJECT_PARTS | GROUND_PARTS)
    weak = dossier.mentions_of(*concepts, parts=GROUND_PARTS, strengths=(WEAK,))
    return (*strong, *weak)


def _earlier_direct(dossier: Dossier) -> list[str]:
    """Return the ocids of earlier purchases without competition from a supplier of this process."""
    suppliers = {supplier.id or supplier.name for supplier in dossier.process.suppliers()}
    return [
        earlier.ocid
        for earlier in dossier.statistics.supplier_history or ()
        if earlier.supplier in suppliers and earlier.method in NON_COMPETITIVE
    ]
