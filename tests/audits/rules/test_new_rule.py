"""The files of a new rule: enough for a rule to be found, and failing until they are filled in."""

import pytest

from tests.support import new_rule
from tests.support.new_rule import files_of, main

pytestmark = pytest.mark.rules


def test_a_new_rule_has_a_module_two_pages_and_cases(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(new_rule, "FOLDER", tmp_path)
    for folder in ("es", "pt", "cases"):
        (tmp_path / folder).mkdir()

    assert main("X98", "short_enquiry_period") == 0

    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert written == [
        "cases/x98.yaml",
        "es/x98_short_enquiry_period.md",
        "pt/x98_short_enquiry_period.md",
        "x98_short_enquiry_period.py",
    ]
    assert all(f"audits/rules/{path}" in capsys.readouterr().out for path in written[:1])
    assert all("TODO" in (tmp_path / path).read_text(encoding="utf-8") for path in written)
    compile((tmp_path / written[-1]).read_text(encoding="utf-8"), written[-1], "exec")


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("r98", "short_period", "is not a code"),
        ("", "", "is not a code"),
        ("R098", "Short period", "is not a name"),
        ("R098", "../x", "is not a name"),
        ("R003", "short_period", "R003 is audits.rules.r003_short_submission_period"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(code, name, message, capsys):
    with pytest.raises(ValueError, match=message):
        files_of(code, name)
    assert main(code, name) == 1
    assert message in capsys.readouterr().err
