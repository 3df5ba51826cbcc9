import pytest

from contracts.signals import documents_changed


@pytest.fixture
def announced():
    """The processes of which it was told that their documents changed."""
    found: list[int] = []

    def note(*, process_ids, **_signal):
        found.extend(process_ids)

    documents_changed.connect(note)
    yield found
    documents_changed.disconnect(note)
