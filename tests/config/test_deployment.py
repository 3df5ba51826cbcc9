"""The files of a deployment name the variables that the settings know, all of them, with the same defaults."""

import os
import re
import shutil
import subprocess
import sys
import time
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from config import gunicorn, settings
from config.embedded.broker import PrivateBroker
from config.monitoring.figures import read_figures
from contracts.checks import check_recognition
from contracts.documents.recognising import LANGUAGES
from contracts.runtime.broker import FRESH
from contracts.runtime.log_context import FORMS, SECRETS

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] == "veedor"]
ONLY_COMPOSE = {"POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD", "BROKER_PASSWORD", "BACKUP_DAYS", "BACKUP_USER"}
# Gunicorn's own: it ends with an error if it is there and empty, so that it is passed on only where it is set.
ONLY_GUNICORN = {"WEB_CONCURRENCY"}
# Set by our code for the libraries that read them.
OF_LIBRARIES = {"DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR"}
REQUIRED = {"SECRET_KEY", "ALLOWED_HOSTS"}
# Where the compose file stands for a server of its own or for production.
OTHER_DEFAULTS = {
    *("DJANGO_ENV", "DATABASE_URL", "DATABASE_MIGRATION_URL", "CELERY_BROKER_URL", "VEEDOR_TRUSTED_PROXIES"),
}


def variables_of_settings() -> set[str]:
    return set(settings.env.scheme)


def variables_of_example() -> dict[str, str]:
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_the_example_and_the_settings_know_the_same_variables():
    assert set(variables_of_example()) - ONLY_COMPOSE - ONLY_GUNICORN == variables_of_settings()


@pytest.mark.parametrize("service", OURS)
def test_each_service_is_given_every_variable_and_no_other(service):
    more = ONLY_GUNICORN if service == "web" else set()
    assert set(COMPOSE["services"][service]["environment"]) == variables_of_settings() | more


def test_the_number_of_processes_is_passed_on_only_where_it_is_set():
    assert COMPOSE["services"]["web"]["environment"]["WEB_CONCURRENCY"] is None


def test_every_variable_the_compose_file_asks_for_is_in_the_example():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert asked == set(variables_of_example()) - ONLY_GUNICORN


def test_no_module_reads_a_variable_of_ours_past_the_table():
    read = re.compile(r"environ(?:\.get\(|\.setdefault\(|\[)\s*[\"']([A-Z_]+)[\"']")
    found = {
        name
        for app in ("config", "contracts", "audits")
        for module in (ROOT / app).rglob("*.py")
        for name in read.findall(module.read_text(encoding="utf-8"))
    }
    assert found - variables_of_settings() - ONLY_GUNICORN <= OF_LIBRARIES


@pytest.mark.parametrize("name", sorted(variables_of_settings() - REQUIRED - OTHER_DEFAULTS))
def test_the_files_repeat_the_default_of_the_settings(name):
    default = settings.env.scheme[name][1]
    told = "" if default == [] else str(default).lower() if isinstance(default, bool) else str(default)
    assert variables_of_example()[name] == told
    assert COMPOSE["x-veedor"]["environment"][name] == f"${{{name}:-{told}}}"


def test_services_that_answer_have_a_health_check_and_start_after_the_migration():
    assert set(COMPOSE["services"]) == {
        *("db", "broker", "backup", "migrate", "web", "proxy", "worker", "worker-fresh", "beat"),
    }
    for name in ("db", "broker", "backup", "worker", "worker-fresh", "beat"):
        assert "test" in COMPOSE["services"][name]["healthcheck"]
    for name in ("backup", "web", "worker", "worker-fresh", "beat"):
        assert COMPOSE["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_proxy_alone_is_reached_and_takes_bodies_in_whole():
    assert {name for name, service in COMPOSE["services"].items() if "ports" in service} == {"proxy"}
    nginx = (ROOT / "config" / "deployment" / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_request_buffering on;" in nginx
    assert re.findall(r"~\^(\S+) 0;", nginx) == list(FORMS)  # as the log of the web server
    assert re.search(r"~\^\(\?<start>(\S+)\) \$start…;", nginx).group(1).split("|") == list(SECRETS)
    # Names of a plain address are looked up when nginx starts, and never again.
    assert "resolver 127.0.0.11 valid=10s;" in nginx
    assert set(re.findall(r"(?:proxy_pass|set \$web) (\S+);", nginx)) == {"web:8000", "http://$web"}
    assert "client_header_timeout 10s;" in nginx
    assert "listen 8443 ssl;" in nginx
    logged = re.search(r"log_format lines escape=json (.*?);", nginx, re.DOTALL).group(1)
    assert not {"$remote_addr", "$http_user_agent", "$request_uri", "$uri", "$args"} & set(
        re.findall(r"\$\w+", logged)
    )
    # What is less grave names the client, as that it could not agree on TLS.
    assert re.search(r"error_log \S+ (\w+);", nginx).group(1) == "alert"


def test_the_proxy_has_the_memory_that_waits_in_it():
    """What lies in a tmpfs counts as memory of its service: full, it must not end the proxy."""
    proxy, nginx = COMPOSE["services"]["proxy"], (ROOT / "config" / "deployment" / "nginx.conf").read_text()
    sizes = {place.split(":")[0]: re.search(r"size=(\d+)([mg])", place).groups() for place in proxy["tmpfs"]}
    megabytes = {place: int(size) * {"m": 1, "g": 1024}[unit] for place, (size, unit) in sizes.items()}
    assert sum(megabytes.values()) + 256 <= int(proxy["mem_limit"][:-1]) * 1024
    (body,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    (senders,) = re.findall(r"limit_conn senders (\d+);", nginx)
    assert 2 * int(senders) * int(body) < megabytes["/tmp"]
    assert set(re.findall(r"temp_path (/\w+)/", nginx)) == set(megabytes)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.9", "192.0.2.9/32"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2a0a:0a0a:0a0a:0a0a::0a0a", "2a0a:a0a:a0a:a0a::/64"),
    ],
)
def test_the_proxy_counts_large_bodies_by_address_or_by_a_64_of_ipv6(address, network):
    nginx = (ROOT / "config" / "deployment" / "nginx.conf").read_text(encoding="utf-8")
    (pattern,) = re.findall(r'"~(\S+ \(\?<network>.+)" \$network;', nginx)
    counted = re.compile(pattern.replace("?<network>", "?P<network>").encode())
    for length in (b"", b"100000"):
        found = counted.match(length + b" " + ip_address(address).packed)["network"]
        prefix = ip_network(network)
        assert found == prefix.network_address.packed[: prefix.prefixlen // 8]


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_each_service_has_limits_and_logs_that_end(name):
    service = COMPOSE["services"][name]
    assert {"mem_limit", "cpus"} <= set(service)
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    if name not in {"db", "broker"}:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    if name != "migrate":
        assert service["restart"] == "unless-stopped"


# PostgreSQL has two numbers since 10, the others three; a digest is exact too.
_EXACT = re.compile(r"postgres:\d+\.\d+|(?!postgres:)[a-z/]+:\d+\.\d+\.\d+(-[a-z-]+)?|[^@]+@sha256:[0-9a-f]{64}")


def images() -> set[str]:
    """Return the images of others that the files of a deployment name."""
    used = {service["image"] for service in COMPOSE["services"].values()} - {"veedor"}
    return used | set(re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("image", sorted(images()))
def test_each_image_is_of_an_exact_version(image):
    assert _EXACT.fullmatch(image)


@pytest.mark.parametrize(
    "image", ["nginx", "nginx:1", "nginx:1.28", "nginx:latest", "postgres:18", "python:3.13-slim"]
)
def test_a_version_that_moves_is_none(image):
    assert not _EXACT.fullmatch(image)


def test_a_digest_may_stand_behind_a_version():
    assert all(_EXACT.fullmatch(f"{image}@sha256:{'0f' * 32}") for image in images())


def test_what_stops_is_given_the_time_that_it_takes():
    graces = {
        name: int(service["stop_grace_period"][:-1])
        for name, service in COMPOSE["services"].items()
        if "stop_grace_period" in service
    }
    assert graces["web"] > gunicorn.graceful_timeout
    assert graces["proxy"] >= graces["web"]
    for name in ("worker", "worker-fresh"):
        assert graces[name] > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
    assert graces["db"] >= 60


def test_a_worker_has_more_memory_than_its_children_may_take():
    for name in ("worker", "worker-fresh"):
        service = COMPOSE["services"][name]
        children = int(service["command"][service["command"].index("--concurrency") + 1])
        bound = int(service["mem_limit"][:-1]) * 1024**3
        assert service["mem_limit"].endswith("g")
        assert children * settings.VEEDOR_MAX_PROCESS_BYTES <= bound


def test_what_was_sent_just_now_has_a_worker_of_its_own():
    fresh, other = (COMPOSE["services"][name]["command"] for name in ("worker-fresh", "worker"))
    assert fresh[fresh.index("--queues") + 1] == FRESH
    assert "--queues" not in other  # it takes from all
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {"celery", FRESH}


def test_statements_end():
    timeouts = {name: COMPOSE["services"][name]["environment"]["VEEDOR_STATEMENT_TIMEOUT"] for name in OURS}
    assert timeouts["migrate"] == 0  # whatever ends those of readers
    assert timeouts["web"] == "${VEEDOR_STATEMENT_TIMEOUT:-15}"
    assert timeouts["worker"] == timeouts["worker-fresh"] == "${VEEDOR_STATEMENT_TIMEOUT:-120}"


def test_the_database_writes_no_statement_to_its_log():
    """What the settings do is shown at a real server in tests/contracts/test_erasing.py; here they are the same."""
    command = COMPOSE["services"]["db"]["command"]
    told = dict(setting.split("=", 1) for flag, setting in pairwise(command) if flag == "-c")
    assert told == {
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    private = (ROOT / "config" / "embedded" / "postgresql.py").read_text(encoding="utf-8")
    for name, value in told.items():
        assert f"{name} = {value}\n" in private


def test_backups_are_made_by_the_program_of_the_server():
    backup, db = COMPOSE["services"]["backup"], COMPOSE["services"]["db"]
    assert backup["image"] == db["image"]  # an older pg_dump refuses
    assert backup["entrypoint"] == ["sh", "/backup.sh", "repeat"]
    assert "./config/deployment/backup.sh:/backup.sh:ro" in backup["volumes"]
    assert not {"database", "broker"} & {volume.split(":")[0] for volume in backup["volumes"]}


def test_the_broker_asks_for_its_password():
    assert "--requirepass" in " ".join(COMPOSE["services"]["broker"]["command"])
    assert "BROKER_PASSWORD:?" in COMPOSE["x-veedor"]["environment"]["CELERY_BROKER_URL"]


def test_only_the_migration_knows_the_owner_of_the_tables():
    for name in OURS:
        given = COMPOSE["services"][name]["environment"]
        assert given["DATABASE_URL"].startswith("${DATABASE_URL:-postgresql://veedor_app:")
        assert bool(given["DATABASE_MIGRATION_URL"]) is (name == "migrate")
        assert ("${POSTGRES_PASSWORD" in str(given)) is (name == "migrate")


def test_data_outlives_the_containers():
    volumes = {volume.split(":")[0] for name in ("db", "web") for volume in COMPOSE["services"][name]["volumes"]}
    assert volumes == set(COMPOSE["volumes"])


def test_the_broker_is_asked_for_its_health_with_its_password_which_no_command_line_tells():
    broker = COMPOSE["services"]["broker"]
    # valkey-cli reads its password from this variable; without one a broker that asks for it refuses every command.
    assert broker["environment"]["REDISCLI_AUTH"] == broker["environment"]["BROKER_PASSWORD"]
    assert broker["healthcheck"]["test"] == ["CMD", "valkey-cli", "-e", "ping"]


@pytest.mark.skipif(not shutil.which("valkey-cli"), reason="valkey-cli, of Debian's valkey-tools, is not installed")
def test_the_broker_is_healthy_only_with_its_password(tmp_path):
    broker, place = COMPOSE["services"]["broker"], tmp_path / "socket"
    started = [PrivateBroker.program(), "--port", "0", "--unixsocket", place, "--requirepass", "right", "--save", ""]
    with subprocess.Popen(started, cwd=tmp_path, stdout=subprocess.DEVNULL) as running:
        try:
            _kind, program, *command = broker["healthcheck"]["test"]
            asked = [shutil.which(program), "-s", place, *command]
            deadline = time.monotonic() + 20
            while not place.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            answers = {
                given: subprocess.run(asked, env={"REDISCLI_AUTH": given}, capture_output=True, text=True, check=False)
                for given in ("right", "wrong")
            }
        finally:
            running.kill()
    assert (answers["right"].returncode, answers["right"].stdout) == (0, "PONG\n")
    assert answers["wrong"].returncode != 0


def test_the_broker_throws_nothing_away():
    command = " ".join(COMPOSE["services"]["broker"]["command"])
    assert "--maxmemory-policy noeviction" in command


def test_the_broker_writes_nothing_to_a_disk():
    """A file of what it did would tell when somebody sent something by the form, and from which network."""
    service = COMPOSE["services"]["broker"]
    assert "--appendonly no --save " in " ".join(service["command"])
    assert service["tmpfs"] == ["/data"]  # where the image would have a volume
    assert "volumes" not in service


def test_the_image_collects_files_with_what_production_asks_for_and_nothing_that_is_kept():
    (line,) = re.findall(r"^RUN (.*) python manage.py collectstatic", _dockerfile(), re.MULTILINE)
    given = dict(pair.split("=", 1) for pair in line.split())
    script = "import config.settings"
    environment = {"PATH": os.environ["PATH"], "DJANGO_ENV": "production", **given}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)
    assert "ENV SECRET_KEY" not in _dockerfile()


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def test_the_image_runs_without_root_and_in_exec_form():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER veedor" in lines
    assert lines[-1].startswith('CMD ["gunicorn"')
    requirements, code = lines.index("COPY requirements.txt ."), lines.index("COPY . .")
    assert requirements < code  # packages are installed once, not for each change of the code


def test_the_image_reads_pages_that_are_pictures_in_each_language():
    """Without the program scans count as unread, silently for whoever started the site."""
    installed = re.findall(r"tesseract-ocr\S*", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert set(installed) == {"tesseract-ocr", *(f"tesseract-ocr-{language}" for language in LANGUAGES)}


@pytest.mark.parametrize(("missing", "told"), [((), []), (("tesseract",), ["contracts.I003"])])
def test_a_machine_that_reads_no_pictures_is_told_at_the_check(monkeypatch, missing, told):
    monkeypatch.setattr("contracts.checks.missing_for_ocr", lambda: missing)
    assert [message.id for message in check_recognition()] == told


def test_the_guide_for_operators_names_figures_and_services_that_there_are(db, broker):
    guide = (ROOT / "config" / "OPERATING.md").read_text(encoding="utf-8")
    told = {
        f"veedor_{figure.area}_{figure.name}" + ("_total" if figure.only_grows else "") for figure in read_figures()
    }
    told |= {
        "veedor_database_reachable",
        "veedor_database_migrated",
        "veedor_http_requests_total",
        "veedor_http_request_seconds",
    }
    named = set(re.findall(r"\bveedor_[a-z_]+", guide)) - {"veedor_app"}
    assert named <= told
    assert len(named) > 10
    used = set(re.findall(r"docker compose (?:exec|run)(?: -T| --rm| --env \S+)* ([a-z-]+) ", guide))
    assert used == {"db", "broker", "migrate", "web", "backup", "proxy"} <= set(COMPOSE["services"])
