"""The words that the report's templates write with: amounts, shares, changes, counts, reasons.

Every function gives text; numbers in it are marked with the figures they come from.  Percentages
are computed from the amounts as they are shown, so that a reader's calculator agrees.  What is not
known becomes 【待填：…】 and is noted, never invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..model.book import Book, Record
from ..model.codes import full_name
from ..model.inputs import load_inputs
from ..model.money import WAN
from .reasons import KIND_NAMES, budget_codes, operating_applies, shown
from .trace import mark

_SUBJECTS = {
    "T01.30.amount": "收、支总计",
    "T04.32.amount": "财政拨款收、支总计",
    "T05.total.total": "一般公共预算财政拨款支出",
    "T06.public.amount": "机关运行经费",
}
_TRAILING = re.compile(r"[\s。；;，,、.]+$")


class Missing(NamedTuple):
    """Something the report needs and the workbook does not say: what, and on which sheet."""

    label: str
    sheet: str


class Pen:
    """Writes for one book; ``missing`` gathers what was not known, in order, each once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._inputs = load_inputs()
        self.missing: dict[Missing, None] = {}
        self.year = self._year()
        fact = book.facts.get("self")
        self.we = (fact.value if fact else None) or "本部门"
        self.has_operating = operating_applies(book)

    def _year(self) -> str:
        if self._book.year is None:
            return self._ask("决算年度", self._inputs.cover_sheet)
        return str(self._book.year)

    def _ask(self, label: str, sheet: str) -> str:
        self.missing.setdefault(Missing(label, sheet))
        return f"【待填：{label}】"

    # -- figures

    def fen(self, name: str) -> int:
        """An amount as it will be shown, in 分; 0 where blank.  For conditions in templates."""
        return shown(self._book, name) or 0

    def known(self, name: str) -> bool:
        return shown(self._book, name) is not None

    def wan(self, name: str) -> str:
        """``1512.83万元``; a figure of 补充资料 or 上年数 that is not known is asked for."""
        value = shown(self._book, name)
        if value is None:
            if name.startswith(("FACT.", "LAST.", "BUDGET.")):
                return self._ask(*self._label(name)) + "万元"
            value = 0
        return mark(WAN.text(value), [name]) + "万元"

    def total(self, names: Sequence[str]) -> str:
        """The sum of several figures."""
        return mark(WAN.text(sum(self.fen(name) for name in names)), names) + "万元"

    def share(self, part: str | Sequence[str], whole: str) -> str:
        """``99.55%`` of ``whole``; two decimals, half-up."""
        parts = [part] if isinstance(part, str) else list(part)
        value = sum(self.fen(name) for name in parts)
        return self._percent(value, self.fen(whole), [*parts, whole])

    def _percent(self, part: int, whole: int, names: Sequence[str]) -> str:
        if whole == 0:
            return self._ask(f"{self._label(names[-1])[0]}为零，无法计算占比", "")
        hundredths = (abs(part) * 20_000 + abs(whole)) // (2 * abs(whole))  # half-up
        sign = "-" if hundredths and (part < 0) != (whole < 0) else ""
        return mark(f"{sign}{hundredths // 100}.{hundredths % 100:02d}", names) + "%"

    def change(self, name: str, base: str) -> str:
        """``减少398.03万元，下降20.83%``; 与上年持平; amount only where last year was zero."""
        then = shown(self._book, base)
        if then is None:
            return self._ask(*self._label(base))
        now = self.fen(name)
        names = [name, base]
        if now == then:
            return "持平"
        more = now > then
        text = ("增加" if more else "减少") + mark(WAN.text(abs(now - then)), names) + "万元"
        if then:
            text += (
                "，"
                + ("增长" if more else "下降")
                + self._percent(abs(now - then), abs(then), names)
            )
        return text

    def compared(self, name: str, base: str, key: str) -> str:
        """``与上年相比减少…，下降…，主要原因是…``; or ``与上年持平``."""
        text = self.change(name, base)
        if text == "持平":
            return "与上年持平"
        if text.startswith("【"):
            return f"与上年相比{text}"
        return f"与上年相比{text}，主要原因是{self.reason(key, name)}"

    def against_budget(self, name: str, base: str, key: str, budget: str) -> str:
        """``完成年初预算的110.85%，决算数大于预算数的主要原因是…`` as the figures have it."""
        if shown(self._book, base) is None:
            return self._ask(*self._label(base))
        now, planned = self.fen(name), self.fen(base)
        text = ""
        if planned:
            text = f"完成{budget}的{self._percent(now, planned, [name, base])}，"
        if now == planned:
            return text + f"决算数与{budget}数持平"
        word = "大于" if now > planned else "小于"
        return text + f"决算数{word}{budget}数的主要原因是{self.reason(key, name)}"

    def rate(self, name: str, base: str) -> str:
        return self._percent(self.fen(name), self.fen(base), [name, base])

    # -- texts and counts

    def reason(self, key: str, name: str) -> str:
        """The reason typed for a change, without its full stop."""
        found = self._book.reasons.get(key)
        if found and _TRAILING.sub("", found.text):
            return _TRAILING.sub("", found.text)
        kind = "与预算的差异" if key.endswith("BUDGET") else "增减变动"
        return self._ask(f"{self._label(name)[0]}{kind}的原因", self._inputs.reasons_sheet)

    def text(self, fact_id: str) -> str:
        """A textual entry of 补充资料, without its full stop."""
        fact = self._book.facts.get(fact_id)
        if fact and fact.value and _TRAILING.sub("", fact.value):
            return _TRAILING.sub("", fact.value.strip())
        return self._ask(*self._label(f"FACT.{fact_id}"))

    def has(self, fact_id: str) -> bool:
        fact = self._book.facts.get(fact_id)
        return bool(fact and fact.value) or self.known(f"FACT.{fact_id}")

    def count(self, fact_id: str) -> str:
        """A count with its measure word: ``2辆``."""
        name = f"FACT.{fact_id}"
        entry = self._inputs.facts[fact_id]
        figure = self._book.figures.get(name)
        if figure is None or figure.fen is None:
            return self._ask(*self._label(name)) + entry.measure
        number = self._book.unit.decimal(figure.fen)
        return mark(f"{number.normalize():f}", [name]) + entry.measure

    def number(self, fact_id: str) -> int:
        """A count as an integer, 0 where blank; for conditions in templates."""
        figure = self._book.figures.get(f"FACT.{fact_id}")
        return (figure.fen or 0) // self._book.unit.fen if figure else 0

    def records(self, list_id: str) -> list[Record]:
        return [record for record in self._book.records if record.list_id == list_id]

    # -- lists

    def subject(self, code: str) -> str:
        """``一般公共服务支出-政府办公厅（室）及相关机构事务-行政运行``."""
        return full_name(code, self._book.names_of_codes()) or code

    def codes(self, table: str) -> list[str]:
        """The 项 that a list table prints, in order of codes."""
        rows = self._book.tables.get(table)
        return sorted(c for c in rows.codes if len(c) == 7) if rows else []

    def classes(self) -> list[tuple[str, str]]:
        """(label, figure name) of the function classes of 04 with general-budget spending."""
        table = self._book.edition.by_id["T04"]
        found = []
        for side in table.sides:
            for line in side.lines:
                name = f"T04.{line.id}.general"
                if line.class_code and self.fen(name):
                    found.append((line.label.partition("、")[2] or line.label, name))
        return found

    def items(self, *groups: str) -> list[str]:
        """Names of the 款 of 06 under these 类 that are not zero, the largest first."""
        table = self._book.edition.by_id["T06"]
        found = [
            code
            for stack in table.stacks
            for code in stack.codes
            if len(code) == 5 and code[:3] in groups and self.fen(f"T06.{code}.amount")
        ]
        return [table.row_label(code) for code in found]

    def budget_codes(self) -> list[str]:
        return [
            code
            for code in budget_codes(self._book)
            if self.fen(f"T05.{code}.total") or self.fen(f"BUDGET.T05.{code}.total")
        ]

    def _label(self, name: str) -> tuple[str, str]:
        """A figure in words, and the sheet on which it is filled in."""
        head, _, rest = name.partition(".")
        inputs = self._inputs
        if head == "FACT":
            entry = inputs.facts.get(rest)
            return (entry.label if entry else rest), inputs.facts_sheet
        if head == "LAST":
            label = next((e.label for e in inputs.last_year if e.id == rest), rest)
            return f"上年{label}", inputs.last_year_sheet
        if head == "BUDGET":
            code = rest.split(".")[1]
            subject = "合计" if code == "total" else f"{code} {self.subject(code)}"
            return f"{subject}的年初预算", inputs.budget_sheet
        if rest.startswith("actual.") and head == "T09":
            return KIND_NAMES[rest.split(".")[1]], ""
        if name in _SUBJECTS:
            return _SUBJECTS[name], ""
        return self._book.edition.label(name, self._book.names_of_codes()), ""
