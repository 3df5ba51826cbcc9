"""Why a rule did not judge, in the reader's language: every reason that rules raise is recognised and translated."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from audits import rules
from audits.admin.reasons import _TEMPLATES, recognise, translate
from audits.judging import dossier
from audits.judging.rule_set import Outcome
from audits.judging.vocabulary import Evidence, Finding, InsufficientDataError, OutcomeKind
from tests.audits.admin.test_page import show
from tests.support.triage import load_release, made_up_release, write_outcomes

RAISED = {"NotApplicableError": 0, "InsufficientDataError": 1}
VALUE = "Zz"


def reasons(path):
    """Yield the reasons that a module raises, with a sign for each value in them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED:
            given = node.args[RAISED[node.func.id] :]
            if given and isinstance(given[0], ast.Constant):
                yield given[0].value
            elif given and isinstance(given[0], ast.JoinedStr):
                yield "".join(part.value if isinstance(part, ast.Constant) else VALUE for part in given[0].values)
            elif given:
                raise AssertionError(f"{path.name}: {ast.unparse(node)} is no text that can be recognised")


def modules():
    return [*sorted(Path(rules.__file__).parent.glob("*.py")), Path(dossier.__file__)]


REASONS = sorted({reason for path in modules() for reason in reasons(path)})


def test_reasons_are_found():
    assert len(REASONS) > 50
    assert f"the procurement method is {VALUE}" in REASONS


@pytest.mark.parametrize("reason", [*REASONS, str(InsufficientDataError("/awards"))])
def test_every_reason_is_recognised_with_its_values_and_translated(reason):
    template, values = recognise(reason)
    assert template % values == reason
    assert list(values.values()).count(VALUE) == reason.count(VALUE)
    for language in ("es", "pt"):
        with override(language):
            translated = translate(reason)
        assert translated != reason
        assert translated.count(VALUE) == reason.count(VALUE)


def test_every_template_is_still_raised():
    raised = {recognise(reason)[0] for reason in REASONS}
    assert set(_TEMPLATES) - raised == {"%(field)s is missing", "the procurement method is not given"}


@pytest.mark.parametrize(
    ("reason", "spanish"),
    [
        ("the procurement method is direct", "el método de contratación es direct"),
        ("the procurement method is not given", "no se indica el método de contratación"),
        (
            "the procurement method is open: R054 asks about its contracts",
            "el método de contratación es open: por sus contratos pregunta R054",
        ),
        ("/awards is missing", "falta /awards"),
        ("KeyError", "KeyError"),
        ("", ""),
    ],
)
def test_the_nearest_template_is_taken_and_what_is_unknown_stays(reason, spanish):
    with override("es"):
        assert translate(reason) == spanish


@pytest.mark.django_db
def test_the_page_of_a_flag_says_it_in_the_readers_language(auditor):
    process = load_release(made_up_release())
    finding = Finding((Evidence("/tender/numberOfTenderers", 1),), {"count": 1, "method": "open"})
    (flag,) = write_outcomes(
        process,
        Outcome("R018", OutcomeKind.FLAGGED, findings=(finding,)),
        Outcome("T08", OutcomeKind.INSUFFICIENT_DATA, "no supplier is named", "/awards/suppliers"),
    )
    assert "no se nombra ningún proveedor" in show(auditor, flag, "es")
    assert "nenhum fornecedor é nomeado" in show(auditor, flag, "pt")
