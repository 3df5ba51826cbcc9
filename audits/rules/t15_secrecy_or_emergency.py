"""
Emergency, secrecy or a special regime is the stated ground.

## Why it matters

The law allows purchases without competition or publicity if they are urgent or secret. Technology bought that way is
seldom either, and it stays.

## Method

For technology in scope, look for grounds of emergency, national security, confidentiality or a special regime:

* in the method and its rationale, also as single words;
* elsewhere, as whole phrases ("estado de emergencia"), and as a lone "confidential" or "secret" between full stops,
  the marking of a record;
* as the articles and codes of laws that give one ("artigo 24.º, n.º 1, alínea c)", "CVE"), in the country of the
  record.

### Severity

* **high**: with surveillance technology (T01).
* **medium**: everything else.
* **context** (needs no decision):
  * Purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
    know), or than five if the only ground is that one public body sells to another. If no amount is given, a method
    reserved for small purchases shows it.
  * Office goods: telephones, switches, handsets, antivirus, a few licences, a computer part.
  * Context in T01.
  * Technology that only title and description name, 70 characters or more after the object begins: the object is what
    comes before it.
  * Only words for networks and communication indicate technology, and they have many other meanings ("red"), or the
    text classifier takes the record for technology with less than 95 percent.
  * Only a regime that is special by name, neither urgent nor secret: the law for purchases of Colombia's State
    companies, hospitals, utilities and the like ("régimen especial"), Ecuador's regime for goods of a single company
    and for contracts between public bodies ("Bienes y Servicios únicos"), purchases outside Portugal's code
    ("Contratação excluída II").
  * Only the name of a procedure for exceptions of every kind, a single supplier among them: Costa Rica's
    ("Procedimiento por Excepción"), or Guatemala's purchases without a method ("Excepción y otros procedimientos").
  * The text classifier takes the whole record for technology with a probability below one half, and no classification
    code says that it is technology.

## Exclusions

* The names of emergency systems ("sistema de emergencias 911"), and of bodies ("Ministerio de Defensa Nacional").
* Emergencies as somebody's task ("atención en situaciones de emergencia"), unless one was declared.
* The protection of classified information, general terms that mention it, and confidentiality agreements that bidders
  sign.
* A direct award whose ground is not stated.
* Purchases that were called off before anything was signed or paid.

## Sources

OCP and OECD on emergency procurement (2020). Lexicon of this installation. The law of each article stands beside it.
"""

from collections.abc import Iterable, Iterator, Mapping

from audits.facts.methods.grounds import cited_grounds, is_no_ground, marks_of_secrecy
from audits.facts.methods.procedures import is_ordinary_regime
from audits.facts.methods.small_purchases import TRIFLES, multiples, trifle
from audits.facts.technology.ordinary.office_goods import serves_an_office
from audits.facts.technology.prominence import SURELY, mentioned_behind, mentioned_vaguely, reads_otherwise
from audits.facts.technology.scope import require_scope
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.parts import GROUND_PARTS, PAGE, WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import without_repeats
from audits.judging.rule.naming import first_of_each, named_evidence
from audits.judging.rule.vocabulary import Context, Evidence, Finding, Severity, Stage, rule
from audits.matching.lexicon import WEAK, Mention

_GROUNDS = (
    "state_of_emergency",
    "national_security_exemption",
    "confidentiality_clause",
    "secrecy_ground",
    "special_regime",
)
_CITED = ("urgency", "secrecy", "special_regime")

# What one public body sells to another is asked about from so many trifles: of eight flags below it none was right for
# both readers.
_BETWEEN_BODIES, _TRIFLES_AMONG_BODIES = "between_public_bodies", 5


@rule(
    code="T15",
    title="Secrecy or emergency",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=35,
    lists=("laws", "grounds"),
    sentences={
        "default": "The stated ground is an emergency, secrecy or a special regime: {words}.",
    },
    reasons={
        "ordinary_regime": "a regime for such buyers or such goods, neither urgent nor secret: {words}",
    },
)
def secrecy_or_emergency(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    ordinary = dossier.mentions_of("ordinary_regime", parts=WORDS_OF_RECORD)
    mentions = (
        # Contracts keep much confidential; that is no ground to buy in secret.
        *dossier.mentions_of(*_GROUNDS, parts=WORDS_OF_RECORD - {PAGE}),
        *dossier.mentions_of(*_GROUNDS, parts=GROUND_PARTS, strengths=(WEAK,)),
        *marks_of_secrecy(dossier),
    )
    found = tuple(
        mention
        for mention in mentions
        if not (is_no_ground(dossier, mention) and dossier.leaves_out(mention, "no_ground"))
    )
    grounds = tuple(
        mention
        for mention in found
        if not _is_within(mention, ordinary) and not is_ordinary_regime(dossier, mention.written)
    )
    cited = cited_grounds(dossier, _CITED)
    evidence = without_repeats((*cited, *map(dossier.evidence, first_of_each(grounds or found))))
    if evidence:
        words = named_evidence(evidence)
        usual = None if grounds or cited else Context("ordinary_regime", {"words": words})
        yield Finding(
            evidence=evidence,
            values={"words": words},
            severity=Severity.HIGH if surveillance(dossier) else Severity.MEDIUM,
            context=usual
            or trifle(dossier, multiples(trifles, _TRIFLES_AMONG_BODIES) if _is_among_bodies(evidence) else trifles)
            or serves_an_office(dossier, trifles)
            or mentioned_behind(dossier, dossier.scope.evidence)
            or mentioned_vaguely(dossier, doubted=SURELY)
            or reads_otherwise(dossier),
        )


def _is_among_bodies(evidence: Iterable[Evidence]) -> bool:
    """Tell whether the only ground is that one public body sells to another."""
    return all(_BETWEEN_BODIES in place.note for place in evidence)


def _is_within(mention: Mention, others: Iterable[Mention]) -> bool:
    """Tell whether the words of a mention are some of those of another one."""
    return any(
        other.path == mention.path and other.start <= mention.start and mention.end <= other.end for other in others
    )
