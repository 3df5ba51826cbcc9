"""
A public function moves onto a provider's cloud.

## Why it matters

A provider can change, reprice or end a service that it runs, and the data are stored where the provider puts them.

## Method

Look in titles, descriptions, lots and items for public cloud, hosted platforms, software as a service and artificial
intelligence by subscription. "Hosted" or "hospedagem" alone counts within 80 characters of a platform, a website, a
server or a telephone system.

### Severity

* **medium**: data are stored or accessed abroad, or readable contract text does not say where they are (as in T10).
* **low**: everything else.
* **context** (needs no decision):
  * Purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
    know). If no amount is given, a method reserved for small purchases shows it.
  * Only a website or an office tool is hosted: telephone exchange, office suite, video calls, protection of devices,
    data and clouds, tests, measuring how fast applications are, media relations, catalogues of libraries, queues at
    counters.
  * Software is developed and the title names no cloud.
  * The title names telephones or their exchange.
  * Only items name the cloud, and the record has a title: they are often described by the name of their class.
  * A single word indicates hosting, competition was not limited, and nothing says that data are abroad. The word is in
    the description, or in the title 70 characters or more after the object begins, and the text classifier takes the
    record for technology with less than 0.95.

## Exclusions

* Point clouds.
* Servers and clouds that the buyer runs for itself ("the server on which it is hosted").
* Lines to a cloud, strategies for one, courses about one and staff who know one ("cloud architect").
* Names of suppliers, and "cloud" in the name of a product that is installed.
* Purchases that were called off before anything was signed or paid.

## Sources

OECD, Public sector cloud adoption (2023). ENISA, Cloud security for public administrations.
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES, trifle
from audits.facts.technology.hosting.data_location import data_place
from audits.facts.technology.hosting.hosting import develops_software, hosted_services, hosts_website, words_of_hosting
from audits.facts.technology.ordinary.office_goods import hosted_tool
from audits.facts.technology.prominence import mentioned_in_items, mentioned_once
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Context, Finding, Severity, Stage, rule
from audits.matching.lexicon import Mention


@rule(
    code="T09",
    title="Cloud dependence",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=40,
    sentences={
        "default": "The record speaks of a service hosted by a provider: {words}.",
    },
)
def cloud_dependence(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    found = hosted_services(dossier)
    if not found:
        return
    is_abroad = bool(data_place(dossier).abroad)
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=Severity.MEDIUM if is_abroad else Severity.LOW,
        context=trifle(dossier, trifles)
        or _usual(dossier, found)
        or mentioned_in_items(dossier, found)
        or (None if is_abroad else mentioned_once(dossier, words_of_hosting(dossier))),
    )


def _usual(dossier: Dossier, found: tuple[Mention, ...]) -> Context | None:
    """Return that nothing but a website, a tool of an office or what is developed is hosted."""
    if hosts_website(dossier, found):
        return Context("website", {"words": named(found)})
    if develops_software(dossier, found):
        return Context("developed", {})
    return hosted_tool(dossier)
