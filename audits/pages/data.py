"""The data page: who publishes what is here, how fresh it is, its licence, and which rules can be asked of it."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import structs

from audits.dumps.manifest import newest
from audits.judging.vocabulary import Subject
from audits.pages.keeping import holdings
from audits.pages.labels import rule_title
from audits.reports.habits import rows_of, told
from audits.reports.publishing import published_coverage
from audits.rules import rules_about
from contracts.ocds.countries import country_name
from contracts.pages.speaking import answer, in_the_readers_language


@require_safe
@in_the_readers_language
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show publishers, with the coverage that was published last."""
    found = [structs.asdict(publisher) for publisher in holdings().publishers]
    for publisher in found:
        publisher["country_name"] = country_name(publisher["country"] or "", language)
        publisher["coverage"], publisher["counted"] = (
            published_coverage(publisher["slug"]) if publisher["slug"] else (rows_of({}), None)
        )
        publisher["habits"] = [
            row for row in told(publisher["coverage"])["habits"] if row["is_common"] and row["share"] is not None
        ]
        publisher["months"] = publisher["coverage"].get("months")
    counted = [publisher for publisher in found if publisher["slug"]]
    rules = [
        (code, rule_title(code), [_level(publisher["coverage"], code) for publisher in counted])
        for code in sorted(rules_about(Subject.PROCESS))
    ]
    return answer(request, "pages/data.html", language, publishers=found, counted=counted, rules=rules, dump=_dump())


def _dump() -> dict[str, Any] | None:
    """Return what the newest dump has, for people: each table whole, and how many files beside."""
    manifest = newest()
    if manifest is None:
        return None
    whole = [file for file in manifest.files if not file.country]
    return {
        "name": manifest.dump,
        "taken": manifest.taken,
        "tables": whole,
        "parts": len(manifest.files) - len(whole),
        "bytes": sum(file.bytes for file in manifest.files),
    }


class Level(NamedTuple):
    """Of how many records a rule found what it asks for, with a mark that needs no colour."""

    mark: str
    label: Any


_UNKNOWN = Level("·", _("not counted yet"))
_NONE = Level("○", _("none"))
_SOME = Level("◐", _("some"))
_MOST = Level("●", _("most"))


def _level(coverage: dict[str, Any], code: str) -> Level:
    """Return how far the records of a publisher feed a rule."""
    processes = coverage.get("processes")
    if not processes:
        return _UNKNOWN
    assessed = coverage["rules"].get(code, {}).get("assessed") or 0
    return _MOST if 2 * assessed >= processes else _SOME if assessed else _NONE
