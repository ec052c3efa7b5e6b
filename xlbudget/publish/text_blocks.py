"""Texts as blocks: headings by their numbering, paragraphs as runs whose numbers link to cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ..narrate import Number
from ..narrate import Paragraph as Written
from .document import Heading, Paragraph, Run

_TO_DO = re.compile(r"【待[填核][^】]*】")
_LEVELS = (
    (re.compile(r"第[一二三四五六七八九十]+部分"), 1),
    (re.compile(r"[一二三四五六七八九十]+、"), 2),
    (re.compile(r"[（(][一二三四五六七八九十]+[)）]"), 3),
)
_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """一, 十二, 一百零三: 1 to 999 as headings are numbered."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def heading_level(title: str) -> int:
    """2 for 一、, 3 for （一）, 4 for 1. and anything else."""
    return next((level for pattern, level in _LEVELS if pattern.match(title)), 4)


def runs(text: str, numbers: Sequence[Number] = (), cells: Collection[str] = ()) -> tuple[Run, ...]:
    """A text as runs: a number links to the first of its figures that has a cell in the document."""
    found: list[Run] = []
    at = 0
    for number in numbers:
        target = next((name for name in number.names if name in cells), "")
        if target:
            found += _plain(text[at : number.start])
            found.append(Run(text[number.start : number.end], target))
            at = number.end
    found += _plain(text[at:])
    return tuple(found)


def _plain(text: str) -> Iterator[Run]:
    """A text without links; each 【待填：…】 and 【待核】 a run of its own."""
    at = 0
    for match in _TO_DO.finditer(text):
        if match.start() > at:
            yield Run(text[at : match.start()])
        yield Run(match[0], to_do=True)
        at = match.end()
    if at < len(text):
        yield Run(text[at:])


class Anchors:
    """Names headings of one part in order: ``part3.1``, ``part3.2``."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._count = 0

    def heading(self, text: str, level: int = 0) -> Heading:
        """A heading; its level follows from its numbering where none is given."""
        self._count += 1
        return Heading(level or heading_level(text), text, f"{self._part}.{self._count}")


def blocks(
    paragraphs: Sequence[Written], cells: Collection[str], anchors: Anchors
) -> Iterator[Heading | Paragraph]:
    """Written titles and paragraphs as headings and paragraphs."""
    for written in paragraphs:
        if written.title:
            yield anchors.heading(written.title)
        if written.text:
            yield Paragraph(runs(written.text, written.numbers, cells))
