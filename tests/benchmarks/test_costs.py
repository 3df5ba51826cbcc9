"""What the server costs is counted once, whichever of its processes ends meanwhile."""

from tests.benchmarks import costs

POSTMASTER, BACKEND = 7, 8


def test_what_ends_while_it_is_looked_for_is_counted(tmp_path, monkeypatch):
    folder = tmp_path / "postgresql" / "data"
    folder.mkdir(parents=True)
    (folder / "postmaster.pid").write_text(f"{POSTMASTER}\n")
    running = {POSTMASTER: [1, 1, 0, 0], BACKEND: [300, 20, 0, 0]}

    def children(_process):
        # It ends before it is found, and what it took is told by the one that started it.
        if BACKEND in running:
            running[POSTMASTER][2:] = running.pop(BACKEND)[:2]
        return iter(())

    monkeypatch.setattr(costs, "_times", lambda process: list(running[process]))
    monkeypatch.setattr(costs, "_children", children)

    assert costs._server(tmp_path) * costs._TICKS == 322
