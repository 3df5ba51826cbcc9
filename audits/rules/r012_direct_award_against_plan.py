"""
A competition was planned, and the award was direct.

Why it matters
--------------
A plan binds. Who leaves it for a direct award should say what changed in between.

Method
------
Flag the process if its procurement method is one of ``methods`` and the plan named another one. A compiled release
keeps only the last method, so the plan's is read from the statistic ``R012``, made from the earliest release of the
process that names a method: one tagged planning or tender, dated before the first award::

    {"planned_method": "open", "source": "the id of that release"}

Exclusions
----------
Cancelled tenders; procedures with competition; plans that named a direct award or no method. Releases without date or
tag are no plan, since they do not tell what came first; plans that stand in another process are not read.

Sources
-------
Open Contracting Partnership, Red flags for integrity: R012.
"""

from collections.abc import Iterator, Sequence

from audits.facts.stages import NON_COMPETITIVE, require_method, standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule


@rule(
    code="R012",
    title={
        "en": "Direct award against plan",
        "es": "Compra directa contra el plan",
        "pt": "Compra direta contra o plano",
    },
    stage=Stage.PLANNING,
    severity=Severity.MEDIUM,
    version=3,
    changes={
        2: Change(
            "2026-11-24",
            {
                "en": "The planned method is read from the earlier releases of the process.",
                "es": "El método planificado se lee de las entregas anteriores del proceso.",
                "pt": "O método planejado é lido das publicações anteriores do processo.",
            },
        ),
        3: Change(
            "2026-11-24",
            {
                "en": "Where no earlier release tells the plan, the reason says so in plain words.",
                "es": "Donde ninguna entrega anterior dice el plan, el motivo lo dice con palabras llanas.",
                "pt": "Onde nenhuma publicação anterior diz o plano, o motivo o diz em palavras simples.",
            },
        ),
    },
    sentences={
        "default": {
            "en": "The plan ({source}) named the method “{planned}”; the process was “{method}”.",
            "es": "El plan ({source}) indicaba el método «{planned}»; el proceso fue «{method}».",
            "pt": "O plano ({source}) indicava o método «{planned}»; o processo foi «{method}».",
        },
    },
)
def direct_award_against_plan(dossier: Dossier, *, methods: Sequence[str] = NON_COMPETITIVE) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    place = require_method(tender, methods)
    plan = dossier.statistics.get("R012")
    if plan is None:
        raise InsufficientDataError(
            "statistics/R012", "no earlier release of this process tells which method was planned"
        )
    planned = plan["planned_method"]
    if not planned:
        raise NotApplicableError("the plan names no method")
    if planned not in methods:
        yield Finding(
            evidence=(place,),
            values={"planned": planned, "method": tender.method, "source": plan["source"]},
            cites=(plan["source"],),
        )
