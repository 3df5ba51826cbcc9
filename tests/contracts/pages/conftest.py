import pytest


@pytest.fixture(autouse=True)
def queued(nudged) -> None:
    """No worker is needed."""
