"""The texts of a process that rules may search, each with the JSON Pointer of its member."""

from collections.abc import Iterator

from contracts.ocds.views import Amendment, Award, Contract, Document, Item, Process, Text


def process_texts(process: Process) -> tuple[Text, ...]:
    """
    Return every text of ``process`` once, in reading order.

    A text that repeats word for word (publishers copy the tender's title into award and contract) is given at its
    first place only: a repeated passage is not a second piece of evidence.
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
    yield Text(f"{tender.path}/title", tender.title, "title")
    yield Text(f"{tender.path}/description", tender.description, "description")
    for stage in process.stages():
        yield Text(f"{stage.path}/title", stage.title, "title")
        yield Text(f"{stage.path}/description", stage.description, "description")
    for lot in tender.lots:
        yield Text(f"{lot.path}/title", lot.title, "lot")
        yield Text(f"{lot.path}/description", lot.description, "lot")
    yield from _items(tender.items)
    for stage in process.stages():
        yield from _items(stage.items)
    yield Text(f"{tender.path}/procurementMethodDetails", tender.method_details, "method")
    yield Text(f"{tender.path}/procurementMethodRationale", tender.method_rationale, "rationale")
    yield Text(f"{process.planning.path}/rationale", process.planning.rationale, "rationale")
    for award in process.awards:
        yield Text(f"{award.path}/rationale", award.rationale, "rationale")
    yield Text(f"{tender.path}/awardCriteriaDetails", tender.award_criteria_details, "criteria")
    yield Text(f"{tender.path}/eligibilityCriteria", tender.eligibility_criteria, "criteria")
    yield from _budget(process)
    yield from _documents(process.planning.documents)
    yield from _documents(tender.documents)
    yield from _amendments(tender.amendments)
    for stage in process.stages():
        yield from _stage_papers(stage)
    for party in process.parties:
        yield Text(f"{party.path}/name", party.name, "party")


def _budget(process: Process) -> Iterator[Text]:
    planning = process.planning
    yield Text(f"{planning.path}/budget/description", planning.budget_description, "budget")
    yield Text(f"{planning.path}/budget/project", planning.budget_project, "budget")
    for source in planning.budget_sources:
        yield Text(source.path, source.name, "budget")


def _items(items: tuple[Item, ...]) -> Iterator[Text]:
    for item in items:
        yield Text(f"{item.path}/description", item.description, "item")
        for classification in item.classifications:
            yield Text(f"{classification.path}/description", classification.description, "classification")


def _stage_papers(stage: Award | Contract) -> Iterator[Text]:
    yield from _documents(stage.documents)
    yield from _amendments(stage.amendments)


def _documents(documents: tuple[Document, ...]) -> Iterator[Text]:
    for document in documents:
        yield Text(f"{document.path}/title", document.title, "document")
        yield Text(f"{document.path}/description", document.description, "document")


def _amendments(amendments: tuple[Amendment, ...]) -> Iterator[Text]:
    for amendment in amendments:
        yield Text(f"{amendment.path}/rationale", amendment.rationale, "amendment")
        yield Text(f"{amendment.path}/description", amendment.description, "amendment")
