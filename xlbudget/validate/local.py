"""An office's own rules: ``rules.toml`` beside the workbook, or the sheet 自定义公式.

The same language as the catalogue, no Python.  A rule that cannot be read, or that names a figure
that no form has, is reported with its row and never silently skipped.
"""

from __future__ import annotations

from pathlib import Path

from ..model.book import CellRef, Finding, Place
from ..model.expression import ExpressionError, check_names
from ..model.forms import Edition
from .rules import Rule, RuleError, rule_from, rules_from_toml

LOCAL = "LOCAL"
"""Rule id of the finding that says that an own rule cannot be read."""

_SEVERITIES = {"错误": "error", "提醒": "warning", "警告": "warning", "提示": "info", "": "error"}
_HEADS = ("编号", "说明", "公式", "级别")

Found = tuple[tuple[Rule, ...], tuple[Finding, ...]]


def load_local(path: Path, edition: Edition) -> Found:
    """Rules of a ``rules.toml`` and findings for those that cannot be read."""
    where = path.name
    try:
        rules = rules_from_toml(path.read_text(encoding="utf-8"), where)
        for rule in rules:
            _check(rule, edition)
    except (RuleError, ExpressionError) as error:
        return (), (Finding(LOCAL, "error", f"{error}；这个文件里的规则都没有用上，请改正。"),)
    except (OSError, UnicodeDecodeError) as error:
        return (), (Finding(LOCAL, "error", f"读不了“{path}”：{error}；请存为 UTF-8 文本。"),)
    return rules, ()


def rules_from_sheet(grid: list[list[object]], sheet: str, edition: Edition) -> Found:
    """Rules of the sheet 自定义公式: columns 编号, 说明, 公式, 级别; lines starting with # are remarks."""
    rules: list[Rule] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    body = False
    for number, row in enumerate(grid, 1):
        cells = [str(value).strip() if value is not None else "" for value in row[:4]]
        cells += [""] * (4 - len(cells))
        rule_id, statement, formula, severity = cells
        if not body:
            body = rule_id == _HEADS[0] and formula == _HEADS[2]
            continue
        if not formula or rule_id.startswith(("#", "例")):
            continue
        problem = _problem(rule_id, severity, seen)
        if not problem:
            try:
                rule = rule_from(
                    {
                        "id": rule_id,
                        "statement": statement,
                        "check": formula,
                        "severity": _SEVERITIES[severity],
                        "source": f"本单位自定义（{sheet}第{number}行）",
                        "fill": "",
                    },
                    sheet,
                )
                _check(rule, edition)
            except (RuleError, ExpressionError) as error:
                problem = str(error)
            else:
                seen.add(rule_id)
                rules.append(rule)
        if problem:
            findings.append(
                Finding(
                    LOCAL,
                    "error",
                    f"{sheet}第{number}行的公式没有用上：{problem}。",
                    (CellRef("", sheet, Place(sheet, number, 3).cell, formula),),
                )
            )
    return tuple(rules), tuple(findings)


def _problem(rule_id: str, severity: str, seen: set[str]) -> str:
    if not rule_id:
        return "缺少编号"
    if rule_id in seen:
        return f"编号“{rule_id}”用了两次"
    if severity not in _SEVERITIES:
        return f"级别“{severity}”要写成错误、提醒或提示"
    return ""


def _check(rule: Rule, edition: Edition) -> None:
    for expression in (*rule.check, *rule.when):
        try:
            check_names(expression, edition)
        except ExpressionError as error:
            raise RuleError(f"规则“{rule.id}”：{error}") from error
