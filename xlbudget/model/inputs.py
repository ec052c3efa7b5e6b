"""What a publication needs beyond the nine tables, as data: the input sheets and what they ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from .forms import Edition
from .packaged import packaged_toml

NUMERIC_KINDS = frozenset({"amount", "count", "percent", "score"})


class Entry(NamedTuple):
    """One thing asked: its id, what the sheet says, and what kind of answer is expected.

    ``kind`` is amount (in the workbook's unit), count, percent, score, text or choice.
    ``measure`` is the measure word printed after a count (辆, 批次).  A text with ``lines`` above 1
    may go on over as many rows, a paragraph each; ``kept`` ones are carried into next year.
    """

    id: str
    label: str
    kind: str = "amount"
    measure: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    lines: int = 1
    kept: bool = False


class Group(NamedTuple):
    title: str
    entries: tuple[Entry, ...]


class ListForm(NamedTuple):
    """A list on 补充资料: title, then one line per item with these columns.

    ``codes_of`` are the list tables for each of whose 项 it has a line, its code in the first column.
    """

    id: str
    title: str
    columns: tuple[Entry, ...]
    codes_of: tuple[str, ...] = ()


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
    overview_sheet: str
    overview_title: str
    overview: tuple[Group, ...]
    reasons_sheet: str
    reasons_title: str
    reason_heads: tuple[str, ...]
    checks_sheet: str
    findings_sheet: str
    report_sheet: str
    charts_sheet: str
    dictionary_sheet: str
    local_rules_sheet: str
    guide_sheet: str
    conversion_sheet: str
    ledger_sheet: str
    ledger_title: str
    ledger_heads: tuple[str, ...]
    ledger_hints: tuple[str, ...]
    settings_sheet: str

    @property
    def facts(self) -> Mapping[str, Entry]:
        """Fact id → entry, over all groups of 补充资料 and 部门概况."""
        groups = (*self.groups, *self.overview)
        return {entry.id: entry for group in groups for entry in group.entries}

    def sheet_of(self, fact_id: str) -> str:
        """The sheet that asks for a fact: 部门概况 for its entries, else 补充资料."""
        asked = any(entry.id == fact_id for group in self.overview for entry in group.entries)
        return self.overview_sheet if asked else self.facts_sheet

    @property
    def own_sheets(self) -> frozenset[str]:
        """Sheets of ours that are not one of the nine tables."""
        return frozenset(
            {
                self.cover_sheet,
                self.last_year_sheet,
                self.budget_sheet,
                self.facts_sheet,
                self.overview_sheet,
                self.reasons_sheet,
                self.checks_sheet,
                self.findings_sheet,
                self.report_sheet,
                self.charts_sheet,
                self.dictionary_sheet,
                self.local_rules_sheet,
                self.guide_sheet,
                self.conversion_sheet,
                self.ledger_sheet,
                self.settings_sheet,
            }
        )

    @property
    def sheets_not_read(self) -> frozenset[str]:
        """Sheets that we write for people and never read back."""
        return frozenset(
            {
                self.charts_sheet,
                self.checks_sheet,
                self.conversion_sheet,
                self.dictionary_sheet,
                self.findings_sheet,
                self.guide_sheet,
                self.report_sheet,
                self.settings_sheet,
            }
        )


_NUMERALS = "一二三四五六七八九十"


def _extend(facts: dict[str, Any], own: Mapping[str, Any]) -> None:
    """Add an edition's groups, lists and labels to 补充资料, and number all titles anew."""
    labels = own.get("labels", {})
    more = own.get("facts", {})
    facts["group"] += more.get("group", [])
    facts["list"] += more.get("list", [])
    for group in facts["group"]:
        group["entries"] = [
            {**e, "label": labels.get(e["id"], e["label"])} for e in group["entries"]
        ]
    for index, part in enumerate((*facts["group"], *facts["list"])):
        title = part["title"]
        if title.partition("、")[0].strip(_NUMERALS) == "":
            title = title.partition("、")[2]
        tens, ones = divmod(index + 1, 10)
        number = ("" if tens < 2 else _NUMERALS[tens - 1]) + "十" * bool(tens)
        part["title"] = f"{number}{_NUMERALS[ones - 1] if ones else ''}、{title}"


def _entry(data: Mapping[str, Any]) -> Entry:
    return Entry(
        data["id"],
        data["label"],
        data.get("kind", "amount"),
        data.get("measure", ""),
        data.get("help", ""),
        tuple(data.get("choices", ())),
        data.get("optional", False),
        data.get("lines", 1),
        data.get("kept", False),
    )


def _group(data: Mapping[str, Any]) -> Group:
    return Group(data["title"], tuple(_entry(entry) for entry in data["entries"]))


@lru_cache(maxsize=8)
def load_inputs(edition: Edition | None = None) -> Inputs:
    """The input sheets, from ``editions/inputs.toml`` and what the edition asks beyond it."""
    data = packaged_toml("editions", "inputs.toml")
    own = edition.text("inputs.toml") if edition else None
    if own is not None:
        import tomllib

        _extend(data["facts"], tomllib.loads(own))
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
        groups=tuple(_group(group) for group in data["facts"]["group"]),
        lists=tuple(
            ListForm(
                form["id"],
                form["title"],
                tuple(_entry(entry) for entry in form["columns"]),
                tuple(form.get("codes_of", ())),
            )
            for form in data["facts"]["list"]
        ),
        overview_sheet=data["overview"]["sheet"],
        overview_title=data["overview"]["title"],
        overview=tuple(_group(group) for group in data["overview"]["group"]),
        reasons_sheet=data["reasons"]["sheet"],
        reasons_title=data["reasons"]["title"],
        reason_heads=tuple(data["reasons"]["heads"]),
        checks_sheet=sheets["checks"],
        findings_sheet=sheets["findings"],
        report_sheet=sheets["report"],
        charts_sheet=sheets["charts"],
        dictionary_sheet=sheets["dictionary"],
        local_rules_sheet=sheets["local_rules"],
        guide_sheet=sheets["guide"],
        conversion_sheet=sheets["conversion"],
        ledger_sheet=data["ledger"]["sheet"],
        ledger_title=data["ledger"]["title"],
        ledger_heads=tuple(data["ledger"]["heads"]),
        ledger_hints=tuple(data["ledger"]["hints"]),
        settings_sheet=sheets["settings"],
    )
