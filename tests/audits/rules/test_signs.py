"""Signs that are looked for before a pattern is: whatever the pattern finds holds one of them."""

import pytest

from audits.facts.procurement import gifts
from audits.facts.technology import own_offices


@pytest.mark.parametrize(
    "text",
    [
        *(
            "equipos donados",
            "software doado",
            "donated servers",
            "gifted licences",
            "lent equipment",
            "loaned devices",
        ),
        "supplied on loan",
        *(
            f"equipo entregado en {loan}"
            for loan in ("comodato", "prestamo de uso", "donacion", "demostracion", "prueba", "plan piloto", "piloto")
        ),
        *(
            f"cedidas a titulo de {loan}"
            for loan in ("emprestimo", "doacao", "demonstracao", "teste", "projeto piloto")
        ),
        *(
            f"{trial} de tres meses sin costo"
            for trial in ("piloto", "pilot", "trial", "prueba", "teste", "prova de conceito", "proof of concept")
        ),
        "free demostracion",
        "demonstracao gratuita",
    ],
)
def test_what_tells_of_a_gift_holds_a_sign(text):
    assert gifts._GIVEN.search(text)
    assert any(sign in text for sign in gifts._GIVEN_SIGNS)


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"servicio de vigilancia {kind}"
            for kind in ("armada", "desarmada", "fisica", "humana", "patrimonial", "presencial", "privada")
        ),
        *("guardias de seguridad", "guardas armados", "vigilantes de seguranca", "vigilantes armados"),
        *("agentes de seguridad", "agentes armados", "guardiania", "manned guarding", "security guards"),
        "guarding services",
    ],
)
def test_what_tells_of_guards_holds_a_sign(text):
    assert own_offices._GUARDS.search(text)
    assert any(sign in text for sign in own_offices._GUARD_SIGNS)
