"""The data page: who publishes the records, how fresh they are, their licence, and which rules they support."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import structs

from audits.dumps.manifest import NO_DUMP_YET, newest
from audits.judging.rule.vocabulary import Subject
from audits.pages.figures.cached_figures import holdings
from audits.pages.labels import rule_name
from audits.reports.habits import habits_in_words, rows_of
from audits.reports.publishing import published_coverage
from audits.rules import rules_about
from contracts.ocds.codelists.countries import country_name
from contracts.pages.charts.grid import grid
from contracts.pages.display import percent, whole
from contracts.pages.pictures import Cell, Picture, picture_file
from contracts.pages.rendering import answer, reading_page

# Minimum share of a publisher's records that a rule can judge to be shown as "most".
HALF = 0.5


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show publishers with their latest published coverage."""
    found = _publishers(language)
    return answer(
        request,
        "pages/data.html",
        language,
        publishers=found,
        pictures=_pictures(found),
        here=request.path,
        dump=_dump(),
        no_dump_yet=NO_DUMP_YET,
    )


@reading_page
def picture(request: HttpRequest, language: str, name: str, kind: str) -> HttpResponse:
    """Return one picture of the page as a file."""
    return picture_file(request, _pictures(_publishers(language)), name, kind)


def _publishers(language: str) -> list[dict[str, Any]]:
    """Return the publishers with their latest counts."""
    found = [structs.asdict(publisher) for publisher in holdings().publishers]
    for publisher in found:
        publisher["country_name"] = country_name(publisher["country"] or "", language)
        publisher["coverage"], publisher["counted"] = (
            published_coverage(publisher["slug"]) if publisher["slug"] else (rows_of({}), None)
        )
        publisher["habits"] = [
            row
            for row in habits_in_words(publisher["coverage"])["habits"]
            if row["is_common"] and row["share"] is not None
        ]
        publisher["months"] = publisher["coverage"].get("months")
        publisher["methods"] = [row for row in publisher["coverage"]["methods"] if row["records"]]
    return found


def _pictures(publishers: list[dict[str, Any]]) -> list[Picture]:
    """Return the picture of which rules each publisher's records support; nothing if no publisher is named."""
    named = [publisher for publisher in publishers if publisher["slug"]]
    if not named:
        return []
    title = _("Which rules the records can feed")
    codes = sorted(rules_about(Subject.PROCESS))
    shares = {code: [_share(publisher["coverage"], code) for publisher in named] for code in codes}
    rows = [
        (
            Cell(code, rule_name(code), reverse("methodology-rule", args=[code])),
            *(Cell("", "–") if share is None else Cell(share, percent(share)) for share in found),
        )
        for code, found in shares.items()
    ]
    drawn = [(rule_name(code), list(map(_level, found))) for code, found in shares.items()]
    counted = sum(publisher["coverage"].get("processes") or 0 for publisher in named)
    days = sorted(publisher["counted"] for publisher in named if publisher["counted"])
    coverage = ngettext(
        "%(counted)s of %(all)s records were counted, of one publisher.",
        "%(counted)s of %(all)s records were counted, of %(publishers)s publishers.",
        len(named),
    ) % {
        "counted": whole(counted),
        "all": whole(sum(publisher["records"] for publisher in publishers)),
        "publishers": len(named),
    }
    return [
        Picture(
            name="coverage",
            title=title,
            coverage=coverage,
            period=_("as counted on %(day)s") % {"day": date_format(days[-1], "DATE_FORMAT")}
            if days
            else _("not counted yet"),
            note=_(
                "In how many records of a publisher a rule found the fields that it reads; an empty cell "
                "was not counted yet. Counts are given in steps of five."
            ),
            head=(_("Rule"), *(publisher["name"] for publisher in named)),
            rows=rows,
            svg=grid(title, [publisher["name"] for publisher in named], drawn, [_("most"), _("some"), _("none")]),
            is_wide=True,
        )
    ]


def _share(coverage: dict[str, Any], code: str) -> float | None:
    """Return the share of a publisher's records that a rule can judge, 0 to 1; None if it was not counted."""
    processes = coverage.get("processes")
    if not processes:
        return None
    return round((coverage["rules"].get(code, {}).get("assessed") or 0) / processes, 3)


def _level(share: float | None) -> int | None:
    """Return the level of a share: most, some, or none."""
    return None if share is None else 0 if share >= HALF else 1 if share else 2


def _dump() -> dict[str, Any] | None:
    """Describe the newest dump: its tables, and the number of other files."""
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
