"""Pages of the catalogue: readable, complete, and RULES.md in step."""

from __future__ import annotations

from pathlib import Path

import pytest

import xlbudget.validate
from xlbudget.model.expression import parse
from xlbudget.model.forms import load_edition
from xlbudget.validate.pages import catalogue_markdown, in_words, page
from xlbudget.validate.rules import Rule, find_rules, load_rules

RULES_MD = Path(xlbudget.validate.__file__).with_name("RULES.md")


def test_rules_md_is_generated_from_the_catalogue() -> None:
    expected = catalogue_markdown(load_rules())
    assert RULES_MD.read_text("utf-8") == expected, "run make samples"


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_every_page_has_statement_severity_advice_source_and_examples(rule: Rule) -> None:
    text = page(rule)
    assert text.startswith(f"{rule.id}  {rule.statement}\n级别：")
    for word in (f"怎么改：{rule.advice}", f"依据：{rule.source}", "正确的例子：", "错误的例子："):
        assert word in text
    for expression in rule.expressions:
        assert expression.text in text
    assert "None" not in text
    assert (
        "_" not in text.replace("T09.actual.vehicle_", "")
        or rule.compare
        or rule.settings
        or rule.check
    )


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (
            "T01.30.amount = T01.60.amount",
            "01收入支出总表“总计” 等于 01收入支出总表“总计”",
        ),
        (
            "T01.27.amount = sum(T01.1:8.amount)",
            "01收入支出总表“本年收入合计” 等于 01收入支出总表第1至8行之和",
        ),
        (
            "T05.{row}.total = T05.{row}.basic + T05.{row}.project",
            "05一般公共预算支出表每一行的“本年支出-小计” 等于 "
            "05一般公共预算支出表每一行的“本年支出-基本支出” 加 "
            "05一般公共预算支出表每一行的“本年支出-项目支出”",
        ),
        (
            "T06.30299.amount <= 30% * T06.302.amount",
            "06基本支出明细表“其他商品和服务支出” 不大于 30% × 06基本支出明细表“商品和服务支出”",
        ),
        (
            "LAST.T04.60.total = T04.28.amount - FACT.meeting.amount",
            "上年04财政拨款总表“年末财政拨款结转和结余”的“合计” 等于 "
            "04财政拨款总表“年初财政拨款结转和结余” 减 补充资料“会议费支出”",
        ),
        ("T06.399.amount = 0", "06基本支出明细表“其他支出” 等于 0"),
    ],
)
def test_a_formula_in_words(formula: str, words: str) -> None:
    assert in_words(parse(formula), load_edition()) == words


def test_a_page_says_where_a_reason_is_to_be_written() -> None:
    def of(rule_id: str) -> str:
        return page(find_rules(load_rules(), rule_id)[0])

    assert "编号为 T05.科目代码.total~BUDGET 的一行" in of("K04")
    assert "编号为 C10~科目代码 的一行" in of("C10")
    assert "编号为 J02 的一行" in of("J02")
    assert "原因说明”编号" not in of("T01-1")
