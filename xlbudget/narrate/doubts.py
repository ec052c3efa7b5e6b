"""What the report may not be believed in: figures of broken identities, sums over tables not read whole.

A sentence that uses one of them is marked 【待核】, so that nobody publishes a share or a change that rests
on an amount which is wrong or was never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..model.book import Book
from ..model.severity import Severity
from ..validate import Report
from ..validate.check import Outcome
from .paragraphs import Narrative, Paragraph
from .trace import Number

MARK = "【待核】"
_SHOWN = 3
_SENTENCE_END = re.compile("[。；！？]|$")


class Doubts(NamedTuple):
    """Names of the figures that stand in a broken identity; ids of the tables that were not read whole;
    names of figures that numbers of the report use and that nobody read."""

    broken: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()

    def holds(self, number: Number) -> bool:
        """Whether a number rests on one of them.

        A single figure that was read is known even where its table is not whole; what was made of several
        of its lines is not.
        """
        if not self.broken.isdisjoint(number.names) or not self.lost.isdisjoint(number.names):
            return True
        if not self.unread:
            return False
        tables = [name.removeprefix("LAST.").partition(".")[0] for name in number.names]
        return any(tables.count(table) > 1 for table in self.unread)


def doubts_of(report: Report, narrative: Narrative) -> Doubts:
    """The doubts that follow from a validation: its errors only, a warning is for a person to judge."""
    book = report.book
    broken = {
        name
        for check in report.checks
        if check.outcome == Outcome.FAILED
        and check.constraint is not None
        and check.failed_as == Severity.ERROR
        for _, name in (*check.constraint.left, *check.constraint.right)
        if name and book.value(name)
    }
    used = {
        name
        for paragraph in narrative.paragraphs
        for number in paragraph.numbers
        for name in number.names
    }
    lost = {name for name in used if name in book.unreadable or book.unknown(name)}
    return Doubts(frozenset(broken), book.not_whole, frozenset(lost))


def with_doubts(narrative: Narrative, report: Report) -> Narrative:
    """The report with 【待核】 at the end of each sentence that rests on a doubt, and one line that says so."""
    doubts = doubts_of(report, narrative)
    if not any(doubts):
        return narrative
    paragraphs = tuple(_marked(paragraph, doubts) for paragraph in narrative.paragraphs)
    count = sum(paragraph.text.count(MARK) for paragraph in paragraphs)
    return narrative._replace(
        paragraphs=paragraphs, doubt=_line(report.book, doubts, count), doubtful=count
    )


def _marked(paragraph: Paragraph, doubts: Doubts) -> Paragraph:
    text = paragraph.text
    ends = sorted(
        {
            match.start()
            for number in paragraph.numbers
            if doubts.holds(number) and (match := _SENTENCE_END.search(text, number.end))
        }
    )
    if not ends:
        return paragraph
    pieces = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return paragraph._replace(
        text=MARK.join(pieces), numbers=tuple(_moved(n, ends) for n in paragraph.numbers)
    )


def _moved(number: Number, ends: Sequence[int]) -> Number:
    """A number's place after the marks that stand before it."""
    by = len(MARK) * sum(end <= number.start for end in ends)
    return number._replace(start=number.start + by, end=number.end + by)


def _line(book: Book, doubts: Doubts, count: int) -> str:
    parts = []
    if doubts.unread:
        titles = "、".join(
            f"“{table.title}”" for table in book.edition.tables if table.id in doubts.unread
        )
        cells = sum(book.reading[table].unaccounted for table in doubts.unread)
        lost = f"，有{cells}个金额不知道属于哪一项" if cells else ""
        parts.append(f"{titles}没有读全{lost}")
    if doubts.lost:
        parts.append(f"说明用到的{len(doubts.lost)}个数没有读到（{_places(book, doubts.lost)}）")
    if doubts.broken:
        parts.append(f"有{len(doubts.broken)}个数在对不上的等式里")
    marked = f"，用到它们的{count}句标了{MARK}" if count else ""
    return f"{'；'.join(parts)}{marked}；请先运行校验改正，再重新生成说明。"


def _places(book: Book, lost: Iterable[str]) -> str:
    """Where the first of these figures stand, or what they are called: ``05表!C9``."""
    names = sorted(lost)
    shown = []
    for name in names[:_SHOWN]:
        figure = book.figures.get(name)
        shown.append(
            str(figure.place) if figure else book.edition.label(name, book.names_of_codes())
        )
    return "、".join(shown) + ("等" if len(names) > _SHOWN else "")
