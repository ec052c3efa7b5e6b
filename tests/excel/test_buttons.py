"""Buttons that write or show texts."""

from __future__ import annotations

from importlib.metadata import version

from tests.excel.office import Office
from xlbudget.excel import ribbon
from xlbudget.model.inputs import load_inputs

REPORT = load_inputs().report_sheet


def test_the_report_of_a_foreign_workbook_gets_a_sheet_of_its_own(foreign: Office) -> None:
    ribbon.narrate()
    assert foreign.selected == f"{REPORT}!A4"
    assert [foreign.value(REPORT, f"{c}3") for c in "ABC"] == ["章节", "段落", "来源"]
    assert foreign.value(REPORT, "A4") == "1"
    assert "点“缺什么”看是哪些" in foreign.said[-1]


def test_what_is_missing_is_named_and_selected(template: Office) -> None:
    ribbon.missing()
    assert template.said[0].startswith("决算说明还缺1处：\n报告里还缺：")
    assert (
        f"请在工作表“补充资料”的{template.selected.removeprefix('补充资料!')}填写"
        in template.said[0]
    )


def test_the_next_step_is_the_wrong_cell_then_what_is_missing(template: Office) -> None:
    ribbon.next_step()
    assert template.selected == "03支出表!D8"
    assert "【改错】03支出表!D8：" in template.said[-1]
    assert template.value(REPORT, "A4") in (None, "")
    template.put("03支出表", "D8", 1029.50)
    ribbon.next_step()
    assert "已写好" in template.said[-1]
    assert "下一步（还有1件）：【补填】补充资料!" in template.said[-1]
    assert template.selected.startswith("补充资料!")
    assert template.value(REPORT, "A4") == "1"


def test_help_shows_the_guide_or_says_the_order_of_the_work(
    template: Office,
) -> None:
    ribbon.help()
    assert template.selected == f"{load_inputs().guide_sheet}!A1"


def test_help_where_there_is_no_guide(foreign: Office) -> None:
    ribbon.help()
    assert "清除标记" in foreign.said[0]


def test_versions_and_diagnosis(foreign: Office) -> None:
    ribbon.about()
    ribbon.doctor()
    assert f"xlbudget {version('xlbudget')}\n" in foreign.said[0]
    assert f"当前工作簿：{foreign.book.name}（别的工作簿）" in foreign.said[1]


def test_no_button_saves(foreign: Office) -> None:
    for button in (ribbon.fill, ribbon.validate, ribbon.clear_marks, ribbon.narrate):
        foreign.book.saved = True
        button()
        assert foreign.book.saved is False


def test_nothing_of_xlwings_pro_is_used() -> None:
    import xlwings

    assert xlwings.__pro__ is False
