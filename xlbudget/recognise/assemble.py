"""From grids of cells to a Book: the one door by which workbooks and open Excel enter the core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from ..model.book import ABSENT, Book, CellRef, Figure, Finding, Place, Reading, TableRows
from ..model.forms import PACKAGED, Edition, Editions, FormError
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..model.money import UNITS, WAN, Unit
from ..model.severity import Severity
from ..patterns import lazy_pattern
from .assign import Assigned, assign, titles_of
from .block import Block, joined
from .edition import edition_of, printing_more
from .input_reading import read_cover, read_inputs
from .labels import as_text, compact
from .lists import holds_amount
from .table_reading import Found, read_table
from .units import unit_findings

_YEAR = lazy_pattern(r"(20\d\d)\s*年")
_OF_DEPARTMENT = lazy_pattern(r"(?:第.部分)?(.*?)(?:20\d\d)?年?度?部门决算(?:公开)?表?")


def recognise(
    grids: Mapping[str, Grid],
    *,
    file: str = "",
    hidden: Collection[str] = (),
    uncached: Collection[tuple[str, int, int]] = (),
    left_out: Collection[tuple[str, int, int]] = (),
    editions: Editions = PACKAGED,
    edition: Edition | None = None,
) -> Book:
    """The publication in these sheets.

    ``grids`` maps sheet names to rows of cell values, the first row and column being A1 (so that
    addresses hold); ``hidden`` names hidden sheets, which lose against visible ones; ``uncached``
    are (sheet, row, column), 1-based, of formulas without a value, ``left_out`` of cells so far from
    all others that the grids do not hold them.  Nothing is raised for bad
    content: what cannot be understood is in ``Book.findings``.  ``editions`` are those that the workbook may
    follow; ``edition`` is the one that a person asked for.
    """
    inputs = load_inputs()
    cover = (
        read_cover(grids[inputs.cover_sheet], inputs.cover_sheet, inputs)
        if inputs.cover_sheet in grids
        else {}
    )
    findings: list[Finding] = []
    stated = UNITS.get(_text(cover, "unit") or "")
    sheets = [name for name, grid in grids.items() if grid and name not in inputs.own_sheets]
    year = _stated_year(_text(cover, "year"))
    edition = edition or _stated_edition(_text(cover, "edition"), editions, findings)
    usable = (edition,) if edition else editions.usable()
    known = tuple(dict.fromkeys((editions.load(), *usable)))
    titles = titles_of(known)
    assigned = assign(
        {name: grids[name] for name in sheets}, known, titles, hidden=hidden, year=year
    )
    positions = {sheet: number for number, sheet in enumerate(grids, 1)}
    evidence: tuple[str, ...] = ()
    if edition is None:
        chosen = edition_of(assigned.blocks, _order(assigned.blocks, positions), year, editions)
        edition, evidence = chosen.edition, chosen.against
        if chosen.runner_up is not None:
            findings.append(_close_call(edition, chosen.runner_up))
    edition = printing_more(edition, assigned.blocks)
    findings.extend(_strays(left_out))
    findings.extend(_unknown(block) for block in assigned.unknown if _holds_amounts(block))
    found = _read_tables(assigned, edition, hidden, frozenset(uncached), stated or WAN, findings)

    unit = stated or _common_unit(found.values())
    findings.extend(unit_findings(found, edition, unit, stated is not None))
    extra = read_inputs(dict(grids), load_inputs(edition), unit)
    figures: dict[str, Figure] = {}
    unreadable: dict[str, str] = {}
    tables: dict[str, TableRows] = {}
    reading: dict[str, Reading] = {}
    for table in edition.tables:
        entry = found.get(table.id)
        if entry is None:
            reading[table.id] = ABSENT
            number = table.number or table.short
            findings.append(
                Finding(
                    "A01", Severity.ERROR, f"没有找到“{table.title}”（{number}），请补上这张表。"
                )
            )
            continue
        tables[table.id] = entry.rows._replace(
            head=entry.head, position=positions[entry.rows.sheet]
        )
        reading[table.id] = entry.reading
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
    read_from = [block.rows for block in assigned.blocks.values()]
    return Book(
        file=file,
        edition=edition,
        unit=unit,
        department=_text(cover, "department") or _department(found.values(), read_from),
        year=year or _year(read_from),
        kind=_text(cover, "kind") or "",
        tables=tables,
        figures=figures,
        unreadable=unreadable,
        facts={**cover, **extra.facts},
        reasons=extra.reasons,
        records=extra.records,
        findings=tuple(findings),
        reading=reading,
        evidence=evidence,
    )


def _text(facts: Mapping[str, object], key: str) -> str | None:
    fact = facts.get(key)
    return getattr(fact, "value", None)


def _stated_edition(
    wanted: str | None, editions: Editions, findings: list[Finding]
) -> Edition | None:
    """The edition that is asked for; None where none is, or none that is known."""
    if not wanted:
        return None
    try:
        return editions.load(wanted)
    except FormError as error:
        findings.append(
            Finding("A01", Severity.ERROR, f"封面上的版式不能用：{error}；先按表上印的样子核对。")
        )
        return None


def _order(blocks: Mapping[str, Block], positions: Mapping[str, int]) -> list[str]:
    """The tables' ids in the order in which they stand in the workbook."""
    return sorted(blocks, key=lambda t: (positions[blocks[t].sheet], blocks[t].top, blocks[t].left))


def _close_call(edition: Edition, other: Edition) -> Finding:
    return Finding(
        "A01",
        Severity.INFO,
        f"看不出是“{edition.name}”还是“{other.name}”，先按前者核对；"
        f"不对的话请用 --edition {other.id}，或在封面上写明版式。",
    )


def _strays(left_out: Collection[tuple[str, int, int]]) -> list[Finding]:
    """What is said of cells far beyond the tables."""
    if not left_out:
        return []
    places = [Place(*where) for where in left_out]
    return [
        Finding(
            "A11",
            Severity.WARNING,
            f"{places[0]}有内容，离表太远，没有读（共{len(places)}格）；误填的请删掉。",
            tuple(CellRef("", place.sheet, place.cell, "") for place in places[:20]),
        )
    ]


def _holds_amounts(block: Block) -> bool:
    """Whether a block holds numbers below its first lines."""
    return any(
        isinstance(value, float) and value for row in block.rows[2:] for value in row
    ) or any(holds_amount(value) and "." in str(value) for row in block.rows[2:] for value in row)


def _unknown(block: Block) -> Finding:
    place = block.place(0, 0)
    return Finding(
        "A11",
        Severity.ERROR,
        f"“{place.sheet}”从第{place.row}行起有科目和金额，看不出是九张表中的哪一张，没有读；"
        "请写上表的标题和表头。",
        (CellRef("", place.sheet, place.cell, ""),),
    )


def _read_tables(
    assigned: Assigned,
    edition: Edition,
    hidden: Collection[str],
    uncached: Collection[tuple[str, int, int]],
    unit: Unit,
    findings: list[Finding],
) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for table in edition.tables:
        block = assigned.blocks.get(table.id)
        if block is None:
            continue
        entry = read_table(table, edition, block, unit, uncached)
        pages: list[Block] = []
        for more in assigned.more.get(table.id, ()):
            other = read_table(table, edition, more, unit, uncached)
            if _goes_on(entry, other):
                pages.append(more)
            else:
                findings.append(_copy_of(table.title, block, more))
        if pages:
            first, *rest = sorted((block, *pages), key=lambda b: _place_of(b))
            entry = read_table(table, edition, joined(first, rest), unit, uncached)
        found[table.id] = entry
        if block.sheet in hidden:
            findings.append(
                Finding(
                    "A01",
                    Severity.WARNING,
                    f"{table.title}所在的工作表“{block.sheet}”是隐藏的，公开前请取消隐藏。",
                    (CellRef("", block.sheet, "A1", ""),),
                )
            )
    return found


def _place_of(block: Block) -> tuple[str, int, int]:
    return block.sheet, block.top, block.left


def _goes_on(first: Found, other: Found) -> bool:
    """Whether a block is a further page of a table: its lines, and its total, are none that the table has."""
    return not _lines(first) & _lines(other)


def _lines(found: Found) -> set[str]:
    return {name.split(".")[1] for name in (*found.figures, *found.unreadable)}


def _copy_of(title: str, kept: Block, other: Block) -> Finding:
    place: Place = other.place(0, 0)
    return Finding(
        "A01",
        Severity.WARNING,
        f"“{other.sheet}”和“{kept.sheet}”看起来都是{title}，核对的是后者；多余的一张请删掉或改名。",
        (CellRef("", place.sheet, place.cell, ""),),
    )


def _common_unit(found: Collection[Found]) -> Unit:
    """The unit most tables print; 万元, the unit of publication, where none prints any."""
    units = Counter(entry.unit for entry in found if entry.unit)
    return units.most_common(1)[0][0] if units else WAN


def _department(found: Collection[Found], grids: Iterable[Grid]) -> str:
    """The department that most tables print, else the one in ``XX局2024年度部门决算表``."""
    names = Counter(entry.head["department"] for entry in found if "department" in entry.head)
    if names:
        return names.most_common(1)[0][0]
    for grid in grids:
        for value in (v for row in grid[:3] for v in row if isinstance(v, str)):
            match = _OF_DEPARTMENT.fullmatch(compact(value))
            if match and match[1]:
                return match[1]
    return ""


def _stated_year(stated: str | None) -> int | None:
    return int(stated[:4]) if stated and stated[:4].isdigit() else None


def _year(grids: Sequence[Grid]) -> int | None:
    """The year that stands above a table."""
    for grid in grids:
        for row in grid[:6]:
            for value in row:
                if isinstance(value, str) and "年" in value and (match := _YEAR.search(value)):
                    return int(match[1])
    for grid in grids:
        for row in grid[:3]:  # 2024 by itself, where the title is broken over lines
            for value in row:
                if value and (text := as_text(value)).isdigit() and 2015 <= int(text) <= 2099:
                    return int(text)
    return None


def _finer(finer: Sequence[Figure], unit: Unit) -> Finding:
    first = finer[0]
    return Finding(
        "M02",
        Severity.INFO,
        f"有{len(finer)}个数字的小数超过两位（第一个在{first.place}），核对按原数精确到分，"
        "公开时将四舍五入保留两位小数。",
        tuple(
            CellRef(f.name, f.place.sheet, f.place.cell, unit.exact_text(f.value))
            for f in finer[:20]
        ),
    )
