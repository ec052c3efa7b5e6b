"""What a publication needs beyond the nine tables, as data: the input sheets and what they ask."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

NUMERIC_KINDS = frozenset({"amount", "count", "percent", "score"})


class Entry(NamedTuple):
    """One thing asked: its id, what the sheet says, and what kind of answer is expected.

    ``kind`` is amount (in the workbook's unit), count, percent, score, text or choice.
    ``measure`` is the measure word printed after a count (辆, 批次).
    """

    id: str
    label: str
    kind: str = "amount"
    measure: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False


class Group(NamedTuple):
    title: str
    entries: tuple[Entry, ...]


class ListForm(NamedTuple):
    """A list on 补充资料: title, then one line per item with these columns."""

    id: str
    title: str
    columns: tuple[Entry, ...]


class Inputs(NamedTuple):
    """The input sheets: names, titles and entries."""

    cover_sheet: str
    cover_title: str
    cover: tuple[Entry, ...]
    last_year_sheet: str
    last_year_title: str
    last_year: tuple[Entry, ...]
    budget_sheet: str
    budget_title: str
    facts_sheet: str
    facts_title: str
    groups: tuple[Group, ...]
    lists: tuple[ListForm, ...]
    reasons_sheet: str
    reasons_title: str
    reason_heads: tuple[str, ...]
    checks_sheet: str
    findings_sheet: str
    report_sheet: str
    dictionary_sheet: str
    local_rules_sheet: str
    guide_sheet: str

    @property
    def facts(self) -> Mapping[str, Entry]:
        """Fact id → entry, over all groups."""
        return {entry.id: entry for group in self.groups for entry in group.entries}

    @property
    def own_sheets(self) -> frozenset[str]:
        """Sheets of the template that are not one of the nine tables."""
        return frozenset(
            {
                self.cover_sheet,
                self.last_year_sheet,
                self.budget_sheet,
                self.facts_sheet,
                self.reasons_sheet,
                self.checks_sheet,
                self.findings_sheet,
                self.report_sheet,
                self.dictionary_sheet,
                self.local_rules_sheet,
                self.guide_sheet,
            }
        )

    @property
    def sheets_not_read(self) -> frozenset[str]:
        """Sheets that we write for people and never read back."""
        return frozenset(
            {
                self.checks_sheet,
                self.dictionary_sheet,
                self.findings_sheet,
                self.guide_sheet,
                self.report_sheet,
            }
        )


def _entry(data: Mapping[str, Any]) -> Entry:
    return Entry(
        data["id"],
        data["label"],
        data.get("kind", "amount"),
        data.get("measure", ""),
        data.get("help", ""),
        tuple(data.get("choices", ())),
        data.get("optional", False),
    )


@lru_cache(maxsize=1)
def load_inputs() -> Inputs:
    """The input sheets, from ``editions/inputs.toml``."""
    text = resources.files("xlbudget").joinpath("editions", "inputs.toml").read_text("utf-8")
    data = tomllib.loads(text)
    sheets = data["sheets"]
    return Inputs(
        cover_sheet=data["cover"]["sheet"],
        cover_title=data["cover"]["title"],
        cover=tuple(_entry(entry) for entry in data["cover"]["entry"]),
        last_year_sheet=data["last_year"]["sheet"],
        last_year_title=data["last_year"]["title"],
        last_year=tuple(_entry(entry) for entry in data["last_year"]["entries"]),
        budget_sheet=data["budget"]["sheet"],
        budget_title=data["budget"]["title"],
        facts_sheet=data["facts"]["sheet"],
        facts_title=data["facts"]["title"],
        groups=tuple(
            Group(group["title"], tuple(_entry(entry) for entry in group["entries"]))
            for group in data["facts"]["group"]
        ),
        lists=tuple(
            ListForm(form["id"], form["title"], tuple(_entry(entry) for entry in form["columns"]))
            for form in data["facts"]["list"]
        ),
        reasons_sheet=data["reasons"]["sheet"],
        reasons_title=data["reasons"]["title"],
        reason_heads=tuple(data["reasons"]["heads"]),
        checks_sheet=sheets["checks"],
        findings_sheet=sheets["findings"],
        report_sheet=sheets["report"],
        dictionary_sheet=sheets["dictionary"],
        local_rules_sheet=sheets["local_rules"],
        guide_sheet=sheets["guide"],
    )
