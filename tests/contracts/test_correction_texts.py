"""Every correction that code makes has its sentence, in every language."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from contracts import correction_texts
from contracts.correction_texts import SENTENCES, correction_in_readers_language

CONTRACTS = Path(correction_texts.__file__).parent
MADE = re.compile(r'(?:Correction\(|note\()[^\n]*"(\w+)"\)|reason = "(\w+)" if .* else "(\w+)"')


def test_the_codes_are_those_that_the_code_gives():
    code = "\n".join(
        path.read_text("utf-8") for folder in ("ocds", "intake") for path in (CONTRACTS / folder).glob("*.py")
    )
    assert {name for names in MADE.findall(code) for name in names if name} == SENTENCES.keys()


@pytest.mark.parametrize("language", ["es", "pt"])
@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_is_translated(code, language):
    with override(language):
        assert correction_in_readers_language(code) not in (SENTENCES[code], code)


def test_a_code_that_is_not_known_stands_for_itself():
    assert correction_in_readers_language("of_old") == "of_old"
