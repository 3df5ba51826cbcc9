"""Letters with their places on a page → the text of a cell, or of the lines beside a table. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from contracts.tables.sheets.pdf_drawing import Letter

# Distances between two lines and between two words, in line heights.
_NEXT_LINE = 0.4
_NEXT_WORD = 0.15
_NEXT_COLUMN = 1.2
_SPACE = 0.4
# A letter closer to the one before than this is printed over it; in widths of the letter.
_OVER = 0.3
# Tolerance for borders and letters, in points.
_INEXACT = 1.5
# A shorter word at the start of a line may be the end of a broken one, even if it occurs elsewhere.
_WORD = 3
_NUMBER = re.compile(r"\A[.,/:-]*\d[\d.,/:-]*")
_AT_HYPHEN = re.compile(r"\w-")


def lines_of(letters: Iterable[Letter]) -> list[list[Letter]]:
    """
    Return the lines from top to bottom, letters from left to right; one that is printed twice to look bold counts
    once.
    """
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: letter.base):
        if lines and letter.base - lines[-1][-1].base < _NEXT_LINE * letter.size:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    for line in lines:
        line.sort(key=lambda letter: letter.left)
        line[:] = [letter for before, letter in pairwise([None, *line]) if letter and not _is_twice(before, letter)]
    return lines


def are_printed_over(line: Sequence[Letter]) -> bool:
    """Return whether letters of a line overlap: two texts in one place."""
    return any(_is_over(before, letter) for before, letter in pairwise(line))


def _is_over(before: Letter, letter: Letter) -> bool:
    width = before.right - before.left
    return letter.right > letter.left and letter.left - before.left < _OVER * width


def _is_twice(before: Letter | None, letter: Letter) -> bool:
    return before is not None and before.text == letter.text and _is_over(before, letter)


def has_columns(line: Sequence[Letter]) -> bool:
    """Return whether parts of a line are as far apart as columns."""
    return any(letter.left - before.right > _NEXT_COLUMN * letter.size for before, letter in pairwise(line))


def may_be_cut(line: Sequence[Letter]) -> bool:
    """
    Return whether a line fills the box that clips it: programs may have left out the rest of the text. They cut it at
    a letter, which may be a space.
    """
    left, _top, right, _bottom = line[-1].clip
    space = _SPACE * line[-1].size
    return line[-1].right > right - space and line[0].left < left + space


def text_of_line(line: Sequence[Letter]) -> str:
    text = line[0].text
    for before, letter in pairwise(line):
        is_apart = letter.is_apart or letter.left - before.right > _NEXT_WORD * letter.size
        text += f" {letter.text}" if is_apart else letter.text
    return text


def words_of(lines: Sequence[Sequence[Letter]]) -> Iterator[str]:
    """Yield the words of a cell that are certainly whole: the first one of a line may be the end of a broken word."""
    for line in lines:
        yield from text_of_line(line).split()[1:]


def text_of_cell(
    lines: Sequence[Sequence[Letter]], left: float, right: float, known: Collection[str]
) -> tuple[str, bool]:
    """
    Return the text of a cell, and whether it is certain: it is not if a word may either end with a line or continue in
    the next. If the next line's first word would have fitted on the line before, the line break is intended.

    :param left: the left border of the cell; ``right`` is the right one
    :param known: words that occur whole elsewhere
    """
    if not lines:
        return "", True
    space = min(min(line[0].left - left, right - line[-1].right) for line in lines)
    text, is_sure = text_of_line(lines[0]), True
    for before, line in pairwise(lines):
        following = text_of_line(line)
        free = right - left - 2 * space - (before[-1].right - before[0].left)
        if free >= _width_of_first_word(line) + _NEXT_WORD * line[0].size:
            mark: str | None = "\n"
        elif _AT_HYPHEN.fullmatch(text[-2:]):
            mark = ""
        elif free < line[0].right - line[0].left + _INEXACT:
            mark = _mark_between(text_of_line(before), following.split()[0], known)
        else:
            mark = " "
        is_sure = is_sure and mark is not None
        text += (mark or "") + following
    return text, is_sure


def _mark_between(line: str, word: str, known: Collection[str]) -> str | None:
    """Return the text between a line without room for another letter and the word below it, None if unclear."""
    if " " in line:
        return " "
    if _NUMBER.fullmatch(line) and _NUMBER.fullmatch(word):
        return ""
    if line + word in known:
        return ""
    is_new = word in known and (line in known or len(word) >= _WORD)
    return " " if is_new or (line[-1].islower() and word[0].isupper()) else None


def _width_of_first_word(line: Sequence[Letter]) -> float:
    last = line[0]
    for before, letter in pairwise(line):
        if letter.is_apart or letter.left - before.right > _NEXT_WORD * letter.size:
            break
        last = letter
    return last.right - line[0].left
