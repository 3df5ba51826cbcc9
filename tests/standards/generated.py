"""
A client that is generated from the description of the API, asked for all that it can read.

openapi-python-client writes it; each list, search and detail is asked for, as an account without rights would, and the
answer must be what the description says: nothing that the client does not know, nothing lost on the way through it.
"""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

NAME = "veedor_client"
# Which answers name what a path needs: parameter → list, and the column of its rows.
NAMED = {
    "ocid": ("contracting-processes", "ocid"),
    "id": ("organizations", "id"),
    "slug": ("publishers", "slug"),
    "code": ("rules", "code"),
}
# By operation, where the parameter is another's.
OTHERS = {
    ("flags_retrieve", "id"): ("flags", "id"),
    ("contract_retrieve", "ocid"): ("contracts", "ocid"),
    ("contract_retrieve", "path"): ("contracts", "path"),
}
# What the description lets be left out, and one of several is needed.
NEEDED = {("contract_retrieve", "path")}
# What only an account reads, or what there may be none of.
LEFT = ("me_searches", "me_table", "submission", "table_template", "exports_", "dumps_")
PREFIX = {"prefix": "a", "queries": "{}"}


def check_client(site: str) -> Iterator[str]:
    """Yield what a generated client can not read."""
    with tempfile.TemporaryDirectory() as folder:
        package = _generate(site, Path(folder))
        client = importlib.import_module(f"{NAME}.client").Client(base_url=site, timeout=60)
        asked, left = 0, []
        for name, ask in _operations(package):
            arguments = None if name.startswith(LEFT) else _arguments(site, name, ask)
            if arguments is None:
                left.append(name)
                continue
            asked += 1
            yield from (f"{name}: {problem}" for problem in _problems(ask, client, arguments))
    print(f"generated client: {asked} operations asked; not {', '.join(left) or 'one left'}")


def _generate(site: str, folder: Path) -> Any:
    program = Path(sys.executable).with_name("openapi-python-client")
    command = [program, "generate", "--url", f"{site}/api/v1/schema/?format=json", "--meta", "none"]
    subprocess.run(
        [*command, "--output-path", folder / NAME], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    sys.path.insert(0, str(folder))
    return importlib.import_module(f"{NAME}.api")


def _operations(package: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the operations that read, each with the function that asks for it and parses the answer."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.ispkg:
            continue
        found = importlib.import_module(module.name)
        source = inspect.getsource(found._get_kwargs)
        name = module.name.rpartition(".")[2]
        if '"method": "get"' in source or name.endswith("_search"):
            yield name, found.sync_detailed


def _arguments(site: str, name: str, ask: Callable[..., Any]) -> dict[str, Any] | None:
    """Return what an operation must be given; None where the site has no row that it could be asked for."""
    parameters = inspect.signature(ask).parameters.values()
    found: dict[str, Any] = {"limit": 5} if any(one.name == "limit" for one in parameters) else {}
    if "include" in {one.name for one in parameters}:
        found["include"] = "parties" if name.startswith("contract") else "evidence"
    for one in parameters:
        if one.name == "body":
            found["body"] = one.annotation.from_dict({"limit": 5})
        is_needed = one.default is inspect.Parameter.empty or (name, one.name) in NEEDED
        if not is_needed or one.name in {"client", "body"}:
            continue
        if one.name in PREFIX:
            found[one.name] = PREFIX[one.name]
            continue
        named = OTHERS.get((name, one.name)) or NAMED.get(one.name)
        if named is None:
            return None
        address, column = named
        rows = _rows(f"{site}/api/v1/{address}/")
        if not rows:
            return None
        found[one.name] = rows[0][column]
    return found


@cache
def _rows(address: str) -> list[dict[str, Any]]:
    answer = _patient(lambda: httpx.get(address, timeout=60))
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def _patient(ask: Callable[[], Any]) -> Any:
    """Ask until there is an answer: the site has limits for who has no account."""
    while (answer := ask()).status_code == HTTPStatus.TOO_MANY_REQUESTS:
        time.sleep(int(answer.headers["Retry-After"]))
    return answer


def _problems(ask: Callable[..., Any], client: Any, arguments: dict[str, Any]) -> Iterator[str]:
    try:
        answer = _patient(lambda: ask(client=client, **arguments))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        yield f"the answer can not be read: {type(error).__name__}: {error}"
        return
    if answer.status_code != HTTPStatus.OK:
        yield f"{answer.status_code}: {answer.content[:200]!r}"
    elif answer.parsed is None:
        yield "the description says nothing of this answer"
    elif hasattr(answer.parsed, "to_dict"):
        yield from _differences(json.loads(answer.content), answer.parsed.to_dict(), "")


def _differences(told: Any, read: Any, at: str) -> Iterator[str]:
    """Yield where what was read is not what was told; times may be written otherwise."""
    if isinstance(told, dict) and isinstance(read, dict):
        for name in sorted(told.keys() | read.keys()):
            if name not in told or name not in read:
                yield f"{at}/{name}: {'lost' if name in told else 'made up'}"
            else:
                yield from _differences(told[name], read[name], f"{at}/{name}")
    elif isinstance(told, list) and isinstance(read, list) and len(told) == len(read):
        for number, (one, other) in enumerate(zip(told, read, strict=True)):
            yield from _differences(one, other, f"{at}/{number}")
    elif told != read and not (isinstance(told, str) and isinstance(read, str) and told[:10] == read[:10]):
        yield f"{at}: {told!r} became {read!r}"
