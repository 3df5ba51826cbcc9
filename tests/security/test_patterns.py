"""No regular expression takes more than linear time, whatever text it is tried on."""

import json
import re
import subprocess
import sys
import time
from functools import lru_cache

import pytest

from tests.security.patterns import APPS, ROOT


@lru_cache
def known() -> dict:
    result = subprocess.run(
        [sys.executable, "-m", "tests.security.patterns"],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": ""},
        capture_output=True,
        check=True,
    )
    return json.loads(result.stdout)


# What patterns of the same shape as ours stumble over: one sign again and again behind what they begin with.
STARTS = ("", "a-", "1", "x", "marca ", "software ", "(", '"', "MXN 1")
UNITS = (
    "a",
    "1",
    " ",
    "-",
    "\n",
    "a-",
    "a \n",
    "- \n",
    " \n",
    "a ",
    "1.",
    "1,",
    "a-1 ",
    "A",
    "aA",
    "de ",
    "2020",
    "` ",
)
SIZES = (10_000, 20_000, 40_000)
# Below this, the clock of a busy machine says more than the pattern does; what is worse than linear is far above.
SECONDS = 0.02
# Two short texts, of which the second takes four times as long as the first where a pattern is quadratic: only then
# is it looked at more closely.
SUSPICIOUS = (1_000, 2_000)


def seconds(pattern: re.Pattern, text: str | bytes, times: int = 2) -> float:
    """Return the processor's time: what others do on a machine says nothing about a pattern."""
    best = 99.0
    for _ in range(times):
        started = time.process_time()
        sum(1 for _match in pattern.finditer(text))
        pattern.fullmatch(text)
        best = min(best, time.process_time() - started)
    return best


def attacks(pattern: str) -> list[tuple[str, str]]:
    words = sorted(set(re.findall(r"[a-z]{3,}", pattern)))[:2]
    return [(start, unit) for start in (*STARTS, *words) for unit in (*UNITS, *(f"{word} " for word in words))]


def of_size(pattern: re.Pattern, start: str, unit: str, size: int) -> str | bytes:
    text = start + (unit * (size // len(unit) + 1))[:size] + "!"
    return text.encode() if isinstance(pattern.pattern, bytes) else text


def test_every_pattern_of_every_module_is_known():
    assert known()["unseen"] == [], "calls of `re` that tests.security.patterns.use does not reach"
    assert {app for app in APPS for name in known()["modules"] if name.startswith(app)} == set(APPS)
    assert len(known()["patterns"]) > 140


@pytest.mark.timeout(900)
def test_no_pattern_is_more_than_linear():
    slow = []
    for text, flags, is_bytes, module in known()["patterns"]:
        pattern = re.compile(text.encode("latin-1") if is_bytes else text, flags)
        found = next((attack for attack in attacks(text) if is_worse_than_linear(pattern, *attack)), None)
        if found is not None:
            slow.append((module, text[:60], *found))
    assert slow == []


def is_worse_than_linear(pattern: re.Pattern, start: str, unit: str) -> bool:
    short, longer = (seconds(pattern, of_size(pattern, start, unit, size), times=1) for size in SUSPICIOUS)
    if longer < 0.001 or longer < 2.6 * short:
        return False
    first, second, third = (seconds(pattern, of_size(pattern, start, unit, size)) for size in SIZES)
    return third > SECONDS and second > 2.6 * first and third > 2.6 * second
