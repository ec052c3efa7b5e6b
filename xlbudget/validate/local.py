"""An office's own rules: ``rules.toml`` beside the workbook, and the sheet 自定义公式.

Both speak the language of the catalogue and need no Python.  A rule that cannot be read, or that
names what the edition does not have, becomes a finding with its place; it is never left out in
silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..model.addresses import address
from ..model.book import CellRef, Finding
from ..model.codes import economic_codes
from ..model.expansion import expand
from ..model.expression import Expression, ExpressionError, check_names
from ..model.forms import Edition, Table
from ..model.inputs import NUMERIC_KINDS, load_inputs
from ..model.rows import Rows
from ..model.severity import Severity
from .rules import Rule, RuleError, load_rules, rule_from

UNREADABLE = "X01"
Local = tuple[tuple[Rule, ...], tuple[Finding, ...]]

_SEVERITIES = {
    **{severity.value: severity for severity in Severity},
    **{severity.word: severity for severity in Severity},
    "警告": Severity.WARNING,
}
_HEADS = {"编号": "id", "说明": "statement", "公式": "check", "级别": "severity", "备注": "advice"}
_REMARKS = ("#", "＃", "例")
_ALLOWED = frozenset({"id", "statement", "check", "when", "severity", "advice", "source"})


class _Entry(NamedTuple):
    """A rule as written: where (said in messages), its cell, its parts."""

    where: str
    cell: CellRef | None
    data: Mapping[str, Any]


def load_local(path: Path, edition: Edition) -> Local:
    """The rules of a ``rules.toml``; what cannot be read comes back as findings.

    ``[[rule]]`` entries are rules of the office's own; ``[settings.J04]`` changes the settings of
    a catalogue rule, which then comes back under its own id.
    """
    import tomllib

    name = path.name
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        return (), (_wrong(f"读不了{name}：{getattr(error, 'strerror', '') or '不是UTF-8文字'}。"),)
    except tomllib.TOMLDecodeError as error:
        return (), (_wrong(f"{name}不是正确的TOML文件，里面的公式都没有核对：{error}。"),)
    findings = [
        _wrong(f"{name}里的“{key}”不认识，只能有 [[rule]] 和 [settings.规则编号]。")
        for key in data
        if key not in ("rule", "settings")
    ]
    listed = data.get("rule", [])
    entries = []
    if not isinstance(listed, list):
        findings.append(_wrong(f"{name}里的规则要写成 [[rule]]（两层方括号）。"))
        listed = []
    for number, entry in enumerate(listed, 1):
        where = f"{name}第{number}条"
        if isinstance(entry, Mapping):
            entries.append(_Entry(where, None, entry))
        else:
            findings.append(_wrong(f"{where}看不懂，要写成 [[rule]]。"))
    rules, wrong = _rules(entries, edition)
    changed, unchanged = _settings(data.get("settings", {}), name)
    return (*rules, *changed), (*findings, *wrong, *unchanged)


def rules_from_sheet(grid: Sequence[Sequence[object]], sheet: str, edition: Edition) -> Local:
    """The rules of the sheet 自定义公式; columns 编号, 说明, 公式, 级别, 备注 are known by their heads.

    Lines whose 编号 starts with # or 例 are remarks.
    """
    head = _head(grid)
    if head is None:
        filled = any(_text(value) for row in grid for value in row)
        message = f"“{sheet}”里没有找到“编号”“公式”的表头，里面的公式没有核对。"
        return (), ((_wrong(message, CellRef("", sheet, "A1", "")),) if filled else ())
    first, columns = head
    entries, findings = [], []
    for index in range(first + 1, len(grid)):
        row = grid[index]
        data = {
            key: _text(row[at]) for key, at in columns.items() if at < len(row) and _text(row[at])
        }
        if not data.keys() & {"id", "statement", "check"}:
            continue
        if data.get("id", "").startswith(_REMARKS):
            continue
        where = f"“{sheet}”第{index + 1}行"
        formula = data.get("check", "")
        cell = CellRef("", sheet, address(index + 1, columns["check"] + 1), formula)
        if not formula:
            findings.append(_wrong(f"{where}没有写公式。", cell))
            continue
        data.setdefault("id", f"自定义{index + 1}")
        entries.append(_Entry(where, cell, data))
    rules, wrong = _rules(entries, edition)
    return rules, (*findings, *wrong)


def _text(value: object) -> str:
    """A cell as it is seen: a whole number without its .0."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return "" if value is None else str(value).strip()


def _head(grid: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]] | None:
    for index, row in enumerate(grid[:20]):
        words = {_text(value): at for at, value in enumerate(row)}
        columns = {key: words[word] for word, key in _HEADS.items() if word in words}
        if "id" in columns and "check" in columns:
            return index, columns
    return None


def _wrong(message: str, cell: CellRef | None = None) -> Finding:
    return Finding(UNREADABLE, Severity.ERROR, message, (cell,) if cell else ())


def _rules(entries: Sequence[_Entry], edition: Edition) -> Local:
    taken = {rule.id.upper() for rule in load_rules()}
    rules: list[Rule] = []
    findings: list[Finding] = []
    for where, cell, data in entries:
        try:
            rule = _rule(data, where, edition)
            if rule.id.upper() in taken:
                raise RuleError(f"{where}：编号“{rule.id}”已经用过，请换一个")
        except (RuleError, ExpressionError) as error:
            text = str(error)
            message = text if text.startswith(where) else f"{where}：{text}"
            findings.append(_wrong(f"{message}。这条公式没有核对。", cell))
            continue
        taken.add(rule.id.upper())
        rules.append(rule)
    return tuple(rules), tuple(findings)


def _rule(data: Mapping[str, Any], where: str, edition: Edition) -> Rule:
    for key in data:
        if key not in _ALLOWED:
            raise RuleError(f"{where}：自定义公式里不能写“{key}”")
    word = str(data.get("severity", "错误")).strip()
    if word not in _SEVERITIES:
        raise RuleError(f"{where}：级别“{word}”要写成错误、提醒或提示")
    for key in ("check", "when"):
        value = data.get(key, "")
        if not (isinstance(value, str) or _is_texts(value)):
            raise RuleError(f"{where}：{key} 要写成文字")
    when = data.get("when", [])
    rule = rule_from(
        {
            **data,
            "severity": _SEVERITIES[word],
            "when": [when] if isinstance(when, str) else when,
            "fill": "",
            "source": data.get("source", "自定义公式"),
        },
        where,
    )
    for expression in (*rule.expressions, *rule.when):
        _check_figures(expression, edition)
    return rule


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _check_figures(expression: Expression, edition: Edition) -> None:
    """Raise ExpressionError unless every figure named exists and the rule applies somewhere.

    Stricter than for the catalogue, whose rules also serve other editions.
    """
    try:
        check_names(expression, edition)
        for text in _unknown(expression, edition):
            raise ExpressionError(text)
        lists = [table.id for table in edition.tables if table.kind == "list"]
        places = list(expand(expression, Rows(edition, dict.fromkeys(lists, _SAMPLE_CODES))))
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError("行或列的写法在这张表里用不上") from error
    if not any(constraint.left and constraint.right for constraint in places):
        raise ExpressionError("这条公式在这套表里一处也用不上")


_SAMPLE_CODES = ("201", "20103", "2010301")


def _unknown(expression: Expression, edition: Edition) -> Iterator[str]:
    """What is wrong with each reference, in words."""
    inputs = load_inputs(edition)
    for term in expression.left + expression.right:
        ref = term.ref
        if ref is None:
            continue
        if ref.kind == "fact":
            fact = ref.column.partition("FACT.")[2]
            entry = inputs.facts.get(fact)
            if entry is None:
                yield f"补充资料里没有“{fact}”这一项"
            elif entry.kind not in NUMERIC_KINDS:
                yield f"补充资料的“{entry.label}”是文字，不能计算"
            elif ref.column.startswith("LAST."):
                yield "上年数里没有补充资料"
            continue
        name = f"{ref.table}.{ref.row}.{ref.column}"
        if "{" in name:
            continue
        if ref.prefix == "LAST." and name not in {entry.id for entry in inputs.last_year}:
            yield f"上年数里没有“{name}”"
        elif ref.prefix == "BUDGET." and (ref.table, ref.column) != ("T05", "total"):
            yield f"年初预算里没有“{name}”，只有05表各项的合计（T05.….total）"
        elif ref.kind == "one":
            table = edition.by_id[ref.table]
            if not _has_row(table, ref.row, ref.column, edition):
                yield f"{table.sheet}没有“{ref.row}”行“{ref.column}”列"


def _has_row(table: Table, row: str, column: str, edition: Edition) -> bool:
    if table.kind == "list":
        return True  # any 科目 may be printed
    if table.kind == "items" and row in economic_codes():
        return True
    line = edition.row_of_class.get(table.id, {}).get(row, row)
    return f"{table.id}.{line}.{column}" in edition.fixed_names


def _settings(data: object, name: str) -> Local:
    """Catalogue rules with the office's own thresholds."""
    rules: list[Rule] = []
    findings: list[Finding] = []
    catalogue = {rule.id: rule for rule in load_rules()}
    for rule_id, values in data.items() if isinstance(data, Mapping) else ():
        rule = catalogue.get(str(rule_id))
        where = f"{name}的 settings.{rule_id}"
        if rule is None or not rule.settings:
            findings.append(_wrong(f"{where}：没有这条规则，或者它没有可以改的数。"))
            continue
        bad = (
            [key for key in values if key not in rule.settings]
            if isinstance(values, Mapping)
            else []
        )
        if not isinstance(values, Mapping) or bad:
            findings.append(
                _wrong(f"{where}：不认识{'、'.join(bad)}，可以改的有{'、'.join(rule.settings)}。")
            )
            continue
        kinds = {
            key: (int, float) if isinstance(old, int | float) else type(old)
            for key, old in rule.settings.items()
        }
        wrong = [key for key, value in values.items() if not isinstance(value, kinds[key])]
        if wrong:
            findings.append(_wrong(f"{where}：{'、'.join(wrong)}的写法不对。"))
            continue
        rules.append(rule._replace(settings={**rule.settings, **values}))
    return tuple(rules), tuple(findings)
