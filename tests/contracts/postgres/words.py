"""Processes to search, and whether words find them."""

from contracts.models import ContractingProcess
from contracts.postgres.search import with_words


def make_process(number=1, **columns):
    return ContractingProcess.objects.create(
        ocid=f"ocds-words-{number}", digest=bytes(32), compiled_release={}, **columns
    )


def found(text, *paths, model=ContractingProcess):
    return with_words(model.objects.all(), text, *(paths or ("",))).exists()
