"""Fresh results for a workbook's formulas, written into the file's own cells.

The formulas are computed by formualizer; only results that changed are written, and nothing else
of the file.  What the engine is not known to compute as Excel does keeps its old result, is
reported, and is left to Excel, which then computes the whole workbook when it opens it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from xlbudget.model.addresses import address
from xlbudget.ooxml.engine_limits import TOO_WIDE, run_apart, too_wide
from xlbudget.ooxml.engine_whitelist import UnknownFormulaError, check_formula, comparisons
from xlbudget.ooxml.formulas import (
    Area,
    FormulaCell,
    Place,
    array_areas,
    formula_attributes,
    formulas_of,
    without_formulas,
)
from xlbudget.ooxml.package import Package, elements, tag_attributes, unescaped
from xlbudget.ooxml.patch import CachedValue, CellError, set_cached_values

if TYPE_CHECKING:
    from formualizer import Workbook

_ERRORS = {
    "Na": "#N/A",
    "Div": "#DIV/0!",
    "Value": "#VALUE!",
    "Ref": "#REF!",
    "Num": "#NUM!",
    "Null": "#NULL!",
}
# Two amounts closer than this differ by the noise of binary arithmetic, not by money; whether
# they compare equal depends on the engine.
_NOISE = 1e-9


class Difference(NamedTuple):
    """A formula cell (1-based) whose result changed; ``old`` is None when it held none."""

    sheet: str
    row: int
    column: int
    old: CachedValue | None
    new: CachedValue


@dataclass(frozen=True, slots=True)
class Recalculated:
    """A workbook after recalculation.

    ``evaluated`` says that every formula asked for was computed.  If not, ``reason`` is one
    Chinese sentence, ``unevaluated`` lists the cells that keep their old results, and Excel is
    told to compute the workbook when it opens it.
    """

    data: bytes
    evaluated: bool
    reason: str
    differences: tuple[Difference, ...]
    unevaluated: tuple[Place, ...]


class _Formula(NamedTuple):
    cell: FormulaCell
    text: str  # without the equals sign; for a shared formula that of its first cell
    is_array: bool
    is_part_of_array: bool


def recalculate(data: bytes, sheets: Collection[str] | None = None) -> Recalculated:
    """Compute the formulas of the workbook and write the results that changed.

    ``sheets`` limits the work to formulas on those worksheets (what they depend on is computed
    too, but not written); Excel then computes the rest when it opens the file.  PackageError if
    the file cannot be read; a file or formula the engine refuses is no error but a result.
    """
    package = Package(data)
    formulas: dict[Place, _Formula] = {}
    beyond = False
    for part in package.sheets:
        cells = formulas_of(package.read(part.part))
        if sheets is not None and part.name not in sheets:
            beyond = beyond or bool(cells)
        areas = [area for area in array_areas(cells) if not area.is_single]
        shared: dict[str, str] = {}
        for cell in cells:
            attributes = formula_attributes(cell.formula)
            text = _text(cell)
            if attributes.get("t") == "shared":
                text = shared.setdefault(attributes.get("si", ""), text)
            in_area = any(area.covers(cell.row, cell.column) for area in areas)
            is_array = attributes.get("t") == "array"
            formulas[part.name, cell.row, cell.column] = _Formula(cell, text, is_array, in_area)
    wanted = [place for place in formulas if sheets is None or place[0] in sheets]
    if not wanted:
        return Recalculated(data, True, "", (), ())
    refusal = _refusal(package)
    if refusal:
        return _left_to_excel(data, refusal, wanted)
    try:
        asked = None if sheets is None else wanted
        values, doubts = run_apart(lambda: _evaluate(data, formulas, asked))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the engine raises (its panics too), the file stays right
        return _left_to_excel(data, f"计算引擎无法读取这个工作簿（{_short(error)}）", wanted)
    differences = []
    for place in wanted:
        if place not in doubts:
            old, new = _cached(formulas[place].cell), values[place]
            if not _same(old, new):
                differences.append(Difference(*place, old, new))
    result = set_cached_values(data, {change[:3]: change.new for change in differences})
    unevaluated = tuple(place for place in wanted if place in doubts)
    if unevaluated or beyond:
        result = with_full_calculation(result)
    reason = _summary(unevaluated, doubts) if unevaluated else ""
    return Recalculated(result, not unevaluated, reason, tuple(differences), unevaluated)


def with_full_calculation(data: bytes) -> bytes:
    """The workbook, marked so that Excel computes all formulas when it opens it."""
    package = Package(data)
    xml = package.read(package.workbook_part)
    found = re.search(rb"<((?:[\w.-]+:)?)calcPr(?=[\s/>])[^<>]*?>", xml)
    if found is not None:
        tag = re.sub(rb"""\sfullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""", b"", found[0])
        size = len(found[1]) + 7
        new = tag[:size] + b' fullCalcOnLoad="1"' + tag[size:]
        xml = xml[: found.start()] + new + xml[found.end() :]
    else:
        # The schema's order: sheets, functionGroups, externalReferences, definedNames, calcPr.
        before = rb"(?:sheets|functionGroups|externalReferences|definedNames)"
        places = list(
            re.finditer(rb"</((?:[\w.-]+:)?)%b\s*>|<functionGroups[^<>]*/>" % before, xml)
        )
        if not places:
            return data
        at, prefix = places[-1].end(), places[-1][1] or b""
        xml = xml[:at] + b'<%bcalcPr fullCalcOnLoad="1"/>' % prefix + xml[at:]
    return package.rewritten({package.workbook_part: xml})


def _refusal(package: Package) -> str:
    """Why no formula of the workbook can be computed as Excel would, or nothing."""
    xml = package.read(package.workbook_part)
    for attributes in elements(xml, "calcPr"):
        if attributes.get("fullPrecision") in ("0", "false"):
            return "工作簿设置了“以显示精度为准”"
        if attributes.get("iterate") in ("1", "true"):
            return "工作簿启用了迭代计算"
    for attributes in elements(xml, "workbookPr"):
        if attributes.get("date1904") in ("1", "true"):
            return "工作簿使用 1904 年日期系统"
    return ""


def _left_to_excel(data: bytes, reason: str, places: Iterable[Place]) -> Recalculated:
    return Recalculated(
        with_full_calculation(data),
        False,
        f"公式未重新计算：{reason}，请用 Excel 或 WPS 打开后保存一次",
        (),
        tuple(places),
    )


def _summary(cells: Collection[Place], doubts: dict[Place, str]) -> str:
    first = next(iter(cells))
    # The reason that most cells have of their own, not the one they inherit.
    common = Counter(doubts[place] for place in cells if doubts[place]).most_common(1)
    why = f"（{common[0][0]}）" if common else ""
    return (
        f"有 {len(cells)} 个公式未重新计算{why}，如 {first[0]}!{address(first[1], first[2])}，"
        "请用 Excel 或 WPS 打开后保存一次"
    )


def _short(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:80] if str(error).strip() else type(error).__name__


# ---------------------------------------------------------------- the engine


def _evaluate(
    data: bytes, formulas: dict[Place, _Formula], wanted: list[Place] | None
) -> tuple[dict[Place, CachedValue], dict[Place, str]]:
    """The results of all formulas, and which of them to doubt (with the reason, if their own)."""
    import formualizer

    workbook = formualizer.load_workbook_bytes(data)
    workbook.set_temporal_egress("serial")
    named = workbook.get_named_ranges()
    names: dict[str, str] = {}
    for name in named:
        # A name that means different things on different sheets is none to rely on.
        folded = name["name"].lower()
        names[folded] = "ambiguous" if folded in names else name["kind"]
    doubts, compared = _doubtful(formulas, names)
    held = set(doubts)
    if len(doubts) > _MANY:
        # Setting values one by one makes the engine look for dependents every time.
        bare, held = _without_formulas(data, doubts)
        workbook = formualizer.load_workbook_bytes(bare)
        workbook.set_temporal_egress("serial")
    for place in held:
        # Its old result stands in for it, so that one strange formula does not stop the rest.
        old = _cached(formulas[place].cell)
        workbook.set_value(*place, old.code if isinstance(old, CellError) else old)
    probes = _place_probes(workbook, formulas, compared)
    if wanted is None:
        workbook.evaluate_all()
    else:
        cells = [*wanted, *(probe for left, right, _ in probes for probe in (left, right))]
        workbook.evaluate_cells(cells)
    for left, right, place in probes:
        if _too_close(workbook.get_value(*left), workbook.get_value(*right)):
            doubts[place] = "比较的两个数几乎相等，结果取决于软件"
    values: dict[Place, CachedValue] = {}
    for place in formulas if wanted is None else wanted:
        if place not in doubts:
            value = _result(workbook.get_value(*place))
            if value is None:
                doubts[place] = "循环引用或结果超出一个单元格"
            else:
                values[place] = value
    if doubts:
        _spread(workbook, doubts, formulas, named)
    return values, doubts


def _without_formulas(data: bytes, doubts: Collection[Place]) -> tuple[bytes, set[Place]]:
    """The workbook with the doubtful plain formulas gone and their results left; and the rest."""
    package = Package(data)
    changes: dict[str, bytes | None] = {}
    held = set(doubts)
    for part in package.sheets:
        xml = package.read(part.part)
        gone = [
            cell
            for cell in formulas_of(xml)
            if (part.name, cell.row, cell.column) in held and cell.formula.startswith(b"<f>")
        ]
        held.difference_update((part.name, cell.row, cell.column) for cell in gone)
        if gone:
            changes[part.part] = without_formulas(xml, gone)
    return package.rewritten(changes), held


def _doubtful(
    formulas: dict[Place, _Formula], names: dict[str, str]
) -> tuple[dict[Place, str], list[Place]]:
    """The formulas the engine is not known for, each with the reason; and those that compare."""
    # Formulas filled down differ in their row numbers only; one look is enough for all, unless
    # two names differ in their number only.
    number = _ROW_NUMBER if not any(_NUMBERED.search(name) for name in names) else _NEVER
    verdicts: dict[tuple[str, bool], str] = {}
    wide = too_wide({place: formula.text for place, formula in formulas.items()})
    doubts: dict[Place, str] = dict.fromkeys(wide, TOO_WIDE)
    compared = []
    for place, formula in formulas.items():
        if place in wide:
            continue
        if formula.is_part_of_array:
            doubts[place] = "多格数组公式"
            continue
        key = number.sub("0", formula.text), formula.is_array
        verdict = verdicts.get(key)
        if verdict is None:
            verdict = verdicts[key] = _verdict(formula.text, names, formula.is_array)
        if verdict:
            doubts[place] = verdict
        elif not formula.is_array and _COMPARES.search(formula.text):
            compared.append(place)
    return doubts, compared


def _verdict(text: str, names: dict[str, str], is_array: bool) -> str:
    """Why the engine is not to be believed on the formula, or nothing."""
    import formualizer

    try:
        check_formula(formualizer.parse("=" + text), names, is_array=is_array)
    except UnknownFormulaError as error:
        return str(error)
    except (formualizer.ParserError, formualizer.TokenizerError):
        return "公式无法解析"
    return ""


def _text(cell: FormulaCell) -> str:
    """The formula without its equals sign; empty for a cell that shares another's."""
    inner = cell.formula[cell.formula.find(b">") + 1 : max(cell.formula.rfind(b"</"), 0)]
    return unescaped(inner.decode("utf-8", "replace")).strip()


_ROW_NUMBER = re.compile(r"(?<=[A-Z$])\d+")
_NUMBERED = re.compile(r"[a-z]\d")
_MANY = 100
_NEVER = re.compile(r"(?!)")
_COMPARES = re.compile(r"[=<>]")


def _place_probes(
    workbook: Workbook, formulas: dict[Place, _Formula], compared: list[Place]
) -> list[tuple[Place, Place, Place]]:
    """Put both sides of every comparison into cells of their own, right of all formulas.

    The engine compares binary fractions digit by digit, Excel to 15 digits.
    """
    import formualizer

    column = max(place[2] for place in formulas) + 200
    used: Counter[tuple[str, int]] = Counter()
    probes = []
    for place in compared:
        sheet, row, _ = place
        for left, right in comparisons(formualizer.parse(_equation(workbook.get_formula(*place)))):
            at = column + 2 * used[sheet, row]
            used[sheet, row] += 1
            cells = (sheet, row, at), (sheet, row, at + 1)
            for cell, text in zip(cells, (left, right), strict=True):
                workbook.set_formula(*cell, text)
            probes.append((*cells, place))
    return probes


def _equation(formula: str | None) -> str:
    return "=" + (formula or "").removeprefix("=")


def _too_close(left: Any, right: Any) -> bool:
    if not (_is_number(left) and _is_number(right)):
        return False
    return bool(0 < abs(left - right) <= _NOISE * max(1.0, abs(left), abs(right)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _result(value: Any) -> CachedValue | None:
    """The engine's value as a cell holds it; None for what no formula cell may be given."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        # Excel sets a difference that is noise to zero, and knows no negative zero.
        return 0.0 if abs(value) < _NOISE else value
    if isinstance(value, dict) and value.get("kind") in _ERRORS:
        return CellError(_ERRORS[value["kind"]])
    return None


def _spread(
    workbook: Workbook,
    doubts: dict[Place, str],
    formulas: dict[Place, _Formula],
    named: list[dict[str, Any]],
) -> None:
    """Doubt every formula that depends on a doubtful one, however indirectly."""
    from formualizer import CellRef

    # The engine's dependents leave out the formulas that reach a cell through a name.
    areas = [
        (
            name["sheet"],
            Area(name["start_row"], name["start_col"], name["end_row"], name["end_col"]),
            name["name"].lower(),
        )
        for name in named
        if name["kind"] in ("cell", "range")
    ]
    users: dict[str, list[Place]] = {name: [] for _, _, name in areas}
    for place, formula in formulas.items() if users else ():
        for word in {word.lower() for word in _WORD.findall(formula.text)} & users.keys():
            users[word].append(place)
    pending = list(doubts)
    while pending:
        sheet, row, column = pending.pop()
        quoted = "'" + sheet.replace("'", "''") + "'"
        report = workbook.dependents(
            f"{quoted}!{address(row, column)}", max_results=1_000_000, max_work=1_000_000_000
        )
        cells = [CellRef.from_string(dependent.cell) for dependent in report.dependents]
        reached = [(cell.sheet or sheet, cell.row, cell.col) for cell in cells]
        for where, area, name in areas:
            if where == sheet and area.covers(row, column):
                reached += users[name]
        for place in reached:
            if place in formulas and place not in doubts:
                doubts[place] = ""
                pending.append(place)


_WORD = re.compile(r"[^\W\d][\w.\\]*")


# ---------------------------------------------------------------- results as they stand


def _cached(cell: FormulaCell) -> CachedValue | None:
    """The result the file holds for a formula, None if it holds none."""
    if not cell.is_cached:
        return None
    kind = tag_attributes(cell.tag).get("t", "n")
    text = unescaped((cell.value or b"").decode("utf-8", "replace"))
    if kind == "b":
        return text.strip() == "1"
    if kind == "e":
        return CellError(text.strip())
    if kind == "n":
        try:
            return float(text)
        except ValueError:
            return None
    return text if kind == "str" else None


def _same(old: CachedValue | None, new: CachedValue) -> bool:
    """Whether a result need not be written: equal, for numbers to the 15 digits Excel shows."""
    if type(old) is not type(new) or old is None:
        return False
    if isinstance(old, float) and isinstance(new, float):
        return old == new or f"{old:.15g}" == f"{new:.15g}"
    return old == new
