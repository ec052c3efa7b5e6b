"""Sentences that rest on a wrong or unread amount are marked, and one line says so."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.books import read_book
from tests.fill.test_unread import damaged
from tests.generator import common_classes, department, publication
from tests.recognise.layouts import Layout, Printer
from tests.seed import book_of_seed
from xlbudget.cli import run
from xlbudget.model.book import Book
from xlbudget.narrate import Narrative, narrate, with_doubts
from xlbudget.narrate.doubts import MARK, Doubts
from xlbudget.narrate.trace import Number
from xlbudget.recognise import recognise
from xlbudget.validate import validate
from xlbudget.validate.check import Outcome

BROKEN = Path(__file__).parents[2] / "xlbudget" / "samples" / "broken.xlsx"


def _written(book: Book) -> Narrative:
    return with_doubts(narrate(book), validate(book))


def test_nothing_is_marked_where_nothing_is_wrong() -> None:
    narrative = _written(book_of_seed())
    assert (narrative.doubt, narrative.doubtful) == ("", 0)
    assert not any(MARK in p.text for p in narrative.paragraphs)


def test_the_sentence_with_a_figure_of_a_broken_identity_is_marked_once() -> None:
    narrative = _written(read_book(BROKEN))
    (marked,) = [p for p in narrative.paragraphs if MARK in p.text]
    assert "占88.03%【待核】；项目支出" in marked.text
    assert narrative.doubtful == 1
    assert narrative.doubt.startswith("有10个数在对不上的等式里，用到它们的1句标了【待核】")


@pytest.mark.parametrize(
    ("names", "doubted"),
    [
        (("T05.total.total",), False),
        (("T05.total.basic", "T05.total.total"), True),
        (("T05.total.total", "LAST.T05.total.total"), True),
        (("T05.total.total", "T03.total.total"), False),
        (("T03.total.basic",), True),
    ],
)
def test_of_a_table_not_read_whole_only_what_several_lines_make_is_in_doubt(
    names: tuple[str, ...], doubted: bool
) -> None:
    doubts = Doubts(broken=frozenset({"T03.total.basic"}), unread=frozenset({"T05"}))
    assert doubts.holds(Number(0, 1, "1", names)) == doubted


def test_a_number_that_a_cell_without_amount_went_into_is_marked() -> None:
    doubts = Doubts(lost=frozenset({"T05.2010301.total"}))
    assert doubts.holds(Number(0, 1, "1", ("T05.2010301.total",)))
    assert not doubts.holds(Number(0, 1, "1", ("T05.2010302.total",)))


def test_no_sentence_without_a_mark_rests_on_a_doubt() -> None:
    """Workbooks damaged at random: numbers keep their places, and every doubtful one has its mark."""
    rng = random.Random(11)
    marks = 0
    for _ in range(40):
        content = publication(department(rng, 14, classes=common_classes(), explained=False))
        sheets = Printer(content, Layout(placing="sheets"), rng).sheets()
        for _ in range(rng.randint(1, 3)):
            sheets = damaged(sheets, rng)
        book = recognise(sheets)
        report = validate(book)
        broken = {
            name
            for check in report.checks
            if check.outcome == Outcome.FAILED and check.failed_as == "error" and check.constraint
            for _, name in (*check.constraint.left, *check.constraint.right)
            if name and book.value(name)
        }
        narrative = with_doubts(narrate(book), report)
        lost = False
        for paragraph in narrative.paragraphs:
            for number in paragraph.numbers:
                assert paragraph.text[number.start : number.end] == number.text
                sentence = re.split("[。；！？]", paragraph.text[number.end :])[0]
                unknown = {n for n in number.names if n in book.unreadable or book.unknown(n)}
                lost |= bool(unknown)
                if broken & set(number.names) or unknown:
                    assert sentence.endswith(MARK), paragraph.text
                    marks += 1
        assert narrative.doubtful == sum(p.text.count(MARK) for p in narrative.paragraphs)
        assert bool(narrative.doubt) == bool(broken or book.not_whole or lost)
    assert marks > 100


def test_the_command_says_it_in_one_line_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["narrate", str(BROKEN), "-o", str(tmp_path / "出.xlsx")]) == 1
    said = capsys.readouterr().err
    assert said.count(MARK) == 1
    assert "请先运行校验改正" in said
