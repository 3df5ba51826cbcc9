import pytest

from contracts.ocds.pointers import resolve


def test_pointers_follow_the_standard():
    document = {"a/b": [{"m~n": 1}], "": 2}
    assert resolve(document, "/a~1b/0/m~0n") == 1
    assert resolve(document, "/") == 2
    assert resolve(document, "") is document


def test_a_list_of_one_object_is_taken_for_the_object_as_when_it_was_read():
    assert resolve({"tender": [{"title": "x"}]}, "/tender/title") == "x"


@pytest.mark.parametrize("pointer", ["/tender/0", "/tender/title/x", "/nothing", "/awards/9", "/awards/x"])
def test_a_pointer_to_nowhere_says_so(pointer):
    with pytest.raises(LookupError):
        resolve({"tender": {"title": "x"}, "awards": [1, 2]}, pointer)
