"""What is wrong with input, in the reader's language: every detail that code raises is recognised and translated."""

import ast
import json
from pathlib import Path

import pytest
from django.utils.translation import override

from contracts import ocds, problem_texts
from contracts.ocds.document import decode
from contracts.ocds.problems import HINTS, Limits, RefusedError
from contracts.ocds.simple import SimpleContractError, release_from_simple
from contracts.problem_texts import detail_in_readers_language, hint_in_readers_language

VALUE = "Zz"
CONTRACTS = Path(ocds.__file__).parents[1]
# Name of what is called → which of its arguments is the detail.
RAISED = {"Problem": 1, "_problem": 1, "problem": 1, "LimitReachedError": 0}
# Not written where they are raised: passed on from where they were.
PASSED_ON = {"code", "detail", "message", "entry.message"}


def written(node, function):
    """Yield the texts that an expression has: its own, or those of the variable of the function that it names."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else VALUE for part in node.values)
    elif isinstance(node, ast.Name):
        for inside in ast.walk(function):
            if isinstance(inside, ast.Assign) and ast.unparse(inside.targets[0]) == node.id:
                yield from written(inside.value, function)


def details(path):
    """Yield the details that a module raises, with a sign for each value in them."""
    functions = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("detail", "error")]
            if name in RAISED and len(node.args) > RAISED[name]:
                named.append(node.args[RAISED[name]])
            for detail in named:
                found = list(written(detail, function))
                assert found or ast.unparse(detail) in PASSED_ON, f"{path.name}: {ast.unparse(node)}"
                yield from found


def modules():
    gate = [path for folder in ("ocds", "intake") for path in sorted((CONTRACTS / folder).glob("*.py"))]
    return [*gate, *(CONTRACTS / "api" / f"{name}.py" for name in ("bodies", "problems", "submitting"))]


DETAILS = sorted({detail for path in modules() for detail in details(path) if detail})


def test_details_are_found():
    assert len(DETAILS) > 45
    assert f"It is larger than {VALUE} bytes." in DETAILS
    assert f"Byte {VALUE} is not UTF-8." in DETAILS
    assert "The submission is empty." in DETAILS
    assert f"after {VALUE} problems" in DETAILS
    assert f"It was tried {VALUE} times, and each time the worker died or ran out of time." in DETAILS


@pytest.mark.parametrize("detail", DETAILS)
def test_every_detail_is_recognised_with_its_values_and_translated(detail):
    texts = problem_texts._WORDS if detail.startswith("after ") else problem_texts._DETAILS
    template, values = texts.recognise(detail)
    assert template % values == detail
    for language in ("es", "pt"):
        with override(language):
            translated = texts.translate(detail)
        assert translated != detail
        assert translated.count(VALUE) == detail.count(VALUE)


def test_every_template_is_still_raised():
    raised = {found[0] for detail in DETAILS if (found := problem_texts._DETAILS.recognise(detail))}
    assert set(problem_texts._DETAILS.templates) == raised


@pytest.mark.parametrize("language", ["es", "pt"])
@pytest.mark.parametrize("code", HINTS)
def test_every_hint_is_translated(code, language):
    with override(language):
        assert hint_in_readers_language(HINTS[code]) != HINTS[code]
        assert hint_in_readers_language("") == ""


@pytest.mark.parametrize(
    ("contract", "spanish"),
    [
        ({"title": ["x"]}, 'se esperaba texto y se encontró una lista: escríbalo como "…"'),
        ({"title": "x", "value": "1,5"}, "se encontró el texto '1,5'"),
        ({"title": "x", "value": True}, "se encontró verdadero o falso (true, false)"),
        ({"title": "x", "documents": {}}, "se encontró un objeto"),
        ({"title": "x", "country": "a list"}, "ningún país se llama 'a list'"),
    ],
)
def test_what_was_found_is_told_in_the_readers_language_too(contract, spanish):
    with pytest.raises(SimpleContractError) as refused, override("es"):
        release_from_simple(contract)
    with override("es"):
        assert spanish in detail_in_readers_language(refused.value.problems[0].message)


@pytest.mark.parametrize(
    "broken", ["[1,]", '{"a" 1}', '{"a": 1 "b"}', "{a: 1}", '{"a": }', '"x', '"\n"', r'"\q"', r'"\u12"', "1 2"]
)
def test_every_message_of_pythons_json_is_known(broken):
    with pytest.raises(RefusedError) as refused:
        decode(broken.encode(), Limits())
    message = json_message(broken)
    assert refused.value.problem.detail.startswith(message)
    assert problem_texts._WORDS.recognise(message)
    for language in ("es", "pt"):
        with override(language):
            assert message not in detail_in_readers_language(refused.value.problem.detail)


def json_message(broken: str) -> str:
    with pytest.raises(json.JSONDecodeError) as error:
        json.loads(broken)
    return error.value.msg


def test_what_is_not_known_stays_as_it_is_stored():
    with override("es"):
        assert detail_in_readers_language("What an earlier version said") == "What an earlier version said"
        assert detail_in_readers_language("") == ""
