"""An office's own rules: read, or reported with their place; never silently skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlbudget.model.forms import load_edition
from xlbudget.validate.local import load_local, rules_from_sheet
from xlbudget.validate.rules import find_rules, load_rules

EDITION = load_edition()
SHEET = "自定义公式"
HEAD: list[object] = ["编号", "说明", "公式", "级别", "备注"]


def sheet(*rows: list[object]) -> tuple[list[str], list[str]]:
    """Ids of the rules read, and the messages of what could not be."""
    grid = [["自定义公式"], ["编号以#开头的行是示例"], HEAD, *rows]
    rules, findings = rules_from_sheet(grid, SHEET, EDITION)
    return [rule.id for rule in rules], [finding.message for finding in findings]


def toml(tmp_path: Path, text: str) -> tuple[list[str], list[str]]:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    rules, findings = load_local(path, EDITION)
    return [rule.id for rule in rules], [finding.message for finding in findings]


# ---------------------------------------------------------------- the sheet


def test_a_line_becomes_a_rule() -> None:
    grid = [HEAD, ["本1", "办公费有上限", "T06.30201.amount ≤ 20", "提醒", "请压减。"]]
    (rule,), findings = rules_from_sheet(grid, SHEET, EDITION)
    assert not findings
    assert (rule.id, rule.statement, rule.severity) == ("本1", "办公费有上限", "warning")
    assert (rule.advice, rule.fill) == ("请压减。", "")
    assert rule.where == "“自定义公式”第2行"


def test_formulas_may_be_typed_with_a_chinese_input_method() -> None:
    rules, wrong = sheet(["本1", "", "T01．27．amount＝合计（T01.1：8.amount）", "", ""])
    assert (rules, wrong) == (["本1"], [])


@pytest.mark.parametrize(
    ("word", "severity"),
    [("错误", "error"), ("提醒", "warning"), ("警告", "warning"), ("提示", "info"), ("", "error")],
)
def test_severities_in_chinese(word: str, severity: str) -> None:
    grid = [HEAD, ["1", "", "T01.30.amount = T01.60.amount", word, ""]]
    (rule,), _ = rules_from_sheet(grid, SHEET, EDITION)
    assert rule.severity == severity


def test_remarks_examples_and_empty_lines_are_left_out() -> None:
    rules, wrong = sheet(
        ["# 例", "示例", "T01.30.amount = 随便写", "", ""],
        ["例1", "示例", "不是公式", "", ""],
        ["", "", "", "错误", ""],
        ["", None, "", "", ""],
        [],
    )
    assert (rules, wrong) == ([], [])


def test_a_line_without_id_is_checked_under_its_row() -> None:
    assert sheet(["", "收支平衡", "T01.30.amount = T01.60.amount"])[0] == ["自定义4"]


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("T01.27.amount = ", "要写成“左边 = 右边”"),
        ("T01.27.amount", "要写成“左边 = 右边”"),
        ("T01.27.amount = 本年收入", "看不懂"),
        ("T01.99.amount = T01.27.amount", "01收入支出总表没有“99”行"),
        ("T01.27.amount = T01.99.amount", "01收入支出总表没有“99”行"),
        ("T10.27.amount = 0", "没有“T10”这张表"),
        ("T01.27.total = 0", "没有“total”这一列"),
        ("T09.plan.total = 0", "没有“plan”这一行"),
        ("T06.30298.amount = 0", "没有“30298”行"),
        ("T03.{line}.total = 0", "“{line}”不是可用的代号"),
        ("T01.{code}.amount = 0", "一处也用不上"),
        ("T01.27.amount = sum(T05.1:8.total)", "用不上"),
        ("FACT.meeting.cost = 0", "补充资料里没有“meeting.cost”"),
        ("FACT.vehicle.use = 0", "是文字，不能计算"),
        ("LAST.T03.total.total = 0", "上年数里没有“T03.total.total”"),
        ("BUDGET.T03.2010301.total = 0", "年初预算里没有"),
        ("", "没有写公式"),
    ],
)
def test_a_formula_that_cannot_be_read_is_reported_with_its_row_and_cell(
    formula: str, says: str
) -> None:
    grid = [HEAD, ["本1", "说明", formula, "错误", ""]]
    rules, (finding,) = rules_from_sheet(grid, SHEET, EDITION)
    assert rules == ()
    assert (finding.rule, finding.severity) == ("X01", "error")
    assert finding.message.startswith("“自定义公式”第2行")
    assert says in finding.message
    (cell,) = finding.cells
    assert (cell.sheet, cell.cell, cell.value) == (SHEET, "C2", formula.strip())


def test_one_wrong_line_does_not_take_the_others_with_it() -> None:
    rules, wrong = sheet(
        ["本1", "", "T01.30.amount = T01.60.amount"],
        ["本2", "", "读不懂"],
        ["本3", "", "T04.32.amount = T04.64.total"],
    )
    assert rules == ["本1", "本3"]
    assert len(wrong) == 1


def test_an_id_is_used_once_and_is_no_catalogue_rule_s() -> None:
    formula = "T01.30.amount = T01.60.amount"
    rules, wrong = sheet(["本1", "", formula], ["本1", "", formula], ["t01-1", "", formula])
    assert rules == ["本1"]
    assert ["已经用过" in message for message in wrong] == [True, True]


def test_an_unknown_severity_is_reported() -> None:
    assert "级别“严重”" in sheet(["1", "", "T01.30.amount = T01.60.amount", "严重"])[1][0]


def test_a_sheet_without_heads_is_reported_unless_it_is_empty() -> None:
    rules, findings = rules_from_sheet([["收支平衡", "T01.30.amount = 0"]], SHEET, EDITION)
    assert not rules
    assert "没有找到“编号”“公式”的表头" in findings[0].message
    assert rules_from_sheet([["", ""]], SHEET, EDITION) == ((), ())
    assert rules_from_sheet([], SHEET, EDITION) == ((), ())


def test_numbers_as_ids_are_texts() -> None:
    assert sheet([1.0, "", "T01.30.amount = T01.60.amount"])[0] == ["1"]


# ---------------------------------------------------------------- rules.toml


def test_rules_toml_speaks_the_catalogue_s_language(tmp_path: Path) -> None:
    rules, wrong = toml(
        tmp_path,
        """
        [[rule]]
        id = "本1"
        statement = "收支平衡"
        check = ["T01.30.amount = T01.60.amount", "T04.32.amount = T04.64.total"]
        when = ["T01.29.amount = 0"]
        severity = "警告"
        advice = "看结转。"
        """,
    )
    assert (rules, wrong) == (["本1"], [])


def test_rules_toml_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf[[rule]]\nid = 'A'\ncheck = 'T01.30.amount = T01.60.amount'\n")
    assert [rule.id for rule in load_local(path, EDITION)[0]] == ["A"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[rule]\n", "不是正确的TOML文件"),
        ("[rule]\nid = 'A'", "要写成 [[rule]]"),
        ("rule = ['A']", "第1条看不懂"),
        ("rules = []", "“rules”不认识"),
        ("[[rule]]\ncheck = 'T01.30.amount = 0'", "缺少编号"),
        ("[[rule]]\nid = 'A'", "没有公式"),
        ("[[rule]]\nid = 'A'\ncheck = 3", "check 要写成文字"),
        ("[[rule]]\nid = 'A'\nfunction = 'code_names'", "不能写“function”"),
        ("[[rule]]\nid = 'A'\ncheck = 'T01.30.amount = T77.1.x'", "没有“T77”这张表"),
        (
            "[[rule]]\nid = 'A'\ncheck = 'T01.30.amount = 0'\nwhen = 'T01.99.amount = 0'",
            "没有“99”行",
        ),
        ("[settings.Z9]\npercent = 5", "没有这条规则"),
        ("[settings.J04]\nprocent = 5", "不认识procent"),
        ("[settings.J04]\npercent = '多'", "percent的写法不对"),
    ],
)
def test_what_rules_toml_gets_wrong_is_reported(tmp_path: Path, text: str, says: str) -> None:
    rules, (message,) = toml(tmp_path, text)
    assert rules == []
    assert "rules.toml" in message
    assert says in message


def test_thresholds_of_the_catalogue_may_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[settings.J04]\npercent = 20\n", encoding="utf-8")
    (rule,), findings = load_local(path, EDITION)
    (original,) = find_rules(load_rules(), "J04")
    assert not findings
    assert (rule.id, rule.settings["percent"]) == ("J04", 20)
    assert rule.settings["figures"] == original.settings["figures"]
    assert original.settings["percent"] == 10


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xff\xfe\x00[")
    rules, (finding,) = load_local(path, EDITION)
    assert not rules
    assert "不是UTF-8文字" in finding.message
