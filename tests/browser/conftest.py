import pytest

from tests.browser.chromium import Chromium, find_chromium


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; each opens windows of its own."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on the PATH (Debian: apt install chromium), nor named by CHROMIUM")
    with Chromium(program) as started:
        yield started
