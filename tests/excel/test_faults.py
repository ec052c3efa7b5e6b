"""What stands in the way in offices: it works, or one Chinese sentence says what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.excel.conftest import FOREIGN
from tests.excel.office import Office
from xlbudget.excel import ribbon
from xlbudget.excel.session import attach
from xlbudget.model.inputs import load_inputs

FINDINGS = load_inputs().findings_sheet
TABLE = "公开03_支出决算表"


def _protect(office: Office, sheet: str, password: str = "", **options: object) -> object:
    found = office.sheet(sheet)
    found.vba_call("Protect", [password], options)
    return found.protection


def test_a_protected_sheet_is_protected_again_with_the_same_options(foreign: Office) -> None:
    options = {"AllowFormattingColumns": True, "AllowFiltering": True, "Scenarios": False}
    before = _protect(foreign, TABLE, **options)
    foreign.put(TABLE, "D9", 1.0)
    ribbon.validate()
    assert foreign.sheet(TABLE).protection == before
    assert foreign.sheet(TABLE).notes
    ribbon.clear_marks()
    assert foreign.sheet(TABLE).protection == before
    assert not foreign.sheet(TABLE).notes


def test_a_password_keeps_the_marks_off_and_is_named(foreign: Office) -> None:
    before = _protect(foreign, TABLE, "秘密")
    foreign.put(TABLE, "D9", 1.0)
    ribbon.validate()
    assert f"{TABLE}设了保护密码，没有标色。" in foreign.said[-1]
    assert not foreign.sheet(TABLE).notes
    assert foreign.value(FINDINGS, "A7") == 1
    assert foreign.sheet(TABLE).protection == before


def test_a_password_stops_filling_before_anything_is_written(foreign: Office) -> None:
    name = attach().workbook().book.figures["T02.total.total"].place
    foreign.put(name.sheet, name.cell, None)
    _protect(foreign, name.sheet, "秘密")
    before = foreign.state()
    ribbon.fill()
    assert foreign.said == [
        f"工作表“{name.sheet}”设了保护密码，写不进去；请先在“审阅”里撤消工作表保护，再点一次。"
    ]
    assert foreign.state() == before


def test_a_protected_structure_takes_no_new_sheet(foreign: Office) -> None:
    foreign.book.vba_call("Protect", [], {"Structure": True})
    before = foreign.state()
    for button in (ribbon.validate, ribbon.narrate):
        button()
        assert "的结构受保护，加不进工作表" in foreign.said[-1]
    assert foreign.state() == before


def test_a_protected_structure_does_not_matter_to_the_template(template: Office) -> None:
    template.book.vba_call("Protect", [], {"Structure": True})
    ribbon.validate()
    assert template.value(FINDINGS, "P7") == "03支出表!D8"


def test_a_workbook_that_was_never_saved(foreign: Office) -> None:
    foreign.book.path = ""
    ribbon.validate()
    assert "没有发现错误" in foreign.said[-1]
    assert foreign.book.saved is False


@pytest.mark.parametrize(
    "folder", ["https://d.docs.live.net/1234/文档", r"\\服务器\财务 共享\2024 年"]
)
def test_a_workbook_on_onedrive_or_a_server(foreign: Office, folder: str) -> None:
    foreign.book.path = folder
    ribbon.validate()
    assert "没有发现错误" in foreign.said[-1]


def test_a_name_with_spaces_chinese_and_an_equals_sign(
    open_office: Callable[[Path], Office], tmp_path: Path
) -> None:
    path = tmp_path / "决算 (终稿) 2024=最后.xlsx"
    shutil.copy(FOREIGN, path)
    office = open_office(path)
    ribbon.validate()
    assert "没有发现错误" in office.said[-1]


def test_own_rules_beside_the_workbook_hold(
    open_office: Callable[[Path], Office], tmp_path: Path
) -> None:
    path = tmp_path / "某 单位" / FOREIGN.name
    path.parent.mkdir()
    shutil.copy(FOREIGN, path)
    (path.parent / "rules.toml").write_text(
        '[[rule]]\nid = "本-1"\nstatement = "不会成立"\ncheck = "T03.total.total = 0"\n', "utf-8"
    )
    office = open_office(path)
    ribbon.validate()
    assert "有错误" in office.said[-1]
    assert "本-1" in {office.value(FINDINGS, f"C{row}") for row in range(7, 40)}


def test_a_merged_selection_and_a_filter_do_not_matter(foreign: Office) -> None:
    name = attach().workbook().book.figures["T02.total.total"].place
    expected = foreign.value(name.sheet, name.cell)
    foreign.put(name.sheet, name.cell, None)
    foreign.range(name.sheet, "A8:G60").vba_call("AutoFilter", [4, ">=900000000"])
    foreign.sheet(name.sheet).vba_call("Activate")
    foreign.range(name.sheet, "A1:D1").vba_call("Select")
    ribbon.fill()
    assert foreign.value(name.sheet, name.cell) == expected
    assert foreign.sheet(name.sheet).auto_filter is not None
    assert foreign.said[-1].startswith("填上金额")


def test_excels_settings_are_as_they_were_even_after_an_error(
    foreign: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlbudget.excel import marks_in_excel as marking

    application = foreign.excel.application
    application.calculation, application.enable_events = -4135, False
    before = application.calculation, application.enable_events, application.screen_updating
    ribbon.validate()
    assert before == (
        application.calculation,
        application.enable_events,
        application.screen_updating,
    )

    def fails(*_: object) -> None:
        assert application.screen_updating is False
        raise ZeroDivisionError

    monkeypatch.setattr(marking, "_lay_out", fails)
    ribbon.validate()
    assert before == (
        application.calculation,
        application.enable_events,
        application.screen_updating,
    )


def test_an_unexpected_error_is_logged_and_told(
    foreign: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlbudget.excel import marks_in_excel as marking

    def fails(*_: object) -> None:
        raise ZeroDivisionError("机密")

    monkeypatch.setattr(marking, "mark", fails)
    ribbon.validate()
    log = Path(os.environ["LOCALAPPDATA"]) / "xlbudget" / "xlbudget.log"
    assert foreign.said == [
        "“校验”没有做完：程序出了意外的错误（ZeroDivisionError）。"
        f"详细情况记在“{log}”，请把它发给帮你维护的人。"
    ]
    assert "Traceback" in log.read_text("utf-8")


def test_a_workbook_without_the_tables(
    open_office: Callable[[Path], Office], tmp_path: Path
) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "空白.xlsx")
    office = open_office(tmp_path / "空白.xlsx")
    for button in (ribbon.validate, ribbon.fill, ribbon.narrate, ribbon.missing):
        button()
        assert office.said[-1].startswith("“空白.xlsx”里没有找到九张表中的任何一张")


def test_no_workbook_is_open(foreign: Office) -> None:
    foreign.excel.application.active_book = None
    ribbon.validate()
    assert "没有打开的工作簿" in foreign.said[-1]


def test_a_hidden_sheet_is_named(template: Office) -> None:
    template.sheet("03支出表").visible = 0
    ribbon.validate()
    assert template.said == ["03支出表!D8 在隐藏的工作表上；请先取消隐藏“03支出表”。"]
    assert template.value(FINDINGS, "P7") == "03支出表!D8"


def test_a_package_that_is_gone_is_named_without_a_log(
    foreign: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "typst"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "typst", None)
    foreign.answers = [str(tmp_path / "公开.pdf")]
    ribbon.export_pdf()
    assert foreign.said[-1] == (
        "xlbudget 没有装全，缺少组件“typst”；请运行 pip install xlbudget 补上。"
    )
    assert not (tmp_path / "公开.pdf").exists()
