import pytest

from contracts.pages.display import percent


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0 %"),
        (1 - (0.7 + 0.2 + 0.1), "0 %"),
        (1 - 1e-12, "100 %"),
        (0.0004, "< 1 %"),
        (0.0049, "< 1 %"),
        (0.006, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.9996, "> 99 %"),
        (1, "100 %"),
    ],
)
def test_no_share_is_written_as_nothing_or_all_that_is_neither(share, written):
    assert percent(share) == written
