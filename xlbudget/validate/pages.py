"""The pages of the catalogue: one rule explained, and all of them as RULES.md.

``python -m xlbudget.validate.pages`` prints the text of RULES.md; a test holds the file in step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..model.expression import Expression
from ..model.forms import DEFAULT_EDITION, Edition, load_edition
from ..model.inputs import load_inputs
from ..model.money import WAN, YUAN, parse_amount
from ..model.severity import Severity
from .rules import Rule, load_rules

_THEMES = {
    "budget.toml": "与年初预算比",
    "codes.toml": "科目",
    "conditional.toml": "有条件的勾稽关系",
    "identities.toml": "表内、表间勾稽关系",
    "inputs.toml": "补充资料",
    "parts.toml": "部分不大于全部",
    "structure.toml": "表格是否齐全、填写是否规范",
    "three_public.toml": "“三公”经费",
    "year_on_year.toml": "与上年比",
}
_PREFIXES = {"LAST.": "上年", "BUDGET.": "年初预算", "LEDGER.": "明细账的"}
_PLACEHOLDERS = {
    "row": "每一行",
    "code": "每个科目",
    "class": "每一类",
    "group": "每一类",
    "parent": "合计（或上级科目）",
    "column": "每一列",
}
_PARTS = {
    "edition": "版式",
    "without": "缺少",
    "beside": "表外多出的列",
    "cells": "单元格里的内容",
    "codes": "科目",
    "names": "科目名称",
    "notes": "表下的注",
    "heads": "表头",
    "order": "工作表的次序",
    "numbers": "行次、栏次",
    "records": "明细",
    "reasons": "原因说明",
    "facts": "补充资料",
    "department": "封面上的部门名称",
    "kind": "单位性质",
    "formula": "自定义公式",
}
_EMITTERS = {"recognise": "读表时检查", "local": "读自定义公式时检查"}


def page(rule: Rule) -> str:
    """One rule as an accountant reads it."""
    return "\n".join(_lines(rule, _edition_of(rule)))


def _edition_of(rule: Rule) -> Edition:
    """The edition that a rule's page speaks of: its example's, where the usual one does not print it."""
    return load_edition(rule.good.get("edition", DEFAULT_EDITION))


def _lines(rule: Rule, edition: Edition) -> Iterator[str]:
    yield f"{rule.id}  {rule.statement}"
    yield f"级别：{rule.severity.word}" + (
        f"    对应检查项目：{'、'.join(rule.covers)}" if rule.covers else ""
    )
    for expression in rule.expressions:
        yield f"公式：{in_words(expression, edition)}"
        yield f"      {expression.text}"
    for expression in rule.when:
        yield f"条件：{in_words(expression, edition)}"
    if rule.emitted_by:
        yield f"怎样检查：{_EMITTERS[rule.emitted_by]}"
    for key, value in rule.settings.items():
        yield f"可以改的数：{key} = {_plain(value)}"
    key = _reason_key(rule)
    if key:
        yield f"有原因的：在“原因说明”编号为 {key} 的一行写明，就记作“已说明原因”"
    yield f"怎么改：{rule.advice}"
    yield f"依据：{rule.source}"
    yield "正确的例子：" + example(rule.good, edition)
    yield "错误的例子：" + example(rule.bad, edition)


def _reason_key(rule: Rule) -> str:
    """The line of 原因说明 that explains a soft finding, its place in words."""
    if rule.severity == Severity.ERROR or rule.emitted_by:
        return ""
    if rule.function:
        return _KEY_PARTS.sub(lambda found: _KEY_WORDS[found[1]], rule.explained_by)
    variables = [name for expression in rule.expressions for name in expression.variables]
    words = [_KEY_WORDS.get(name, name) for name in dict.fromkeys(variables)]
    return rule.id + ("~" + ".".join(words) if words else "")


_KEY_PARTS = re.compile(r"\{(\w+)\}")
_KEY_WORDS = {"code": "科目代码", "kind": "项目", "name": "数的名称", "row": "行", "column": "列"}


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "、".join(_plain(item) for item in value)
    return str(value)


def example(parts: Mapping[str, Any], edition: Edition) -> str:
    """An example in words: figures by their labels, other parts of a workbook by name."""
    said = []
    for key, value in parts.items():
        if key in _PARTS:
            said.append(f"{_PARTS[key]}：{_part(value, edition)}")
        else:
            said.append(f"{name_in_words(key, edition)} {_amount(key, value)}")
    return "；".join(said) or "（其余照常）"


def _amount(name: str, value: object) -> object:
    """An example's amount; examples are in 万元, the ledger is in 元 whatever the unit."""
    if not name.startswith("LEDGER."):
        return value
    fen, _ = parse_amount(value, WAN) or (0, 0)
    return f"{YUAN.exact_text(fen)}元"


def _part(value: object, edition: Edition) -> str:
    if isinstance(value, Mapping):
        return "，".join(
            f"{_thing(str(key), edition)} {_part(item, edition)}" for key, item in value.items()
        )
    if isinstance(value, list):
        return "、".join(_part(item, edition) for item in value)
    return _thing(str(value), edition)


_NAME = re.compile(r"(?:LAST\.|BUDGET\.|LEDGER\.)?T\d\d\.\w+\.\w+|FACT[.\w]+")
_WORDS = {
    "*": "各表",
    "department": "部门名称",
    "unit": "单位",
    "number": "表号",
    "list": "哪一份",
    "amount": "金额",
    "groups": "团组数",
    "persons": "人次",
    "name": "名称",
}


def _thing(text: str, edition: Edition) -> str:
    """A figure's name, a table's id or a field in words; other texts as they stand."""
    if text in _WORDS:
        return _WORDS[text]
    table, _, row = text.partition(".")
    if table in edition.by_id and (not row or row == "total" or row.isdigit()):
        sheet = edition.by_id[table].sheet
        return f"{sheet}{'合计行' if row == 'total' else row}"
    key, mark, base = text.partition("~")
    if _NAME.fullmatch(key):
        suffix = {"LAST": "比上年", "BUDGET": "比预算"}.get(base, "")
        return name_in_words(key, edition) + (suffix if mark else "")
    for form in load_inputs().lists:
        if form.id == text:
            return form.title.partition("、")[2]
    entry = load_inputs().facts.get(text)
    return entry.label if entry else text


def name_in_words(name: str, edition: Edition) -> str:
    """A figure's name as an accountant says it."""
    if name.startswith("FACT."):
        entry = load_inputs().facts.get(name[5:])
        return f"补充资料“{entry.label}”" if entry else name
    for prefix, word in _PREFIXES.items():
        if name.startswith(prefix):
            return word + name_in_words(name[len(prefix) :], edition)
    return edition.label(name)


def in_words(expression: Expression, edition: Edition) -> str:
    """A formula in words: 01收入支出总表“总计” 等于 01收入支出总表“本年收入合计” 加 …"""
    sign = {"=": "等于", "<=": "不大于"}[expression.op]
    left, right = (_side(side, edition) for side in (expression.left, expression.right))
    return f"{left} {sign} {right}"


def _side(terms: Sequence[Any], edition: Edition) -> str:
    words = []
    for index, (coefficient, ref) in enumerate(terms):
        joint = "减 " if coefficient < 0 else ("加 " if index else "")
        size = abs(coefficient)
        if ref is None:
            words.append(f"{joint}{float(size):g}")
            continue
        factor = "" if size == 1 else f"{float(size * 100):g}% × "
        words.append(joint + factor + _reference(ref, edition))
    return " ".join(words)


def _reference(ref: Any, edition: Edition) -> str:
    if ref.kind == "fact":
        return name_in_words(ref.column, edition)
    word = _PREFIXES.get(ref.prefix, "")
    table = edition.by_id[ref.table]
    name = f"{ref.table}.{ref.row}.{ref.column}"
    if ref.kind == "one" and "{" not in name:
        line = edition.row_of_class.get(ref.table, {}).get(ref.row, ref.row)
        return word + edition.label(f"{ref.table}.{line}.{ref.column}")
    row = _filled(ref.row)
    if ref.kind == "range":
        row = f"第{ref.row}至{ref.last}行之和"
    elif ref.kind == "children":
        row = f"{row}的下级各行之和"
    elif ref.kind == "cover":
        row = f"{row}所属各行之和"
    column = _column(table, ref.column)
    return f"{word}{table.sheet}{row}" + (f"的“{column}”" if column else "")


def _filled(text: str) -> str:
    for key, word in _PLACEHOLDERS.items():
        text = text.replace("{" + key + "}", word)
    return "合计" if text == "total" else text


def _column(table: Any, column: str) -> str:
    if "{" in column:
        return _filled(column)
    columns = table.columns or tuple(c for side in table.sides for c in side.columns)
    head = next(("-".join(c.head) for c in columns if c.id == column), "")
    return "" if head in ("金额", "决算数") else head


def catalogue_markdown(rules: Sequence[Rule]) -> str:
    """All rules as one Markdown page: an overview, then a section for each."""
    lines = [
        "# 核对规则目录",
        "",
        f"共{len(rules)}条。本页由规则文件生成，请勿手改；"
        "看其中一条：`xlbudget rules 编号`，只核对或不核对某些：`--select`、`--ignore`。",
        "",
    ]
    for file, group in groupby(rules, key=lambda rule: rule.where):
        listed = list(group)
        lines += [f"## {_THEMES.get(file, file)}", "", "| 编号 | 级别 | 内容 |", "|---|---|---|"]
        lines += [
            f"| [{r.id}](#{r.id.lower()}) | {r.severity.word} | {_cell(r.statement)} |"
            for r in listed
        ]
        for rule in listed:
            lines += ["", f"### {rule.id}", "", *_section(rule, _edition_of(rule))]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _section(rule: Rule, edition: Edition) -> Iterator[str]:
    head, *rest = _lines(rule, edition)
    yield head.partition("  ")[2] + "。"
    yield ""
    for line in rest:
        yield f"  `{line.strip()}`" if line.startswith("      ") else f"- {line}"


if __name__ == "__main__":
    print(catalogue_markdown(load_rules()), end="")
