"""Which errors in packages `make standards` reports as ours."""

from tests.standards.ours import errors_of_ours


def error(kind, field):
    return {"type": kind, "field": field}


def test_errors_of_publishers_are_not_ours_where_they_stand_or_are_repeated():
    theirs = [
        error("required", "releases/tag"),
        error("required", "releases"),
        error("required", "records/releases"),
        error("required", "records/compiledRelease"),
        error("date-time", "records/releases/date"),
        error("date-time", "records/compiledRelease/date"),
    ]
    ours = [
        error("required", ""),
        error("date-time", "publishedDate"),
        error("number", "records/compiledRelease/date"),
        error("date-time", "records/compiledRelease/tender/tenderPeriod/startDate"),
    ]
    assert errors_of_ours([*theirs, *ours]) == ours
