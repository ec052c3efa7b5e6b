"""The words that the report's templates write with: amounts, shares, changes, counts, reasons.

Every function gives text; numbers in it are marked with the figures they come from.  Percentages
are computed from the amounts as they are shown, so that a reader's calculator agrees.  What is not
known becomes 【待填：…】 and is noted, never invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..model.book import Book, Place, Record
from ..model.codes import level_names
from ..model.comparison import change, percent
from ..model.inputs import ListForm
from ..model.money import WAN, AmountError, execution_points, is_dash, parse_amount, round_half_up
from .known_figures import Figures
from .reasons import operating_applies
from .trace import mark
from .typed import is_numbered, lines, reason, sentence


class Missing(NamedTuple):
    """Something the report needs and the workbook does not say: what, on which sheet and cell.

    ``cell`` is empty where the line is not in the workbook; ``key`` names the figure, fact or reason.
    """

    label: str
    sheet: str
    cell: str = ""
    key: str = ""


class Pen:
    """Writes for one book; ``missing`` gathers what was not known, in order, each once."""

    def __init__(self, book: Book, small_share_of: str = "sme") -> None:
        self._book = book
        self._figures = Figures(book)
        self._inputs = self._figures.inputs
        self.missing: dict[Missing, None] = {}
        self.year = self._year()
        self.last_year = str(book.year - 1) if book.year else ""
        fact = book.facts.get("self")
        self.we = (fact.value if fact else None) or "本部门"
        self.department = book.department or self._ask(
            Missing("部门名称", self._inputs.cover_sheet, "", "department")
        )
        self.has_operating = operating_applies(book)
        self.small_share_of = small_share_of

    def _year(self) -> str:
        if self._book.year is None:
            return self._ask(Missing("决算年度", self._inputs.cover_sheet, "", "year"))
        return mark(str(self._book.year), ["year"])

    def _ask(self, missing: Missing) -> str:
        self.missing.setdefault(missing)
        return f"【待填：{missing.label}】"

    def _ask_figure(self, name: str) -> str:
        return self._ask(Missing(self._figures.wanted(name), *self._figures.where(name), name))

    def ask_kind(self) -> str:
        """The kind of unit, where the cover does not say it."""
        return self._ask(Missing("单位性质", self._inputs.cover_sheet, "", "kind"))

    def ask_operating(self) -> str:
        """机关运行经费 where nobody has typed it: asked for, with what 06 would have it be."""
        name = "FACT.operating.amount"
        label = self._figures.wanted(name)
        if self.known("T06.public.amount"):
            shown = WAN.text(self.fen("T06.public.amount"))
            label += f"（06表公用经费合计为{shown}万元，相同的照填）"
        return self._ask(Missing(label, *self._figures.where(name), name))

    # -- figures

    def fen(self, name: str) -> int:
        """An amount as it will be shown, in 分; 0 where not known.  For conditions in templates."""
        return self._figures.value(name) or 0

    def known(self, name: str) -> bool:
        return self._figures.value(name) is not None

    def zero(self, *names: str) -> bool:
        """Whether all of these are known to be nothing."""
        return all(self._figures.value(name) == 0 for name in names)

    def used(self, entries: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of (label, figure name) those that are not known to be nothing."""
        return [(label, name) for label, name in entries if not self.zero(name)]

    def unused(self, entries: Sequence[tuple[str, str]]) -> list[str]:
        """The labels of the others."""
        return [label for label, name in entries if self.zero(name)]

    def wan(self, name: str) -> str:
        """``1512.83万元``; what is not known is asked for."""
        value = self._figures.value(name)
        if value is None:
            return self._ask_figure(name)
        return mark(WAN.text(value), self._figures.sources(name)) + "万元"

    def sum(self, names: Sequence[str]) -> str:
        """The sum of several figures, rounded once."""
        exact = sum(self._book.value(name) for name in names)
        return mark(WAN.text(exact), names) + "万元"

    def of(self, part: str | Sequence[str], whole: str) -> str:
        """``99.55%``: part of whole, half-up; "" where it would say nothing (zero, negative)."""
        if isinstance(part, str):
            amount, names = self.fen(part), self._figures.sources(part)
        else:
            exact = sum(self._book.value(name) for name in part)
            amount, names = round_half_up(exact, WAN.last_digit), tuple(part)
        total = self.fen(whole)
        if amount <= 0 or total <= 0:
            return ""
        return _percent(amount, total, [*names, *self._figures.sources(whole)])

    def rate(self, name: str, base: str) -> str:
        """``0.00%``: how much of a budget was spent; "" without a budget or where one is not known."""
        now, planned = self.fen(name), self.fen(base)
        if not self.known(name) or now < 0 or planned <= 0:
            return ""
        return _percent(now, planned, [*self._figures.sources(name), *self._figures.sources(base)])

    def change(self, name: str, base: str) -> str:
        """``减少398.03万元，下降20.83%``; 持平; only the amount where last year was zero or negative."""
        for side in (name, base):
            if not self.known(side):
                return self._ask_figure(side)
        now, then = self.fen(name), self.fen(base)
        names = [*self._figures.sources(name), *self._figures.sources(base)]
        found = change(now, then)
        if found is None:
            return "持平"
        marked = dict.fromkeys(names)
        rate = mark(found.rate, marked) if found.rate else ""
        return found._replace(amount=mark(found.amount, marked), rate=rate).text

    def compared(self, name: str) -> str:
        """``与上年相比减少…，下降…，主要原因是：…``; or ``与上年持平``."""
        text = self.change(name, f"LAST.{name}")
        if text == "持平":
            return "与上年持平"
        if text.startswith("【"):
            return f"与上年相比{text}"
        return f"与上年相比{text}，主要原因是：{self.reason(f'{name}~LAST', name)}"

    def against_budget(self, name: str, base: str, budget: str, rated: bool = True) -> str:
        """``，完成年初预算的110.85%。决算数大于…，主要原因是：…`` as the figures have it.

        No rate where nothing was budgeted, or where it is not ``rated``; nothing where one is not
        known.
        """
        if not self.known(base) or not self.known(name):
            return ""
        now, planned = self.fen(name), self.fen(base)
        rate = self.rate(name, base) if rated else ""
        text = f"，完成{budget}的{rate}" if rate else ""
        if now == planned:
            return f"{text}，决算数与{budget}数持平"
        word = "大于" if now > planned else "小于"
        return f"{text}。决算数{word}{budget}数，主要原因是：{self.reason(f'{name}~BUDGET', name)}"

    def points(self, actual: str, planned: str, full: int) -> str:
        """``9.20``: the points of an execution rate, never above ``full``; "" where there is none."""
        now, plan = self.fen(actual), self.fen(planned)
        if not self.known(actual) or plan <= 0:
            return ""
        hundredths = execution_points(now, plan, full)
        names = [*self._figures.sources(actual), *self._figures.sources(planned)]
        return mark(f"{hundredths // 100}.{hundredths % 100:02d}", names)

    # -- texts and counts

    def reason(self, key: str, name: str) -> str:
        """The reason typed for a change, without its lead-in and its full stop."""
        found = self._book.reasons.get(key)
        text = reason(found.text) if found else ""
        if text:
            return text
        kind = "决算数与预算数差异" if key.endswith("~BUDGET") else "比上年增减"
        cell = found.place.cell if found else ""
        label = f"{self._figures.label(name)}{kind}的原因"
        return self._ask(Missing(label, self._inputs.reasons_sheet, cell, key))

    def text(self, fact_id: str) -> str:
        """A textual entry of 补充资料 as one sentence without its full stop."""
        fact = self._book.facts.get(fact_id)
        text = sentence(fact.value) if fact and fact.value else ""
        if text:
            return text
        sheet = fact.place.sheet if fact else self._inputs.sheet_of(fact_id)
        label = self._figures.label(f"FACT.{fact_id}")
        return self._ask(Missing(label, sheet, fact.place.cell if fact else "", fact_id))

    def lines(self, fact_id: str) -> list[str]:
        """A textual entry of several lines, each without its full stop."""
        fact = self._book.facts.get(fact_id)
        return (lines(fact.value) if fact and fact.value else []) or [self.text(fact_id)]

    def numbered(self, fact_id: str) -> list[str]:
        """Those lines with （1）（2） before them, unless there is but one or they have numbers."""
        found = self.lines(fact_id)
        if len(found) < 2 or any(map(is_numbered, found)):
            return found
        return [f"（{number}）{line}" for number, line in enumerate(found, 1)]

    def has(self, fact_id: str) -> bool:
        """Whether a textual entry is filled in."""
        fact = self._book.facts.get(fact_id)
        return bool(fact and fact.value and sentence(fact.value))

    def count(self, fact_id: str, blank_is_none: bool = False) -> str:
        """A count with its measure word: ``2辆``."""
        name = f"FACT.{fact_id}"
        typed = self._figures.typed(name)
        if typed is None and blank_is_none and name not in self._book.unreadable:
            typed = 0
        if typed is None:
            return self._ask_figure(name)
        return mark(self._plain(typed), [name]) + self._inputs.facts[fact_id].measure

    def number(self, fact_id: str) -> int:
        """A count as an integer, 0 where not known; for conditions in templates."""
        return (self._figures.typed(f"FACT.{fact_id}") or 0) // self._book.unit.fen

    def add_up(self, whole: str, parts: Sequence[str]) -> bool:
        """Whether the parts that are typed already make up the whole, so that blank ones are none."""
        total = self._figures.typed(f"FACT.{whole}")
        typed = [self._figures.typed(f"FACT.{part}") or 0 for part in parts]
        return total is not None and sum(typed) == total

    def _plain(self, fen: int) -> str:
        """A count or score as typed, two decimals at most: ``2``, ``95.2``."""
        hundredths = round_half_up(fen * 100, self._book.unit.fen) // self._book.unit.fen
        sign = "-" if hundredths < 0 else ""
        whole, rest = divmod(abs(hundredths), 100)
        return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")

    # -- lists

    def records(self, list_id: str) -> list[Line]:
        """The lines of a list of 补充资料 that hold anything."""
        form = next(form for form in self._inputs.lists if form.id == list_id)
        found = [record for record in self._book.records if record.list_id == list_id]
        return [
            Line(self, form, index, record)
            for index, record in enumerate(found, 1)
            if any(value.strip() for value in record.fields.values())
        ]

    def line_of(self, list_id: str, key: str, value: str) -> Line:
        """The line of a list whose field ``key`` says ``value``; one that lacks all else if none does."""
        for line in self.records(list_id):
            if line.record.fields.get(key, "").strip() == value:
                return line
        form = next(form for form in self._inputs.lists if form.id == list_id)
        nowhere = Place(self._inputs.facts_sheet, 0, 0)
        return Line(self, form, 0, Record(list_id, {key: value}, nowhere))

    def against_line(self, name: str, line: Line, budget: str, reason: str) -> str:
        """``。决算数大于预算数的主要原因：…`` for a budget that stands in a list's line."""
        planned = self._count_of(line, budget)
        if planned is None or not self.known(name):
            return ""
        more = self.fen(name) - round_half_up(planned, WAN.last_digit)
        if not more:
            return "。决算数与预算数持平"
        word = "大于" if more > 0 else "小于"
        return f"。决算数{word}预算数的主要原因：{line.text(reason)}"

    def ask_list(self, list_id: str) -> str:
        """A list without a line, where the report needs one."""
        form = next(form for form in self._inputs.lists if form.id == list_id)
        return self._ask(Missing(_list_title(form), self._inputs.facts_sheet, "", list_id))

    def ask_table(self, table_id: str) -> str:
        """A table that is empty although 04 shows money of its kind."""
        table = self._book.edition.by_id[table_id]
        label = f"{table.title}（财政拨款总表里有这类资金，这张表没有数）"
        return self._ask(Missing(label, self._book.tables[table_id].sheet, "", table_id))

    def all(self, lines: Sequence[Line], key: str) -> str:
        """The sum of a count over a list's lines, where every line gives it; else ""."""
        counts = [self._count_of(line, key) for line in lines]
        if len(counts) < 2 or None in counts:
            return ""
        total = sum(count or 0 for count in counts)
        return mark(self._plain(total), [line.name(key) for line in lines])

    def _count_of(self, line: Line, key: str) -> int | None:
        try:
            parsed = parse_amount(line.record.fields.get(key, "").strip(), self._book.unit)
        except AmountError:
            return None
        return parsed[0] if parsed else None

    def field(self, line: Line, key: str) -> str:
        """A field of a list's line by its kind; what is blank or no number is asked for."""
        entry = next(entry for entry in line.form.columns if entry.id == key)
        typed = line.record.fields.get(key, "").strip()
        if entry.kind not in ("amount", "count"):
            return sentence(typed) or self.ask_field(line, entry.label, line.name(key))
        number = self._count_of(line, key)
        if number is None:
            return self.ask_field(line, entry.label, line.name(key))
        if entry.kind == "amount":
            return mark(WAN.text(number), [line.name(key)]) + "万元"
        return mark(self._plain(number), [line.name(key)])

    def ask_field(self, line: Line, label: str, name: str) -> str:
        place = line.record.place
        cell = place.cell if place.row else ""
        return self._ask(Missing(f"{line.title}的{label}", place.sheet, cell, name))

    def subject(self, code: str) -> str:
        """``一般公共服务支出-政府办公厅（室）及相关机构事务-行政运行``."""
        return self._figures.subject(code)

    def item_name(self, code: str) -> str:
        """``教育支出（类）普通教育（款）初中教育（项）``."""
        return level_names(code, self._figures.names) or code

    def codes(self, table: str) -> list[str]:
        """The 项 that a list table prints with any amount, in order of codes."""
        columns = self._book.edition.by_id[table].columns
        return [
            code
            for code in self._figures.leaves(table)
            if not self.zero(*(f"{table}.{code}.{column.id}" for column in columns))
        ]

    def classes(self) -> list[tuple[str, list[str]]]:
        """(label, figure names) of the function classes with general-budget spending.

        The class's cell of 04 where it says the same as the 项 of 05; else the 项 themselves.
        """
        found = []
        leaves = self._figures.leaves("T05")
        for side in self._book.edition.by_id["T04"].sides:
            for line in side.lines:
                name = f"T04.{line.id}.general"
                items = [f"T05.{c}.total" for c in leaves if c.startswith(line.class_code or "-")]
                difference = abs(self._book.value(name) - sum(map(self._book.value, items)))
                agrees = difference <= self._book.unit.half * (len(items) + 1)
                names = [name] if not items or (agrees and self.fen(name)) else items
                if line.class_code and round_half_up(
                    sum(map(self._book.value, names)), WAN.last_digit
                ):
                    found.append((line.label.partition("、")[2] or line.label, names))
        return found

    def items(self, *groups: str) -> list[str]:
        """Names of the 款 of 06 under these 类 that are not zero, in printed order."""
        table = self._book.edition.by_id["T06"]
        found = [
            code
            for stack in table.stacks
            for code in stack.codes
            if len(code) == 5 and code[:3] in groups and self.fen(f"T06.{code}.amount")
        ]
        return [table.row_label(code) for code in found]

    def budget_codes(self) -> tuple[str, ...]:
        """项 with spending or a 年初预算, in order of codes."""
        return self._figures.budget_codes()


@dataclass(frozen=True)
class Line:
    """A line of a list on 补充资料, as templates see it."""

    pen: Pen
    form: ListForm
    index: int
    record: Record

    @property
    def title(self) -> str:
        """What the line is called in 【待填】: its first field, or its number in the list."""
        first = sentence(self.record.fields.get(self.form.columns[0].id, ""))
        return f"“{first}”" if first else f"{_list_title(self.form)}第{self.index}行"

    def name(self, key: str) -> str:
        """The name of a field's figure: ``FACT.trips.1.amount``."""
        return f"FACT.{self.form.id}.{self.index}.{key}"

    def has(self, key: str) -> bool:
        return bool(self.record.fields.get(key, "").strip()) and not self.waived(key)

    def waived(self, key: str) -> bool:
        """Whether a dash says that there is no such number: meetings put together in one line."""
        return is_dash(self.record.fields.get(key, ""))

    def text(self, key: str) -> str:
        """A field: an amount in 万元, a count as a number, a text without its full stop."""
        return self.pen.field(self, key)

    def ask(self, label: str) -> str:
        """What the line lacks."""
        return self.pen.ask_field(self, label, f"FACT.{self.form.id}.{self.index}")


def _list_title(form: ListForm) -> str:
    return form.title.partition("、")[2] or form.title


def _percent(part: int, whole: int, names: Sequence[str]) -> str:
    """``part`` ÷ ``whole`` (positive) as it is printed, with its sources."""
    return mark(percent(part, whole), dict.fromkeys(names)) + "%"
