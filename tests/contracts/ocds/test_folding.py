"""Texts that look the same are the same."""

import pytest

from contracts.intake.rows.organization_keys import organization_key
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.folding import folded
from contracts.ocds.parsing.objects import Party
from contracts.ocds.written.simple import release_from_simple

# Soft hyphen, space without width, its joiners, marks and overrides of direction, word joiner, byte order mark.
UNSEEN = ["\u00ad", "\u061c", "\u200b", "\u200d", "\u200e", "\u202e", "\u2060", "\u2066", "\ufeff"]


def _key(name: str) -> str:
    return organization_key(Party(path="/parties/0", id="1", name=name, roles=("supplier",)), "BO", "ocds-test01-1")


@pytest.mark.parametrize("sign", UNSEEN, ids=[f"U+{ord(sign):04X}" for sign in UNSEEN])
def test_a_sign_that_is_not_seen_makes_no_other_name(sign):
    name = f"Segu{sign}ridad Andina{sign} S.R.L."
    assert folded(name) == "seguridad andina s r l"
    assert as_listed(name) == "seguridad andina s.r.l."
    assert _key(name) == _key("Seguridad Andina S.R.L.")
    told = {"title": "Cámaras", "buyer": "Municipio", "supplier": "Seguridad Andina S.R.L.", "amount": 1200000}
    assert release_from_simple(told | {"supplier": name})["ocid"] == release_from_simple(told)["ocid"]


def test_letters_of_another_script_and_spaces_part_names():
    assert _key("АCME") != _key("ACME")
    assert folded("Año\u00a02024\u2009y 2025") == "ano 2024 y 2025"
