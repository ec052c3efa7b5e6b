"""Every button of the shipped files clicked: ribbon, VBA, xlwings' RunPython, Python, cells."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.excel.conftest import BROKEN, FOREIGN, ROOT
from tests.excel.vba import PYTHON, Desk, buttons
from xlbudget import template
from xlbudget.files.workbook import open_workbook
from xlbudget.model.content import content_of
from xlbudget.model.inputs import load_inputs

ADDIN = ROOT / "workbook" / "xlbudget.xlam"
INPUTS = load_inputs()
FINDINGS, REPORT = INPUTS.findings_sheet, INPUTS.report_sheet


@pytest.fixture(autouse=True)
def _windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published sample with one wrong cell, macro-enabled, in a folder with a space."""
    path = tmp_path_factory.mktemp("决算 公开") / "决算 2024.xlsm"
    content = content_of(open_workbook(BROKEN).book)
    path.write_bytes(template.build(content, macros=template.load_macros()))
    return path


@pytest.fixture
def desk() -> Callable[..., Desk]:
    def opened(macros: Path, active: Path | None = None) -> Desk:
        found = Desk(macros, active=active)
        found.configure("INTERPRETER_WIN", PYTHON)
        return found

    return opened


def _clicked(desk: Desk, path: Path, after: Callable[[str, Desk], None]) -> list[str]:
    """Every button clicked in the ribbon's order; ``after`` looks at the workbook each time."""
    clicked = []
    for button in buttons(path):
        desk.click(button)
        assert desk.boxes == [], button.attrib["id"]
        after(button.attrib["id"], desk)
        clicked.append(button.attrib["id"])
    assert len(desk.commands) == len(clicked)
    assert all(PYTHON in command for command in desk.commands)
    return clicked


def test_every_button_on_the_sample(sample: Path, desk: Callable[..., Desk]) -> None:
    at_work = desk(sample)
    office = at_work.office
    place = open_workbook(BROKEN).book.figures["T09.actual.total"].place
    expected = office.value(place.sheet, place.cell)
    office.put(place.sheet, place.cell, None)
    total = {}

    def after(action: str, _: Desk) -> None:
        said = office.said[-1] if office.said else ""
        checks: dict[str, Callable[[], Any]] = {
            "next_step": lambda: office.selected == "03支出表!D8" and "【改错】" in said,
            "fill": lambda: office.value(place.sheet, place.cell) == expected,
            "import_tables": lambda: "会被换成" in said,
            "roll_over": lambda: "2024年度的" in said,
            "validate": lambda: office.selected == "03支出表!D8" and office.note("03支出表", "D8"),
            "previous_finding": lambda: office.selected != "03支出表!D8",
            "next_finding": lambda: office.selected == "03支出表!D8",
            "clear_marks": lambda: (
                office.note("03支出表", "D8") is None
                and office.value(FINDINGS, "A2") == "还没有运行校验。"
            ),
            "explain_rule": lambda: said.startswith("T05-2  "),
            "narrate": lambda: office.value(REPORT, "A5") == "1",
            "missing": lambda: "决算说明还缺" in said,
            "export_word": lambda: "只能导出带“草稿”" in said,
            "export_pdf": lambda: "只能导出带“草稿”" in said,
            "convert": lambda: "已经是万元" in said,
            "doctor": lambda: "xlbudget 模板" in said,
            "help": lambda: office.selected == f"{INPUTS.guide_sheet}!A1",
            "about": lambda: "xlwings" in said,
        }
        total[action] = bool(checks[action]())

    office.answers = [str(FOREIGN), False, str(BROKEN), False, "T05-2", False, False]
    clicked = _clicked(at_work, sample, after)
    assert total == dict.fromkeys(clicked, True)


def test_every_button_of_the_addin_on_a_foreign_workbook(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    at_work = desk(ADDIN, FOREIGN)
    office = at_work.office
    place = open_workbook(FOREIGN).book.figures["T02.total.total"].place
    office.put(place.sheet, place.cell, None)
    before: dict[str, Any] = {}
    total = {}

    def after(action: str, _: Desk) -> None:
        said = office.said[-1] if office.said else ""
        if action == "fill":
            # Clearing the marks takes the tint of the filled cells away as well.
            before.update({name: (*s[:2], [], *s[3:]) for name, s in office.state().items()})
        checks: dict[str, Callable[[], Any]] = {
            "next_step": lambda: "【补填】工作簿里没有“封面”" in said,
            "fill": lambda: office.value(place.sheet, place.cell) is not None,
            "import_tables": lambda: office.answers and "填上金额" in said,
            "roll_over": lambda: "不是 xlbudget 模板" in said,
            "validate": lambda: str(office.value(FINDINGS, "A2")).startswith("示范市"),
            "previous_finding": lambda: "!" in office.selected,
            "next_finding": lambda: "!" in office.selected,
            "clear_marks": lambda: office.state() == before,
            "explain_rule": lambda: said.startswith("T05-2  "),
            "narrate": lambda: office.selected == f"{REPORT}!A4",
            "missing": lambda: "决算说明还缺" in said,
            "export_word": lambda: (tmp_path / "公开.docx").exists(),
            "export_pdf": lambda: (tmp_path / "公开.pdf").exists(),
            "convert": lambda: said.startswith("由元换算成万元"),
            "doctor": lambda: "别的工作簿" in said,
            "help": lambda: "清除标记" in said,
            "about": lambda: "xlwings" in said,
        }
        total[action] = bool(checks[action]())

    files = [str(tmp_path / "公开.docx"), str(tmp_path / "公开.pdf")]
    office.answers = [False, "T05-2", *files, True, False]
    clicked = _clicked(at_work, ADDIN, after)
    assert total == dict.fromkeys(clicked, True)


def test_where_the_step_stands_stays_in_the_status_bar(desk: Callable[..., Desk]) -> None:
    at_work = desk(ADDIN, FOREIGN)
    by_id = {button.attrib["id"]: button for button in buttons(ADDIN)}
    at_work.click(by_id["validate"])
    assert at_work.office.excel.application.status_bar is False
    at_work.click(by_id["next_finding"])
    assert str(at_work.office.excel.application.status_bar).startswith("第2处，共")


def test_the_interpreter_is_not_there(desk: Callable[..., Desk]) -> None:
    at_work = desk(ADDIN, FOREIGN)
    del at_work.files[PYTHON.lower()]
    at_work.click(buttons(ADDIN)[0])
    assert at_work.commands == []
    assert "没有启动起来" in at_work.boxes[0]
    assert PYTHON in at_work.boxes[0]


def test_the_package_is_not_installed(
    desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlbudget.excel.ribbon", None)
    at_work = desk(ADDIN, FOREIGN)
    at_work.click(buttons(ADDIN)[0])
    assert "重新安装" in at_work.boxes[0]
    assert "xlbudget.excel.ribbon" in at_work.boxes[0]
    assert "Traceback" not in at_work.boxes[0]


def test_a_workbook_never_saved_and_one_in_the_cloud(desk: Callable[..., Desk]) -> None:
    for folder in ("", "https://d.docs.live.net/1234/文档 一", r"\\服务器\财务 共享\2024 年"):
        at_work = desk(ADDIN, FOREIGN)
        at_work.office.book.path = folder
        at_work.click(next(b for b in buttons(ADDIN) if b.attrib["id"] == "validate"))
        assert at_work.boxes == [], folder
        assert "没有发现错误" in at_work.office.said[-1]


def test_a_name_with_spaces_brackets_and_ampersand(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    path = tmp_path / "某 单位" / "决算 (终稿) A&B.xlsx"
    path.parent.mkdir()
    shutil.copy(FOREIGN, path)
    at_work = desk(ADDIN, path)
    at_work.click(next(b for b in buttons(ADDIN) if b.attrib["id"] == "validate"))
    assert "没有发现错误" in at_work.office.said[-1]
