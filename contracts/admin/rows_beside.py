"""Where in a table a release was read from: its row as it was sent, and what of it could not be read."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from contracts.files.limits import ReaderLimits
from contracts.intake.reading.sent_rows import sent_row
from contracts.models import Release, Submission
from contracts.translating import place_in_table, problem_line

# Of the process that reads a workbook to its row while somebody waits.
_LIMITS = ReaderLimits(cpu_seconds=4, wall_seconds=7)


def place_of_release(release: Release) -> str:
    """Return sheet and row of a release that a table gave, ``""`` of any other."""
    is_row = release.submission.kind == Submission.Kind.TABLE
    return place_in_table(release.pointer, release.line) if is_row else ""


def problems_of_release(release: Release) -> list[str]:
    """Return what is wrong with the row of a release, or with its table as it begins there."""
    if release.submission.kind != Submission.Kind.TABLE:
        return []
    found = release.submission.found_problems
    return [problem_line(problem) for problem in found if problem.pointer.startswith(f"{release.pointer}/")]


def row_of_release(release: Release) -> SafeString | str:
    """Return the row that a release was read from as it was sent, each cell below its header."""
    found = sent_row(release, _LIMITS)
    if not found:
        return "–"
    return format_html(
        "{} <table><thead><tr>{}</tr></thead><tbody><tr>{}</tr></tbody></table>",
        place_of_release(release),
        format_html_join("", "<th>{}</th>", ((header,) for header, _cell in found)),
        format_html_join("", "<td>{}</td>", ((cell,) for _header, cell in found)),
    )
