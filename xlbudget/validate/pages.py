"""The catalogue's pages: one rule explained, and the list of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .report import SEVERITY_WORDS
from .rules import Rule


def page(rule: Rule) -> str:
    """One rule as text: what it says, how grave it is, how to mend it, and an example of each."""
    return "\n".join(_lines(rule))


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}  {rule.statement}"
    yield f"级别：{SEVERITY_WORDS[rule.severity]}"
    for expression in rule.check:
        yield f"公式：{expression.text}"
    for expression in rule.when:
        yield f"条件：{expression.text}"
    if rule.settings:
        yield "可调：" + "，".join(f"{key} = {value:g}" for key, value in rule.settings.items())
    yield f"怎样改：{rule.advice}"
    if rule.source:
        yield f"依据：{rule.source}"
    if rule.covers:
        yield f"对应检查项：{'、'.join(rule.covers)}"
    if rule.good:
        yield f"对的例子：{_example(rule.good)}"
    if rule.bad:
        yield f"错的例子：{_example(rule.bad)}"


def _example(values: Mapping[str, Any]) -> str:
    return "，".join(f"{name} = {value}" for name, value in values.items())


def catalogue_markdown(rules: Sequence[Rule]) -> str:
    """The whole catalogue as a page, generated from the data files."""
    lines = [
        "# 校验规则",
        "",
        "由规则文件生成，不要手改；`xlbudget rules 编号` 显示同样的内容。",
        "",
    ]
    for rule in rules:
        lines.append(f"## {rule.id} {rule.statement}")
        lines.append("")
        lines.extend(f"- {line}" for line in list(_lines(rule))[1:])
        lines.append("")
    return "\n".join(lines)
