"""A rule that fails as often as a test wants."""

from audits.judging.rule.vocabulary import Evidence, Finding, Stage
from tests.support.rules import made_up

trouble: list[Exception] = []


@made_up("X03", sentences={"default": dict.fromkeys(("en", "es", "pt"), "asked")}, stage=Stage.TENDER)
def troubled(dossier):
    if trouble:
        raise trouble[0]
    yield Finding((Evidence("/tender/title", dossier.process.tender.title),))
