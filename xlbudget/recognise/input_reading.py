"""The input sheets of the template: 封面, 上年数, 年初预算, 补充资料, 部门概况, 原因说明."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..model.book import CellRef, Fact, Figure, Finding, Place, Reason, Record
from ..model.grid import Grid
from ..model.inputs import NUMERIC_KINDS, Entry, Inputs
from ..model.money import YUAN, AmountError, Unit, parse_amount
from ..model.severity import Severity
from .labels import as_code, as_text, bare, compact


class InputsFound(NamedTuple):
    """What the input sheets hold; amounts and counts as figures, texts as facts."""

    figures: dict[str, Figure]
    unreadable: dict[str, str]
    facts: dict[str, Fact]
    reasons: dict[str, Reason]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]


_PLAIN = Unit("", 100, 0)


def read_cover(grid: Grid, sheet: str, inputs: Inputs) -> dict[str, Fact]:
    """封面: entry id → fact; entries are known by their id in column A or their label in B."""
    entries = {entry.id: entry for entry in inputs.cover}
    labels = {bare(entry.label): entry.id for entry in inputs.cover}
    facts: dict[str, Fact] = {}
    for index, row in enumerate(grid):
        cells = [*row, "", "", ""][:3] if len(row) < 3 else row
        key = as_text(cells[0])
        entry_id = key if key in entries else labels.get(bare(as_text(cells[1])))
        if entry_id and entry_id not in facts:
            text = as_text(cells[2])
            facts[entry_id] = Fact(entry_id, text or None, Place(sheet, index + 1, 3))
    return facts


def read_inputs(grids: dict[str, Grid], inputs: Inputs, unit: Unit) -> InputsFound:
    """All input sheets but the cover.  ``unit`` is the unit of the workbook's amounts."""
    out = InputsFound({}, {}, {}, {}, (), ())
    records: list[Record] = []
    findings: list[Finding] = []
    grid = grids.get(inputs.last_year_sheet)
    if grid:
        _entries(grid, inputs.last_year_sheet, inputs.last_year, "LAST.", unit, out, findings)
    grid = grids.get(inputs.facts_sheet)
    if grid:
        entries = tuple(entry for group in inputs.groups for entry in group.entries)
        _entries(grid, inputs.facts_sheet, entries, "FACT.", unit, out, findings)
        records = _records(grid, inputs)
    grid = grids.get(inputs.overview_sheet)
    if grid:
        entries = tuple(entry for group in inputs.overview for entry in group.entries)
        _entries(grid, inputs.overview_sheet, entries, "FACT.", unit, out, findings)
        _longer_texts(grid, entries, out)
    grid = grids.get(inputs.budget_sheet)
    if grid:
        _budget(grid, inputs.budget_sheet, unit, out, findings)
    grid = grids.get(inputs.ledger_sheet)
    if grid:
        _ledger(grid, inputs.ledger_sheet, out, findings)
    grid = grids.get(inputs.reasons_sheet)
    if grid:
        _reasons(grid, inputs, out)
    return out._replace(records=tuple(records), findings=tuple(_gathered(findings)))


def _gathered(findings: list[Finding]) -> Iterator[Finding]:
    """The findings, those about numbers kept as text in one for each sheet."""
    texts: dict[str, list[Finding]] = {}
    for found in findings:
        if found.rule == "A07" and found.severity == Severity.INFO:
            texts.setdefault(found.cells[0].sheet, []).append(found)
        else:
            yield found
    for sheet, same in texts.items():
        yield same[0]._replace(
            message=f"{sheet}有{len(same)}个数字是按文本存放的（第一个在{same[0].cells[0].cell}），"
            "已按数字核对；请改成数值格式，否则表里的求和会漏掉它们。",
            cells=tuple(found.cells[0] for found in same[:50]),
        )


def _amount(
    value: object,
    name: str,
    label: str,
    place: Place,
    unit: Unit,
    out: InputsFound,
    findings: list[Finding],
) -> None:
    try:
        parsed = parse_amount(value, unit)
    except AmountError:
        shown = as_text(value)
        out.unreadable[name] = f"{place}里是“{shown}”，不是数字"
        findings.append(
            Finding(
                "A07",
                Severity.ERROR,
                f"{place.sheet}“{label}”里是“{shown}”，应当是数字；没有的就留空。",
                (CellRef(name, place.sheet, place.cell, shown),),
            )
        )
        return
    if parsed and parsed[1]:
        findings.append(
            Finding(
                "A07",
                Severity.INFO,
                f"{place.sheet}“{label}”里的“{as_text(value)}”是按文本存放的数字，已按数字核对；请改成数值格式。",
                (CellRef(name, place.sheet, place.cell, as_text(value)),),
            )
        )
    fen = parsed[0] if parsed else None
    half = unit.half if fen and not fen % unit.last_digit else 0
    out.figures[name] = Figure(name, fen, half, place)


def _entries(
    grid: Grid,
    sheet: str,
    entries: tuple[Entry, ...],
    prefix: str,
    unit: Unit,
    out: InputsFound,
    findings: list[Finding],
) -> None:
    by_id = {entry.id: entry for entry in entries}
    by_label = {bare(entry.label): entry for entry in entries}
    seen: set[str] = set()
    for index, row in enumerate(grid):
        cells = [*row, "", "", ""][:3] if len(row) < 3 else row
        entry = by_id.get(as_text(cells[0])) or by_label.get(bare(as_text(cells[1])))
        if entry is None or entry.id in seen:
            continue
        seen.add(entry.id)
        place = Place(sheet, index + 1, 3)
        if entry.kind in NUMERIC_KINDS:
            # A count of 2 is held as 2 units of account, exactly.
            scale = unit if entry.kind == "amount" else unit._replace(half=0)
            _amount(cells[2], prefix + entry.id, entry.label, place, scale, out, findings)
        else:
            out.facts[entry.id] = Fact(entry.id, as_text(cells[2]) or None, place)


def _longer_texts(grid: Grid, entries: tuple[Entry, ...], out: InputsFound) -> None:
    """Texts that go on in the rows below, where the columns 编号 and 项目 are blank."""
    longer = {entry.id for entry in entries if entry.lines > 1}
    for fact in [out.facts[key] for key in longer & out.facts.keys()]:
        lines = [fact.value or ""]
        for row in grid[fact.place.row :]:
            if any(as_text(value) for value in row[:2]):
                break
            lines.append(as_text(row[2]) if len(row) > 2 else "")
        text = "\n".join(line for line in lines if line)
        out.facts[fact.id] = fact._replace(value=text or None)


def _budget(grid: Grid, sheet: str, unit: Unit, out: InputsFound, findings: list[Finding]) -> None:
    for index, row in enumerate(grid):
        cells = [*row, "", "", ""][:3] if len(row) < 3 else row
        code = as_code(cells[0])
        if not code and "合计" in (compact(as_text(cells[0])), compact(as_text(cells[1]))):
            code = "total"
        if not code:
            continue
        name = f"BUDGET.T05.{code}.total"
        place = Place(sheet, index + 1, 3)
        if name in out.figures or name in out.unreadable:
            findings.append(
                Finding(
                    "A06",
                    Severity.ERROR,
                    f"年初预算里科目{code}出现了两次，请合并成一行；后一行没有计入。",
                    (CellRef(name, sheet, place.cell, as_text(cells[2])),),
                )
            )
            continue
        _amount(cells[2], name, f"{code} {as_text(cells[1])}".strip(), place, unit, out, findings)


def _ledger(grid: Grid, sheet: str, out: InputsFound, findings: list[Finding]) -> None:
    """06明细账: a line a 款, always in 元; doubled 款 are added up, as a ledger may have them."""
    for index, row in enumerate(grid):
        cells = [*row, "", "", ""][:3] if len(row) < 3 else row
        code = as_code(cells[0])
        if len(code) != 5:
            continue
        name = f"LEDGER.T06.{code}.amount"
        before = out.figures.get(name)
        place = Place(sheet, index + 1, 3)
        _amount(cells[2], name, f"{code} {as_text(cells[1])}".strip(), place, YUAN, out, findings)
        after = out.figures.get(name)
        if before is not None and before.fen is not None and after is not None:
            out.figures[name] = before._replace(fen=before.fen + after.value)


def _reasons(grid: Grid, inputs: Inputs, out: InputsFound) -> None:
    column = len(inputs.reason_heads)
    below_heads = False
    for index, row in enumerate(grid):
        key = as_text(row[0]) if row else ""
        if compact(key) == compact(inputs.reason_heads[0]):
            below_heads = True
            continue
        text = as_text(row[column - 1]) if len(row) >= column else ""
        if key and (text or below_heads):
            out.reasons.setdefault(
                key, Reason(key, text, Place(inputs.reasons_sheet, index + 1, column))
            )


def _records(grid: Grid, inputs: Inputs) -> list[Record]:
    """The lists of 补充资料: a title, a line of heads, then lines until the next title."""
    # Without their numbers, which differ between editions.
    forms = {bare(form.title): form for form in inputs.lists}
    stops = {bare(group.title) for group in inputs.groups} | set(forms)
    records: list[Record] = []
    index = 0
    while index < len(grid):
        form = forms.get(bare(as_text(grid[index][0]))) if grid[index] else None
        index += 1
        if form is None or index >= len(grid):
            continue
        heads = {bare(as_text(value)): at for at, value in enumerate(grid[index]) if value}
        columns = [
            (entry.id, heads[bare(entry.label)])
            for entry in form.columns
            if bare(entry.label) in heads
        ]
        index += 1
        while index < len(grid) and bare(as_text(grid[index][0])) not in stops:
            row = grid[index]
            fields = {
                field: as_text(row[at])
                for field, at in columns
                if at < len(row) and as_text(row[at])
            }
            if fields:
                place = Place(inputs.facts_sheet, index + 1, 1)
                records.append(Record(form.id, fields, place, {f: at + 1 for f, at in columns}))
            index += 1
    return records
