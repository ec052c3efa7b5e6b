"""From 元 to 万元: what every cell is to say, and what is to be said about it.

Plain conversion rounds each figure half-up by itself; sums then miss their totals by a 尾差.
Balanced conversion (``balance``) lets as few figures as possible go to the other neighbouring
hundredth, so that every identity holds exactly.  A workbook that is in 万元 already is settled the
same way, from what is printed.  Nothing is read or written here: a file and open Excel hand
over a book and its sheets' cells, and take back cell edits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..model.book import Book, CellRef, Fact, Figure, Place, Record, TableRows
from ..model.edits import CellEdit
from ..model.inputs import load_inputs
from ..model.money import WAN, AmountError, Unit, parse_amount, parse_unit, round_half_up
from ..model.severity import Severity
from ..validate.check import Outcome, check_rules
from ..validate.rules import Rule, load_rules
from ..validate.wording import label_of, sentence_of
from .exact import RECORD, ConvertError, balanced_amounts

__all__ = ["ConvertError", "Converted", "Moved", "Remainder", "convert", "corrections"]

from ..model.grid import Grid

Cell = tuple[str, int, int]
"""Sheet, row and column, counted from 1."""

_UNIT_TEXTS = (
    (re.compile(r"(单位\s*[:：]?\s*(?:人民币\s*)?)元"), r"\1万元"),
    (re.compile(r"([(（]\s*)元(\s*[)）])"), r"\1万元\2"),
    (re.compile(r"以([“\"”]?)元([”\"“]?)为"), r"以\1万元\2为"),
)
_LONGEST_LABEL = 120
_LEDGER = "LEDGER."  # in 元 whatever the workbook's unit


class Moved(NamedTuple):
    """A figure that does not stand at its plain rounding.

    ``true`` is the amount before the conversion, ``plain`` the same rounded half-up by itself,
    ``value`` what the cell says now; all in 分.  ``ref`` is empty for a line of a list.
    """

    ref: str
    label: str
    place: Place
    true: int
    plain: int
    value: int


class Remainder(NamedTuple):
    """A 尾差: an identity that holds only within rounding.  Amounts in 分."""

    rule: str
    sentence: str
    cells: tuple[CellRef, ...]
    difference: int
    tolerance: int


class Converted(NamedTuple):
    """A converted publication.

    ``book`` is what the workbook says afterwards (its findings are those of before).  ``edits``
    are the cells to write; cells that hold a formula are not among them: ``by_formula`` gives the
    amounts in 分 that they must come to, ``labels`` the printed units.  ``amounts`` are not zero, ``moved`` did not stay at their plain
    rounding, ``remainders`` are left.  ``source`` is the unit before.
    """

    book: Book
    edits: tuple[CellEdit, ...]
    by_formula: Mapping[str, int]
    labels: Mapping[Cell, str]
    amounts: int
    moved: tuple[Moved, ...]
    remainders: tuple[Remainder, ...]
    source: str
    balanced: bool


def convert(
    book: Book,
    grids: Mapping[str, Grid],
    *,
    balanced: bool = False,
    formulas: Collection[Cell] = (),
    rules: Sequence[Rule] | None = None,
) -> Converted:
    """The publication in 万元 with two decimals.

    ``grids`` are the sheets' cells (for the printed units), ``formulas`` the cells that hold a
    formula.  ``balanced`` makes every identity of the catalogue and of ``rules`` (an office's
    own) hold exactly.  Converting a converted book changes nothing more.
    Raises ConvertError where amounts cannot be read, where figures to be balanced contradict each
    other before they are rounded, and where no rounding makes them add up.
    """
    if book.unreadable:
        first = next(iter(book.unreadable.values()))
        more = f"（共{len(book.unreadable)}处）" if len(book.unreadable) > 1 else ""
        raise ConvertError(f"{first}{more}，没有换算；请先改正")
    true = _true_amounts(book)
    plain = {name: round_half_up(fen, WAN.last_digit) for name, fen in true.items()}
    values = balanced_amounts(book, true, rules) if balanced else plain
    new = _in_wan(book, values)
    names = book.names_of_codes()
    moved = tuple(
        Moved(
            "" if name.startswith(RECORD) else name,
            _label(book, name, names),
            _place(book, name),
            fen,
            plain[name],
            values[name],
        )
        for name, fen in true.items()
        if values[name] != plain[name]
    )
    cells = frozenset(formulas)
    by_formula = {
        name: fen
        for name, fen in values.items()
        if name in book.figures and _key(book.figures[name].place) in cells
    }
    amounts = _amount_edits(book, true, values)
    labels = tuple(_unit_edits(book, grids))
    edits = [e for e in (*amounts, *labels) if (e.sheet, e.row, e.column) not in cells]
    return Converted(
        new,
        tuple(edits),
        by_formula,
        {key: str(e.value) for e in labels if (key := (e.sheet, e.row, e.column)) in cells},
        sum(1 for fen in true.values() if fen),
        moved,
        tuple(_remainders(new)),
        book.unit.name,
        balanced,
    )


def corrections(converted: Converted, after: Book) -> tuple[CellEdit, ...]:
    """Edits for formula cells that do not come to their amount once the others are written.

    ``after`` is the book as read back after recalculation.  A sum of figures rounded each by
    itself is not its own rounding; there the amount takes the formula's place.
    """
    edits = []
    for name, fen in converted.by_formula.items():
        found = after.figures.get(name)
        if found is None or found.fen != fen:
            place = converted.book.figures[name].place
            edits.append(CellEdit(place.sheet, place.row, place.column, _number(fen)))
    return tuple(edits)


# ---------------------------------------------------------------- amounts


def _is_count(name: str) -> bool:
    if not name.startswith("FACT."):
        return False
    entry = load_inputs().facts.get(name[5:])
    return entry is not None and entry.kind != "amount"


def _true_amounts(book: Book) -> dict[str, int]:
    """Amounts in 分 by figure name, and of the lists' lines as ``RECORD.<row>.<field>``."""
    true = {
        name: figure.fen
        for name, figure in book.figures.items()
        if figure.fen is not None and not _is_count(name) and not name.startswith(_LEDGER)
    }
    for record in book.records:
        for field, fen in _record_amounts(book, record):
            true[f"{RECORD}{record.place.row}.{field}"] = fen
    return true


def _record_amounts(book: Book, record: Record) -> Iterator[tuple[str, int]]:
    form = next(form for form in load_inputs().lists if form.id == record.list_id)
    for column in form.columns:
        if column.kind == "amount" and column.id in record.fields:
            try:
                parsed = parse_amount(record.fields[column.id], book.unit)
            except AmountError:
                continue  # text where an amount belongs: validation says so
            if parsed:
                yield column.id, parsed[0]


def _key(place: Place) -> Cell:
    return place.sheet, place.row, place.column


def _record_of(book: Book, name: str) -> tuple[Record, str]:
    row, field = name.removeprefix(RECORD).split(".")
    return next(r for r in book.records if r.place.row == int(row)), field


def _place(book: Book, name: str) -> Place:
    if not name.startswith(RECORD):
        return book.figures[name].place
    record, field = _record_of(book, name)
    return record.place._replace(column=record.columns.get(field, record.place.column))


def _label(book: Book, name: str, names: Mapping[str, str]) -> str:
    if not name.startswith(RECORD):
        return label_of(book, name, names)
    record, _ = _record_of(book, name)
    form = next(form for form in load_inputs().lists if form.id == record.list_id)
    first = next(iter(record.fields.values()), "")
    return f"补充资料“{form.title.partition('、')[2] or form.title}”{first}"


def _sheet_unit(book: Book, name: str) -> Unit:
    """The unit in which the figure's sheet prints amounts."""
    table = book.tables.get(name.partition(".")[0])
    return (parse_unit(table.head.get("unit", "")) if table else None) or book.unit


def _number(fen: int) -> Decimal:
    return Decimal(WAN.exact_text(fen))


def _amount_edits(
    book: Book, true: Mapping[str, int], values: Mapping[str, int]
) -> Iterator[CellEdit]:
    for name, fen in true.items():
        if not fen or (_sheet_unit(book, name) == WAN and values[name] == fen):
            continue
        sheet, row, column = _key(_place(book, name))
        yield CellEdit(sheet, row, column, _number(values[name]))


# ---------------------------------------------------------------- printed units


def in_wan_text(text: str) -> str:
    """A printed unit in 万元: ``单位：元``, ``决算数（元）``, ``以“元”为金额单位``; others as they are."""
    for pattern, wan in _UNIT_TEXTS:
        text = pattern.sub(wan, text)
    return text


def _unit_edits(book: Book, grids: Mapping[str, Grid]) -> Iterator[CellEdit]:
    fact = book.facts.get("unit")
    if fact and fact.value != WAN.name:
        yield CellEdit(fact.place.sheet, fact.place.row, fact.place.column, WAN.name)
    inputs = load_inputs()
    sheets = {table.sheet for table in book.tables.values()} | {
        inputs.last_year_sheet,
        inputs.budget_sheet,
        inputs.facts_sheet,
    }
    for sheet, grid in grids.items():
        if sheet not in sheets:
            continue
        for row, cells in enumerate(grid, 1):
            for column, value in enumerate(cells, 1):
                if isinstance(value, str) and "元" in value and len(value) <= _LONGEST_LABEL:
                    text = in_wan_text(value)
                    if text != value:
                        yield CellEdit(sheet, row, column, text)


# ---------------------------------------------------------------- the book afterwards


def _in_wan(book: Book, values: Mapping[str, int]) -> Book:
    figures: dict[str, Figure] = {}
    for name, figure in book.figures.items():
        if name in values:
            fen = values[name]
            figures[name] = figure._replace(fen=fen, half=WAN.half if fen else 0)
        elif figure.fen is None or name.startswith(_LEDGER):
            figures[name] = figure
        else:  # a count of 2 is 2 units of account
            figures[name] = figure._replace(fen=figure.fen // book.unit.fen * WAN.fen, half=0)
            if figure.fen % book.unit.fen:  # a score of 96.5
                figures[name] = figures[name]._replace(fen=figure.fen * WAN.fen // book.unit.fen)
    records = []
    for record in book.records:
        fields = dict(record.fields)
        for field in fields:
            name = f"{RECORD}{record.place.row}.{field}"
            if name in values:
                fields[field] = WAN.exact_text(values[name])
        records.append(record._replace(fields=fields))
    facts = dict(book.facts)
    if "unit" in facts:
        facts["unit"] = Fact("unit", WAN.name, facts["unit"].place)
    return book._replace(
        unit=WAN,
        figures=figures,
        records=tuple(records),
        facts=facts,
        tables={key: _table_in_wan(table) for key, table in book.tables.items()},
        findings=tuple(f for f in book.findings if f.rule != "M02"),
    )


def _table_in_wan(table: TableRows) -> TableRows:
    head = dict(table.head)
    if "unit" in head:
        head["unit"] = in_wan_text(head["unit"])
    return table._replace(head=head, notes=tuple(map(in_wan_text, table.notes)))


def _remainders(book: Book) -> Iterator[Remainder]:
    """The catalogue's identities that hold only within rounding."""
    rules = [rule for rule in load_rules() if rule.check and rule.severity == Severity.ERROR]
    for check in check_rules(book, rules, {}):
        if check.outcome == Outcome.ROUNDING and check.constraint:
            terms = check.constraint.left + check.constraint.right
            yield Remainder(
                check.rule.id,
                sentence_of(book, check.constraint),
                tuple(book.cell_ref(name) for _, name in terms if book.value(name)),
                check.difference,
                check.tolerance,
            )
