"""Another workbook's figures into the active one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.excel.conftest import BROKEN, FOREIGN, ROOT
from tests.excel.office import Office
from xlbudget.excel import ribbon
from xlbudget.excel.session import attach
from xlbudget.files.importing import rolled_over
from xlbudget.files.workbook import open_workbook
from xlbudget.model.content import Content, content_of
from xlbudget.template import build

SAMPLE = ROOT / "xlbudget" / "samples" / "sample.xlsx"


def _blank(path: Path, **content: object) -> Path:
    path.write_bytes(build(Content(**content)))  # type: ignore[arg-type]
    return path


def test_an_export_fills_the_blank_template_as_import_does(
    open_office: Callable[[Path], Office], tmp_path: Path
) -> None:
    office = open_office(_blank(tmp_path / "决算 2024.xlsx"))
    office.answers = [str(FOREIGN)]
    ribbon.import_tables()
    content = content_of(open_workbook(FOREIGN).book)
    made = tmp_path / "made.xlsx"
    made.write_bytes(build(content))
    live, file = attach().workbook().book, open_workbook(made).book
    assert {n: f.fen for n, f in live.figures.items()} == {
        n: f.fen for n, f in file.figures.items()
    }
    assert live.unit == file.unit
    assert {t: r.codes for t, r in live.tables.items()} == {
        t: r.codes for t, r in file.tables.items()
    }
    code = office.value("03支出表", "A8")
    assert isinstance(code, str)
    assert code.isdigit()
    assert "收入支出决算总表：取自工作表“公开01_收入支出决算总表”" in office.said[-1]
    assert "还没有保存" in office.said[-1]


def test_figures_that_are_there_are_replaced_only_after_a_yes(template: Office) -> None:
    before = template.state()
    template.answers = [str(FOREIGN), False]
    ribbon.import_tables()
    assert "会被换成" in template.said[0]
    assert template.state() == before
    template.answers = [str(FOREIGN), True]
    ribbon.import_tables()
    live, file = attach().workbook().book, open_workbook(FOREIGN).book
    assert {n: f.fen for n, f in live.figures.items() if n[0] == "T" and f.fen} == {
        n: f.fen for n, f in file.figures.items() if f.fen
    }


def test_a_foreign_workbook_is_taken_into_a_new_one(foreign: Office, tmp_path: Path) -> None:
    target = tmp_path / "新的 决算.xlsx"
    foreign.answers = [str(FOREIGN), str(target)]
    before = foreign.state()
    ribbon.import_tables()
    assert foreign.book.name == target.name
    assert open_workbook(target).book.figures["T03.total.total"].fen
    assert before == foreign.state_of(FOREIGN.name)


def test_an_existing_file_is_not_overwritten(foreign: Office, tmp_path: Path) -> None:
    target = tmp_path / "有了.xlsx"
    target.write_bytes(b"x")
    foreign.answers = [str(FOREIGN), str(target)]
    ribbon.import_tables()
    assert foreign.said == [f"“{target}”已经存在，没有覆盖；请换一个文件名。"]
    assert target.read_bytes() == b"x"


def test_cancelling_changes_nothing(template: Office) -> None:
    before = template.state()
    template.answers = [False, False]
    ribbon.import_tables()
    ribbon.roll_over()
    assert (template.state(), template.said) == (before, [])


def test_a_file_that_is_no_workbook_is_named(template: Office, tmp_path: Path) -> None:
    path = tmp_path / "说明.docx"
    path.write_bytes(b"nothing")
    template.answers = [str(path)]
    ribbon.import_tables()
    assert f"“{path}”不是工作簿" in template.said[0]


def test_last_year_rolls_over(open_office: Callable[[Path], Office], tmp_path: Path) -> None:
    office = open_office(_blank(tmp_path / "2025.xlsx", department="本单位", year=2025))
    office.answers = [str(SAMPLE)]
    ribbon.roll_over()
    last = open_workbook(SAMPLE).book
    live = attach().workbook().book
    expected = rolled_over(last, last.edition).figures
    assert {n: f.fen for n, f in live.figures.items() if n.startswith("LAST.") and f.fen} == {
        n: fen for n, fen in expected.items() if fen
    }
    assert (live.department, live.year) == ("本单位", 2025)
    assert live.tables["T03"].codes == last.tables["T03"].codes
    assert not any(f.fen for n, f in live.figures.items() if n.startswith("T"))
    assert f"结转了{len(expected)}个上年数" in office.said[-1]


def test_another_year_than_last_year_is_asked_about(template: Office) -> None:
    before = template.state()
    template.answers = [str(BROKEN), False]
    ribbon.roll_over()
    assert template.said == [f"“{BROKEN.name}”是2024年度的，当前工作簿是2024年度的，还要用它吗？"]
    assert template.state() == before


def test_only_a_template_has_last_years_figures(foreign: Office) -> None:
    ribbon.roll_over()
    assert "不是 xlbudget 模板" in foreign.said[0]
