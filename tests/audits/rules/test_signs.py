"""Signs that are looked for before a pattern is: whatever the pattern finds holds one of them."""

import pytest

from audits.facts.sellers import gifts
from audits.facts.technology import record_words
from audits.facts.technology.hosting import hosting
from audits.facts.technology.ordinary import own_offices


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


@pytest.mark.parametrize(
    "text",
    [
        *(
            "sbir topic",
            "sttr phase",
            "small business innovation research",
            "we propose",
            "we hereby propose",
            "trl 6",
        ),
        *(
            f"the {who} proposes to"
            for who in ("analytics", "company", "corp", "inc", "laboratory", "llc", "systems", "team", "university")
        ),
        *(f"propose to {verb}" for verb in ("demonstrate", "investigate", "research", "study")),
        *(f"proposes to develop {kind} sensors" for kind in ("advanced", "innovative", "low", "new", "novel")),
        *(f"proposed {thing}" for thing in ("effort", "innovation", "research")),
        *(f"phase ii {thing}" for thing in ("effort", "feasibility", "proposal", "prototype", "research")),
        "during this phase one project, we will",
        *(f"this {thing} aims" for thing in ("effort", "innovation", "research")),
        *(f"{who} will investigate" for who in ("effort", "project", "research", "study", "we", "work")),
        *(f"{who} will research" for who in ("effort", "project", "research", "study", "we", "work")),
        *("to demonstrate the feasibility", "to determine feasibility", "estudo/pesquisa", "projeto de pesquisa"),
        *("proyecto de investigacion academica", "proyecto de investigacion cientifica"),
        "parceria para pesquisa, desenvolvimento e inovacao",
    ],
)
def test_what_tells_of_research_holds_a_sign(text):
    assert record_words._PROPOSAL.search(text)
    assert any(sign in text for sign in record_words._PROPOSAL_SIGNS)


@pytest.mark.parametrize("text", ["nube de puntos", "nubes de puntos", "nuvem de pontos", "point clouds"])
def test_what_tells_of_points_holds_a_sign(text):
    assert hosting._POINTS.search(text)
    assert any(sign in text for sign in hosting._POINT_SIGNS)
