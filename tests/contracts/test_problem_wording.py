"""How problems tell limits, amounts and pages to people."""

import pytest
from django.utils.translation import override

from contracts.ocds.messages import DETAILS
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.written.simple import read_simple
from contracts.translating import problem_detail, problem_line


@pytest.mark.parametrize(("language", "told"), [("en", "50 MB"), ("es", "50 MB"), ("pt", "50 MB")])
def test_a_limit_of_bytes_is_told_as_people_tell_it(language, told):
    with override(language):
        text = problem_detail(Problem("document_refused", "size", {"limit": 50 * 1024**2}))
    assert told in text.replace("\u00a0", " ")
    assert "52428800" not in text


def test_of_a_file_that_is_too_large_no_byte_is_told():
    line = problem_line(Problem("body_too_large", "limit", {"limit": 100_000_000}, offset=100_000_000))
    assert line.startswith("The submission is larger than 95 MB")


def test_the_readings_of_an_amount_do_not_look_like_what_was_typed():
    """To many readers "33000 / 33.000" is twice the same."""
    with pytest.raises(RefusedError) as refused:
        read_simple({"title": "x", "buyer": "y", "value": "33.000", "currency": "PEN"}, received="2026-12-01")
    assert refused.value.problem.values["readings"] == "33000 / 33"


@pytest.mark.parametrize("variant", [name for name in DETAILS["pages_unread"] if name not in {"", "no_text"}])
@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_pages_that_were_not_read_are_named_once_and_in_the_right_number(language, variant):
    with override(language):
        one = problem_line(Problem("pages_unread", variant, {"pages": [7], "missing": ["tesseract"]}))
        two = problem_line(Problem("pages_unread", variant, {"pages": [7, 8], "missing": ["tesseract"]}))
    assert one.count("7") == 1
    assert two.replace("7, 8", "7", 1).partition(" 7")[2] == one.partition(" 7")[2]
