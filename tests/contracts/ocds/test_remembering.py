from functools import partial

from contracts.ocds.caching import remembered


def test_a_short_text_is_read_once_for_the_same_arguments():
    asked = []

    @remembered
    def count(text: str, sign: str) -> int:
        asked.append((text, sign))
        return text.count(sign)

    assert [count("banana", "a"), count("banana", "a"), count("banana", "n")] == [3, 3, 2]
    assert asked == [("banana", "a"), ("banana", "n")]


def test_a_long_text_is_not_kept():
    asked = []

    @remembered
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [length("x" * 1000), length("x" * 1000)] == [1000, 1000]
    assert len(asked) == 2


def test_a_function_of_one_text_is_asked_once_until_there_are_too_many():
    asked = []

    @partial(remembered, kept=2)
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [length(text) for text in ("one", "three", "one", "three")] == [3, 5, 3, 5]
    assert asked == ["one", "three"]
    assert [length(text) for text in ("seven", "seven", "one")] == [5, 5, 3]
    assert asked == ["one", "three", "seven", "one"]
