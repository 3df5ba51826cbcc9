"""The texts of a process that rules may search, each with the JSON Pointer of its member."""

from collections.abc import Iterator

from contracts.ocds.parsing.objects import Amendment, Award, Contract, Document, Item, Process, Text


def process_texts(process: Process) -> tuple[Text, ...]:
    """
    Return every text of ``process`` once, in reading order.

    A verbatim repetition (publishers copy the tender's title into award and contract) is only returned at its first
    place: a repeated passage is not further evidence.
    """
    seen: set[str] = set()
    texts = []
    for text in _texts(process):
        if text.value and text.value not in seen:
            seen.add(text.value)
            texts.append(text)
    return tuple(texts)


def _texts(process: Process) -> Iterator[Text]:
    tender = process.tender
    lots = _Lots(process)
    yield Text(f"{tender.path}/title", tender.title, "title")
    yield Text(f"{tender.path}/description", tender.description, "description")
    for stage in process.stages():
        yield Text(f"{stage.path}/title", stage.title, "title", lots.of_stage(stage))
        yield Text(f"{stage.path}/description", stage.description, "description", lots.of_stage(stage))
    for lot in tender.lots:
        yield Text(f"{lot.path}/title", lot.title, "lot", lots.known(lot.id))
        yield Text(f"{lot.path}/description", lot.description, "lot", lots.known(lot.id))
    yield from _items(tender.items, lots)
    for stage in process.stages():
        yield from _items(stage.items, lots, lots.of_stage(stage))
    yield Text(f"{tender.path}/procurementMethodDetails", tender.method_details, "method")
    yield Text(f"{tender.path}/procurementMethodRationale", tender.method_rationale, "rationale")
    yield Text(f"{process.planning.path}/rationale", process.planning.rationale, "rationale")
    for award in process.awards:
        yield Text(f"{award.path}/rationale", award.rationale, "rationale", lots.of_stage(award))
    yield Text(f"{tender.path}/awardCriteriaDetails", tender.award_criteria_details, "criteria")
    yield Text(f"{tender.path}/eligibilityCriteria", tender.eligibility_criteria, "criteria")
    yield from _budget(process)
    yield from _documents(process.planning.documents)
    yield from _documents(tender.documents)
    yield from _amendments(tender.amendments)
    for stage in process.stages():
        yield from _stage_papers(stage, lots.of_stage(stage))
    for party in process.parties:
        yield Text(f"{party.path}/name", party.name, "party")


class _Lots:
    """Assigns texts to lots; to none if the tender has at most one lot."""

    def __init__(self, process: Process) -> None:
        lots = process.tender.lots
        self._ids = frozenset(lot.id for lot in lots) if len(lots) > 1 else frozenset()
        self._awards = {award.id: self.of_stage(award) for award in process.awards} if self._ids else {}

    def known(self, lot: str) -> str:
        return lot if lot in self._ids else ""

    def of_stage(self, stage: Award | Contract) -> str:
        if not self._ids:
            return ""
        if isinstance(stage, Contract):
            return self._awards.get(stage.award_id, "")
        return self.known(stage.related_lots[0]) if len(stage.related_lots) == 1 else ""


def _budget(process: Process) -> Iterator[Text]:
    planning = process.planning
    yield Text(f"{planning.path}/budget/description", planning.budget_description, "budget")
    yield Text(f"{planning.path}/budget/project", planning.budget_project, "budget")
    for source in planning.budget_sources:
        yield Text(source.path, source.name, "budget")


def _items(items: tuple[Item, ...], lots: _Lots, stage_lot: str = "") -> Iterator[Text]:
    for item in items:
        lot = lots.known(item.related_lot) or stage_lot
        yield Text(f"{item.path}/description", item.description, "item", lot)
        for classification in item.classifications:
            yield Text(f"{classification.path}/description", classification.description, "classification", lot)


def _stage_papers(stage: Award | Contract, lot: str) -> Iterator[Text]:
    yield from _documents(stage.documents, lot)
    if isinstance(stage, Contract):
        yield from _documents(stage.implementation_documents, lot)
    yield from _amendments(stage.amendments, lot)


def _documents(documents: tuple[Document, ...], lot: str = "") -> Iterator[Text]:
    for document in documents:
        yield Text(f"{document.path}/title", document.title, "document", lot)
        yield Text(f"{document.path}/description", document.description, "document", lot)


def _amendments(amendments: tuple[Amendment, ...], lot: str = "") -> Iterator[Text]:
    for amendment in amendments:
        yield Text(f"{amendment.path}/rationale", amendment.rationale, "amendment", lot)
        yield Text(f"{amendment.path}/description", amendment.description, "amendment", lot)
