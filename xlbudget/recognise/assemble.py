"""From grids of cells to a Book: the one door by which workbooks and open Excel enter the core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from ..model.book import Book, CellRef, Figure, Finding, TableRows
from ..model.forms import Edition, FormError, Table, load_edition
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..model.money import UNITS, WAN, Unit
from .edition import edition_of, tables_of
from .input_reading import read_cover, read_inputs
from .table_reading import Found, read_table


def recognise(
    grids: Mapping[str, Grid],
    *,
    file: str = "",
    hidden: Collection[str] = (),
    uncached: Collection[tuple[str, int, int]] = (),
    edition_id: str | None = None,
) -> Book:
    """The publication in these sheets.

    ``grids`` maps sheet names to rows of cell values, the first row and column being A1 (so that
    addresses hold); ``hidden`` names hidden sheets, which lose against visible ones; ``uncached``
    are (sheet, row, column), 1-based, of formulas without a value.  Nothing is raised for bad
    content: what cannot be understood is in ``Book.findings``.
    """
    inputs = load_inputs()
    cover = (
        read_cover(grids[inputs.cover_sheet], inputs.cover_sheet, inputs)
        if inputs.cover_sheet in grids
        else {}
    )
    findings: list[Finding] = []
    stated = UNITS.get(_text(cover, "unit") or "")
    own = inputs.own_sheets
    # Visible sheets first, so that a hidden copy loses.
    sheets = sorted(
        (name for name, grid in grids.items() if grid and name not in own),
        key=lambda name: name in hidden,
    )
    edition = _stated_edition(edition_id or _text(cover, "edition"), findings)
    if edition is None:
        year = _year(_text(cover, "year"), grids, sheets)
        edition, tables_of_sheets = edition_of(grids, sheets, year)
    else:
        tables_of_sheets = tables_of(grids, sheets, edition)
    found = _find_tables(
        grids, edition, tables_of_sheets, hidden, uncached, stated or WAN, findings
    )

    unit = stated or _common_unit(found.values())
    extra = read_inputs(dict(grids), load_inputs(edition.id), unit)
    figures: dict[str, Figure] = {}
    unreadable: dict[str, str] = {}
    tables: dict[str, TableRows] = {}
    positions = {sheet: number for number, sheet in enumerate(grids, 1)}
    for table in edition.tables:
        entry = found.get(table.id)
        if entry is None:
            number = table.number or table.short
            findings.append(
                Finding("A01", "error", f"没有找到“{table.title}”（{number}），请补上这张表。")
            )
            continue
        tables[table.id] = entry.rows._replace(
            head=entry.head, position=positions[entry.rows.sheet]
        )
        figures.update(entry.figures)
        unreadable.update(entry.unreadable)
        findings.extend(entry.findings)
    findings.extend(extra.findings)
    figures.update(extra.figures)
    unreadable.update(extra.unreadable)
    if unit.half:
        finer = [f for f in figures.values() if f.fen and f.fen % unit.last_digit]
        finer = [f for f in finer if not f.name.startswith("LEDGER.")]  # always in 元
        if finer:
            findings.append(_finer(finer, unit))
    department = _text(cover, "department") or _department(found.values())
    year = _year(_text(cover, "year"), grids, [entry.rows.sheet for entry in found.values()])
    return Book(
        file=file,
        edition=edition,
        unit=unit,
        department=department,
        year=year,
        kind=_text(cover, "kind") or "",
        tables=tables,
        figures=figures,
        unreadable=unreadable,
        facts={**cover, **extra.facts},
        reasons=extra.reasons,
        records=extra.records,
        findings=tuple(findings),
    )


def _text(facts: Mapping[str, object], key: str) -> str | None:
    fact = facts.get(key)
    return getattr(fact, "value", None)


def _stated_edition(wanted: str | None, findings: list[Finding]) -> Edition | None:
    """The edition that is asked for; None where none is, or none that is known."""
    if not wanted:
        return None
    try:
        return load_edition(wanted)
    except FormError as error:
        findings.append(
            Finding("A01", "error", f"封面上的版式不能用：{error}；先按表上印的样子核对。")
        )
        return None


def _find_tables(
    grids: Mapping[str, Grid],
    edition: Edition,
    tables: Mapping[str, Table],
    hidden: Collection[str],
    uncached: Collection[tuple[str, int, int]],
    unit: Unit,
    findings: list[Finding],
) -> dict[str, Found]:
    open_formulas: dict[str, set[tuple[int, int]]] = {}
    for sheet, row, column in uncached:
        open_formulas.setdefault(sheet, set()).add((row, column))
    found: dict[str, Found] = {}
    for sheet, table in tables.items():
        if table.id in found:
            findings.append(
                Finding(
                    "A01",
                    "warning",
                    f"“{sheet}”和“{found[table.id].rows.sheet}”看起来都是{table.title}，"
                    f"核对的是后者；多余的一张请删掉或改名。",
                    (CellRef("", sheet, "A1", ""),),
                )
            )
            continue
        found[table.id] = read_table(
            table, edition, grids[sheet], sheet, unit, open_formulas.get(sheet, frozenset())
        )
        if sheet in hidden:
            findings.append(
                Finding(
                    "A01",
                    "warning",
                    f"{table.title}所在的工作表“{sheet}”是隐藏的，公开前请取消隐藏。",
                    (CellRef("", sheet, "A1", ""),),
                )
            )
    return found


def _common_unit(found: Collection[Found]) -> Unit:
    """The unit most tables print; 万元, the unit of publication, where none prints any."""
    units = Counter(entry.unit for entry in found if entry.unit)
    return units.most_common(1)[0][0] if units else WAN


def _department(found: Collection[Found]) -> str:
    names = Counter(entry.head["department"] for entry in found if "department" in entry.head)
    return names.most_common(1)[0][0] if names else ""


def _year(stated: str | None, grids: Mapping[str, Grid], sheets: Iterable[str]) -> int | None:
    if stated and stated[:4].isdigit():
        return int(stated[:4])
    for sheet in sheets:
        for row in grids[sheet][:4]:
            for value in row:
                if isinstance(value, str) and "年" in value:
                    digits = value.partition("年")[0][-4:].strip()
                    if digits.isdigit() and len(digits) == 4:
                        return int(digits)
    return None


def _finer(finer: Sequence[Figure], unit: Unit) -> Finding:
    first = finer[0]
    return Finding(
        "M02",
        "info",
        f"有{len(finer)}个数字的小数超过两位（第一个在{first.place}），核对按原数精确到分，"
        "公开时将四舍五入保留两位小数。",
        tuple(
            CellRef(f.name, f.place.sheet, f.place.cell, unit.exact_text(f.value))
            for f in finer[:20]
        ),
    )
