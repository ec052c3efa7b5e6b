"""A book's figures as the report sees them: an amount as it will be shown, or not known.

A blank cell of one of the nine tables is zero; a blank cell of an input sheet is not known.  A cell
that cannot be read, a table that is not there and a total that is blank although its parts are
not, are not known either: the report must not say "none" of what nobody has read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ..model.book import Book, Place
from ..model.codes import full_name
from ..model.edition_words import THREE_PUBLIC
from ..model.inputs import load_inputs
from ..model.money import WAN, round_half_up

_FORM_TOTALS = {"T01": ("27", "30", "57", "60"), "T04": ("27", "32", "59", "64")}
_THREE_PUBLIC_PARTS = {
    "total": ("abroad", "vehicles", "reception"),
    "vehicles": ("vehicle_purchase", "vehicle_running"),
}
KIND_NAMES = {
    "total": "“三公”经费",
    "vehicles": "公务用车购置及运行维护费",
    **THREE_PUBLIC,
}
_SUBJECTS = {
    "T01.30.amount": "收、支总计",
    "T04.32.amount": "财政拨款收、支总计",
    "T05.total.total": "一般公共预算财政拨款支出",
    "T06.public.amount": "机关运行经费",
    **{f"T09.actual.{kind}": name for kind, name in KIND_NAMES.items()},
}
ASKED = ("LAST.", "BUDGET.", "FACT.")
"""Prefixes of the figures that input sheets ask for."""


class Figures:
    """One book's figures; all amounts in 分, rounded half-up to 0.01 万元."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.inputs = load_inputs(book.edition)

    def value(self, name: str) -> int | None:
        """The amount as it will be shown; None where it is not known."""
        exact = self._exact(name)
        return None if exact is None else round_half_up(exact, WAN.last_digit)

    def sources(self, name: str) -> tuple[str, ...]:
        """The figures that ``value`` was taken from: the cell itself, or the parts summed for it."""
        return (name,) if self.typed(name) is not None else self._summed(name) or (name,)

    def typed(self, name: str) -> int | None:
        """What stands in the cell, in 分; None where it is blank, absent or no amount."""
        figure = self.book.figures.get(name)
        if figure is None or name in self.book.unreadable:
            return None
        return figure.fen

    def _exact(self, name: str) -> int | None:
        typed = self.typed(name)
        if typed is not None or name in self.book.unreadable:
            return typed
        if name.startswith(ASKED):
            if parts := self._summed(name):
                return sum(self.typed(part) or 0 for part in parts)
            is_item = name.startswith("BUDGET.T05.") and name != "BUDGET.T05.total.total"
            return 0 if is_item and self.budget_is_complete else None
        if name[:3] not in self.book.tables:
            return None
        reading = self.book.reading.get(name[:3])
        if reading is not None and reading.state == "partial" and self.book.unknown(name):
            return None
        return None if any(self.book.value(part) for part in self._parts(name)) else 0

    def _parts(self, name: str) -> Sequence[str]:
        """The cells that a total of the nine tables is made of; none for any other cell."""
        table_id, row, column = name.split(".")
        table = self.book.edition.by_id[table_id]
        if table.kind == "list" and row == table.total.id:
            return [f"{table_id}.{code}.{column}" for code in self.leaves(table_id)]
        if row in _FORM_TOTALS.get(table_id, ()):
            side = next(s for s in table.sides if any(line.id == row for line in s.lines))
            return [f"{table_id}.{line.id}.{column}" for line in side.lines]
        if table.kind == "row":
            return [f"{table_id}.{row}.{part}" for part in _THREE_PUBLIC_PARTS.get(column, ())]
        heads = {stack.head for stack in table.stacks if stack.total and stack.total.id == row}
        codes = [code for stack in table.stacks if stack.head in heads for code in stack.codes]
        return [f"{table_id}.{code}.{column}" for code in codes]

    def _summed(self, name: str) -> tuple[str, ...]:
        """Typed figures whose sum a blank total of an input sheet is; empty where one is missing."""
        parts: tuple[str, ...] = ()
        if name.startswith("LAST.T09.actual."):
            kinds = _THREE_PUBLIC_PARTS.get(name.rpartition(".")[2], ())
            if "vehicles" in kinds and self.typed("LAST.T09.actual.vehicles") is None:
                kinds = tuple(THREE_PUBLIC)
            parts = tuple(f"LAST.T09.actual.{kind}" for kind in kinds)
        elif name == "BUDGET.T05.total.total":
            codes = dict.fromkeys((*self.leaves("T05"), *self._budgeted))
            parts = tuple(f"BUDGET.T05.{code}.total" for code in codes)
        return parts if all(self.typed(part) is not None for part in parts) else ()

    # -- codes and the budget

    @cached_property
    def names(self) -> Mapping[str, str]:
        return self.book.names_of_codes()

    def leaves(self, table_id: str) -> tuple[str, ...]:
        """The printed codes that have none printed below them (the 项), in order of codes."""
        rows = self.book.tables.get(table_id)
        return _lowest(rows.codes if rows else ())

    @cached_property
    def _budgeted(self) -> tuple[str, ...]:
        """Codes of the 项 whose 年初预算 is typed."""
        found = []
        for name, figure in self.book.figures.items():
            if name.startswith("BUDGET.T05.") and figure.fen is not None:
                found.append(name.split(".")[2])
        return _lowest([code for code in found if code != "total"])

    @cached_property
    def budget_is_complete(self) -> bool:
        """Whether the typed 年初预算 of the 项 add up to their total, so that all others are zero."""
        total = self.typed("BUDGET.T05.total.total")
        if total is None:
            return False
        typed = [self.typed(f"BUDGET.T05.{code}.total") or 0 for code in self._budgeted]
        return abs(total - sum(typed)) <= self.book.unit.half * (len(typed) + 1)

    def budget_codes(self) -> tuple[str, ...]:
        """项 with spending or a 年初预算, in order of codes; those that may have one are kept."""
        codes = sorted({*self.leaves("T05"), *self._budgeted})
        return tuple(
            code
            for code in codes
            if self.value(f"T05.{code}.total") != 0 or self.value(f"BUDGET.T05.{code}.total") != 0
        )

    def subject(self, code: str) -> str:
        """``一般公共服务支出-政府办公厅（室）及相关机构事务-行政运行``; the code if nothing is known."""
        return full_name(code, self.names) or code

    # -- words and places

    def label(self, name: str) -> str:
        """A figure in words."""
        head, _, rest = name.partition(".")
        if head == "FACT":
            entry = self.inputs.facts.get(rest)
            return entry.label.removeprefix("其中：") if entry else rest
        if head == "LAST":
            return f"上年{self.label(rest)}"
        if head == "BUDGET":
            code = rest.split(".")[1]
            subject = self.subject(code) if code != "total" else _SUBJECTS["T05.total.total"]
            return f"{subject}的年初预算"
        if head == "T05" and not rest.startswith("total."):
            return self.subject(rest.split(".")[0])
        return _SUBJECTS.get(name) or self.book.edition.label(name, self.names)

    def wanted(self, name: str) -> str:
        """What is to be filled in for a figure that is not known."""
        if name.startswith(ASKED):
            return self.label(name)
        table = self.book.edition.by_id[name[:3]]
        if table.id not in self.book.tables:
            return f"{table.title}（没有读到这张表）"
        label = self.book.edition.label(name, self.names)
        return f"{label}（{'单元格里不是数' if name in self.book.unreadable else '合计没有填'}）"

    def where(self, name: str) -> tuple[str, str]:
        """Sheet and cell in which a figure stands or is to be filled in; "" for what is not known."""
        figure = self.book.figures.get(name)
        if figure:
            return figure.place.sheet, figure.place.cell
        inputs = self.inputs
        sheets = {
            "LAST": inputs.last_year_sheet,
            "BUDGET": inputs.budget_sheet,
            "FACT": inputs.sheet_of(name.partition(".")[2]),
        }
        head = name.partition(".")[0]
        table = self.book.tables.get(head)
        return sheets.get(head, table.sheet if table else ""), ""

    def place(self, name: str) -> Place | None:
        """The cell of a figure, or of the line of a list (``FACT.trips.1.amount``)."""
        figure = self.book.figures.get(name)
        if figure:
            return figure.place
        parts = name.split(".")
        if len(parts) == 4:
            lines = [record for record in self.book.records if record.list_id == parts[1]]
            return next((r.place for i, r in enumerate(lines, 1) if str(i) == parts[2]), None)
        return None


def _lowest(codes: Sequence[str]) -> tuple[str, ...]:
    """The codes that have none of the others below them, in order."""
    above = {code[:length] for code in codes for length in (3, 5) if length < len(code)}
    return tuple(sorted({code for code in codes if code not in above}))
