"""Part three: the narrative as it is published, in the accountant's words where they changed it.

What stands on 决算说明 is what is published.  Paragraphs that differ from the ones written from the
figures are named, numbers in them link where their digits still match, and a number that stands
where the figures say another is reported.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from ..model.book import Book
from ..narrate import Narrative, Number, Paragraph, load_report
from .document import Block, Chart
from .text_blocks import Anchors, blocks, heading_level

_NUMBER = re.compile(r"(?<![\d.])\d[\d,，]*(?:\.\d+)?")
_UNIT = re.compile(r"万元|元|%|％|个百分点|[一-鿿]{0,2}")
_ALIKE = 0.35
"""Share of common two-character pieces from which two paragraphs say the same thing."""


class Line(NamedTuple):
    """A line of 决算说明: its row, its section (counted from 1) and its text."""

    row: int
    section: int
    text: str


class Statement(NamedTuple):
    """Part three as blocks; what differs from the written one, and what contradicts the figures."""

    blocks: tuple[Block, ...]
    edited: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def statement(
    book: Book,
    narrative: Narrative,
    lines: Sequence[Line],
    cells: Collection[str],
    charts: Mapping[str, Chart],
    sheet: str,
) -> Statement:
    """Part three.  ``lines`` are what stands on 决算说明 (``sheet``), empty where nothing does.

    ``cells`` are the anchors that numbers may link to; ``charts`` go to the ends of the sections
    that the edition puts them in.
    """
    edited: list[str] = []
    conflicts: list[str] = []
    paragraphs = narrative.paragraphs
    if lines:
        found = [_merged(book, narrative, number, lines, sheet) for number in _sections(narrative)]
        paragraphs = tuple(p for section in found for p in section.paragraphs)
        edited = [text for section in found for text in section.edited]
        conflicts = [text for section in found for text in section.conflicts]
    anchors = Anchors("part3")
    placed: list[Block] = []
    for number, section in enumerate(load_report(book.edition).sections, 1):
        own = [p for p in paragraphs if p.section == number]
        placed += blocks(own, cells, anchors)
        placed += [charts[name] for name in section.charts if name in charts and own]
    return Statement(tuple(placed), tuple(edited), tuple(conflicts))


class _Section(NamedTuple):
    paragraphs: tuple[Paragraph, ...]
    edited: tuple[str, ...]
    conflicts: tuple[str, ...]


def _sections(narrative: Narrative) -> tuple[int, ...]:
    return tuple(dict.fromkeys(p.section for p in narrative.paragraphs))


def _merged(
    book: Book, narrative: Narrative, section: int, lines: Sequence[Line], sheet: str
) -> _Section:
    """One section of 决算说明 with what the written one knows about its numbers."""
    written = narrative.section(section)
    own = [line for line in lines if line.section == section]
    title = written[0].title if written else ""
    paragraphs: list[Paragraph] = []
    edited: list[str] = []
    conflicts: list[str] = []
    used: set[int] = set()
    for line, index in zip(own, _pairs(written, own), strict=True):
        counterpart = written[index] if index is not None else None
        if index is not None:
            used.add(index)
        if counterpart and line.text == (counterpart.title or counterpart.text):
            paragraphs.append(counterpart)
            continue
        edited.append(f"{sheet}第{line.row}行与程序写的不同：{_shortened(line.text)}")
        if counterpart.title if counterpart else _looks_like_title(line.text):
            paragraphs.append(Paragraph(section, line.text, ""))
            continue
        known = counterpart.numbers if counterpart else ()
        others = [n for p in written for n in p.numbers]
        numbers = _still_there(line.text, [*known, *others])
        paragraphs.append(Paragraph(section, "", line.text, numbers))
        if counterpart:
            conflicts += _conflicts(book, line, counterpart, sheet)
    left = [p for index, p in enumerate(written) if index not in used]
    if left and own:
        edited += [
            f"{sheet}的“{title}”里没有程序写的这一段：{_shortened(p.title or p.text)}" for p in left
        ]
    elif left:
        edited.append(f"{sheet}里没有“{title}”这一部分")
    return _Section(tuple(paragraphs), tuple(edited), tuple(conflicts))


def _looks_like_title(text: str) -> bool:
    return heading_level(text) < 4 and len(text) <= 40 and text[-1] not in "。；，：！？"


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}……"


def _pairs(written: Sequence[Paragraph], own: Sequence[Line]) -> list[int | None]:
    """For each line the written paragraph that it is, or grew from; each taken once."""
    texts = [p.title or p.text for p in written]
    pairs: list[int | None] = [None] * len(own)
    matcher = SequenceMatcher(None, texts, [line.text for line in own], autojunk=False)
    pieces = [_pieces(text) for text in texts]
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            pairs[start:end] = range(first, last)
        elif kind == "replace":
            free = list(range(first, last))
            for at in range(start, end):
                mine = _pieces(own[at].text)
                best = max(free, key=lambda index: _alike(mine, pieces[index]), default=None)
                if best is not None and _alike(mine, pieces[best]) >= _ALIKE:
                    pairs[at] = best
                    free.remove(best)
    return pairs


def _pieces(text: str) -> frozenset[str]:
    """The two-character pieces of a text without its numbers."""
    words = _NUMBER.sub("", text)
    return frozenset(words[i : i + 2] for i in range(len(words) - 1)) or frozenset({words})


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


# ---------------------------------------------------------------- numbers


class _Found(NamedTuple):
    start: int
    end: int
    value: Decimal
    unit: str
    before: str


def _numbers(text: str) -> Iterator[_Found]:
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        value = Decimal(re.sub("[,，]", "", match[0]))
        before = text[max(0, match.start() - 2) : match.start()]
        yield _Found(match.start(), match.end(), value, unit[0] if unit else "", before)


def _still_there(text: str, known: Sequence[Number]) -> tuple[Number, ...]:
    """The numbers of a text whose digits are those of a number that the figures gave."""
    names: dict[Decimal, tuple[str, ...]] = {}
    for number in known:
        names.setdefault(Decimal(number.text), number.names)
    return tuple(
        Number(found.start, found.end, text[found.start : found.end], names[found.value])
        for found in _numbers(text)
        if found.value in names
    )


def _conflicts(book: Book, line: Line, written: Paragraph, sheet: str) -> Iterator[str]:
    """Numbers of a line that stand where the figures say another."""
    marked = {number.start: number for number in written.numbers}
    theirs, ours = list(_numbers(line.text)), list(_numbers(written.text))
    matcher = SequenceMatcher(
        None, [(n.value, n.unit) for n in ours], [(n.value, n.unit) for n in theirs], autojunk=False
    )
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind != "replace":
            continue
        for right, wrong in _same_places(ours[first:last], theirs[start:end]):
            number = marked.get(right.start)
            if number is None or right.unit != wrong.unit or right.value == wrong.value:
                continue
            place = next((book.figures[n].place for n in number.names if n in book.figures), None)
            yield (
                f"{sheet}第{line.row}行写的是{line.text[wrong.start : wrong.end]}{wrong.unit}，"
                f"按表应为{number.text}{right.unit}{f'（{place}）' if place else ''}"
            )


def _same_places(
    ours: Sequence[_Found], theirs: Sequence[_Found]
) -> Iterator[tuple[_Found, _Found]]:
    """Numbers that stand in the same place: as many as there were, or after the same words."""
    if len(ours) == len(theirs):
        yield from zip(ours, theirs, strict=True)
        return
    free = list(theirs)
    for right in ours:
        wrong = next((n for n in free if n.before and n.before == right.before), None)
        if wrong:
            free.remove(wrong)
            yield right, wrong
