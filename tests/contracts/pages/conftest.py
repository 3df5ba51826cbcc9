import pytest

from contracts import tasks


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """No worker is needed."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)
