"""``import xlbudget as xb``: the command line's verbs over a workbook that is a value."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import xlbudget as xb
from xlbudget.cli import run

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "醴陵市人民政府办公室-2024.xlsx"
BROKEN = ROOT / "xlbudget" / "samples" / "broken.xlsx"
EXPORTED = ROOT / "samples" / "foreign" / "示范部门-系统导出-元.xlsx"
ET = ROOT / "samples" / "foreign" / "示范部门-WPS.et"


@pytest.fixture(scope="module")
def sample() -> xb.Workbook:
    return xb.open(SAMPLE)


@pytest.fixture(scope="module")
def broken() -> xb.Workbook:
    return xb.open(BROKEN)


# ---------------------------------------------------------------- the package


def test_importing_the_package_loads_nothing_else_of_it() -> None:
    code = (
        "import sys, xlbudget\n"
        "assert [n for n in sys.modules if n.startswith('xlbudget')] == ['xlbudget']\n"
        "assert not {'pandas', 'numpy', 'dataclasses'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_opening_and_checking_need_no_pandas() -> None:
    code = (
        "import sys, xlbudget as xb\n"
        f"assert xb.open({str(SAMPLE)!r}).validate().verdict == 'passed'\n"
        "assert not {'pandas', 'numpy', 'openpyxl'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_name_that_is_offered_is_there() -> None:
    assert [name for name in xb.__all__ if getattr(xb, name).__name__ != name] == []
    assert set(xb.__all__) <= set(dir(xb))
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        xb.opne  # type: ignore[attr-defined]  # noqa: B018


# ---------------------------------------------------------------- looking


def test_a_workbook_says_what_it_is(sample: xb.Workbook) -> None:
    found = (sample.path, sample.department, sample.year, sample.unit, sample.edition)
    assert found == (SAMPLE, "醴陵市人民政府办公室", 2024, "万元", "hunan-2024")
    assert sample.data == SAMPLE.read_bytes()


def test_validating_gives_the_json_of_the_command_line(
    broken: xb.Workbook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", "--json", str(BROKEN)]) == 1
    assert broken.validate().json() == json.loads(capsys.readouterr().out)


def test_the_lines_are_those_of_the_command_line(
    broken: xb.Workbook, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["validate", str(BROKEN)])
    assert str(broken.validate()) == capsys.readouterr().out.rstrip("\n")


def test_rules_can_be_chosen(broken: xb.Workbook) -> None:
    assert broken.validate(select=["T09"]).verdict == "passed"
    assert broken.validate(select=["T03-1"]).errors != ()
    assert "T03-1" not in {found.rule for found in broken.validate(ignore=["T03-1"]).findings}


def test_findings_are_a_frame_of_numbers(broken: xb.Workbook) -> None:
    frame = broken.findings()
    assert len(frame) == len(broken.validate().findings)
    wrong = frame[frame.rule == "T03-1"].iloc[0]
    assert (wrong.severity, wrong.sheet) == ("error", "03支出表")
    assert wrong["left"] - wrong["right"] == pytest.approx(wrong.difference)
    assert frame.difference.dtype == float


def test_a_clean_workbook_s_frames_have_the_same_columns_and_types() -> None:
    clean = xb.new("示范局", 2024)
    some, none = xb.open(BROKEN).suspects(), clean.suspects()
    assert len(none) == 0
    assert list(none.columns) == list(some.columns)
    assert none.suggestion.dtype == some.suggestion.dtype == float


def test_the_wrong_cell_comes_first(broken: xb.Workbook) -> None:
    first = broken.suspects().iloc[0]
    assert (first["rank"], first.sheet, first.cell) == (1, "03支出表", "D8")
    assert (first.value, first.suggestion) == (1092.5, 1029.5)
    assert first.low <= first.suggestion <= first.high


def test_figures_are_a_frame_by_name(sample: xb.Workbook) -> None:
    frame = sample.figures()
    assert frame.index.name == "name"
    assert frame.value["T01.27.amount"] == 1512.83
    assert frame.value.dtype == float
    parts = frame.filter(regex=r"^T05\.\d{7}\.total$", axis=0).value
    assert parts.sum() == pytest.approx(frame.value["T05.total.total"], abs=0.1)


def test_a_blank_figure_is_not_a_zero() -> None:
    frame = xb.new("示范局", 2024).figures()
    assert math.isnan(frame.value["T01.1.amount"])
    assert xb.new("示范局", 2024).figures(exact=True).value["T01.1.amount"] is None


def test_exact_amounts_sum_without_noise(sample: xb.Workbook) -> None:
    frame = sample.figures(exact=True)
    rows = [f"T09.actual.{c}" for c in ("abroad", "vehicles", "reception")]
    assert frame.value[rows].sum() == Decimal("23.64")


def test_a_frame_is_saved_as_an_excel_file(sample: xb.Workbook, tmp_path: Path) -> None:
    import pandas

    path = tmp_path / "数.xlsx"
    sample.figures().to_excel(path)
    again = pandas.read_excel(path, engine="openpyxl", index_col="name")
    assert again.value["T01.27.amount"] == 1512.83


def test_the_report_can_be_read_without_writing_it() -> None:
    narrative = xb.open(EXPORTED).narrative()
    assert {p.section for p in narrative.paragraphs} == set(range(1, 14))


# ---------------------------------------------------------------- changing


def test_verbs_leave_the_workbook_as_it_is(sample: xb.Workbook) -> None:
    before = sample.data
    filled = sample.fill()
    narrated = filled.narrate()
    assert sample.data == before
    assert len({before, filled.data, narrated.data}) == 3
    assert narrated.validate().verdict == "passed"
    assert len(narrated.written.paragraphs) > 13


def test_filling_gives_the_file_of_the_command_line(tmp_path: Path, sample: xb.Workbook) -> None:
    out = tmp_path / "出.xlsx"
    assert run(["fill", str(SAMPLE), "-o", str(out)]) == 0
    filled = sample.fill()
    assert filled.data == out.read_bytes()
    assert {edit.sheet for edit in filled.edits} == {"08国有资本经营表"}
    assert (filled.filled.conflicts, filled.note) == ((), "")


def test_steps_go_on_from_each_other_as_files_would(tmp_path: Path, sample: xb.Workbook) -> None:
    first, second = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    run(["fill", str(SAMPLE), "-o", str(first)])
    run(["narrate", str(first), "-o", str(second)])
    assert sample.fill().narrate().data == second.read_bytes()


def test_a_conversion_of_a_file_that_cannot_be_written_back_is_a_template() -> None:
    converted = xb.open(ET).convert(balance=True)
    assert (converted.unit, converted.path.suffix) == ("万元", ".xlsx")
    assert converted.conversion.imported
    assert converted.validate().counts["rounding"] == 0


def test_marks_come_and_go(broken: xb.Workbook) -> None:
    marked = broken.mark()
    assert marked.data != broken.data
    assert marked.clear_marks().clear_marks().data == marked.clear_marks().data
    assert marked.book.figures == broken.book.figures


# ---------------------------------------------------------------- writing


def test_saving_spares_the_file_that_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "决算.xlsx"
    path.write_bytes(SAMPLE.read_bytes())
    filled = xb.open(path).fill()
    for wrong in (path, tmp_path / "出.xls", tmp_path / "出.xlsm", tmp_path / "没有" / "出.xlsx"):
        with pytest.raises(xb.UserError):
            filled.save(wrong)
    with pytest.raises(xb.UserError, match="in_place=True"):
        filled.save()
    assert path.read_bytes() == SAMPLE.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert filled.save(tmp_path / "出.xlsx").read_bytes() == filled.data
    assert filled.save(in_place=True) == path
    assert path.read_bytes() == filled.data


def test_a_kind_that_cannot_be_written_back_is_not_saved_as_another(tmp_path: Path) -> None:
    out = tmp_path / "出.xlsx"
    with pytest.raises(xb.UserError, match="不能直接写回"):
        xb.open(ET).save(out)
    assert not out.exists()


@pytest.mark.parametrize("name", ["新工作簿.xlsx", "示范部门-WPS.xlsx"])
def test_what_has_no_file_yet_takes_no_other_files_place(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / name
    there.write_bytes(b"somebody's")
    made: xb.Workbook
    if name.startswith("新"):
        made = xb.new("示范局", 2025)
    else:
        (tmp_path / ET.name).write_bytes(ET.read_bytes())
        made = xb.open(tmp_path / ET.name).convert()
    assert made.path.name == name
    with pytest.raises(xb.UserError, match="还没有文件"):
        made.save(in_place=True)
    with pytest.raises(xb.UserError, match="还没有文件"):
        made.fill().save(in_place=True)
    assert there.read_bytes() == b"somebody's"


def test_exporting_refuses_errors_unless_it_is_a_draft(tmp_path: Path, broken: xb.Workbook) -> None:
    out = tmp_path / "公开.html"
    with pytest.raises(xb.UserError, match="条错误，没有导出"):
        broken.export(out)
    assert not out.exists()
    assert broken.export(out, draft=True).department == "醴陵市人民政府办公室"
    assert "草稿" in out.read_text("utf-8")


# ---------------------------------------------------------------- beginning


def test_a_new_workbook_can_be_filled_in_and_saved(tmp_path: Path) -> None:
    made = xb.new("示范局", 2025, edition="shanghai-2024", unit="元")
    assert (made.department, made.year, made.unit, made.edition) == (
        "示范局", 2025, "元", "shanghai-2024",
    )  # fmt: skip
    saved = made.save(tmp_path / "新.xlsx")
    assert xb.open(saved).edition == "shanghai-2024"
    assert xb.new("示范局", 2025, ribbon=True).save(tmp_path / "新.xlsm").exists()


def test_next_year_follows_from_last_year() -> None:
    made = xb.new(last=SAMPLE)
    assert (made.department, made.year) == ("醴陵市人民政府办公室", 2025)
    assert "还没有2025年度的" in made.note
    assert made.figures().value["LAST.T01.30.amount"] == 1512.83


def test_what_a_new_workbook_lacks_is_said() -> None:
    with pytest.raises(xb.UserError, match="部门名称和决算年度"):
        xb.new("示范局")


def test_importing_says_what_was_not_found(tmp_path: Path) -> None:
    made = xb.import_(EXPORTED)
    assert made.missing == ()
    assert made.source.path == EXPORTED
    assert made.lines("新.xlsx")[0].startswith(f"从“{EXPORTED}”装进“新.xlsx”")
    kept = {n: f.fen for n, f in made.source.book.figures.items() if f.fen}
    assert {n: made.book.figures[n].fen for n in kept} == kept
    assert xb.open(made.save(tmp_path / "新.xlsx")).validate().errors == ()


def test_rules_by_id_table_and_the_fields_list() -> None:
    assert [rule.id for rule in xb.rules("T05-2")] == ["T05-2"]
    assert [rule.id for rule in xb.rules("H01")] == ["T09-1"]
    ids = [rule.id for rule in xb.rules()]
    assert [rule.id for rule in xb.rules("T09")] == [i for i in ids if i.startswith("T09-")]


def test_an_unknown_rule_and_a_file_that_is_not_there_are_user_errors(tmp_path: Path) -> None:
    with pytest.raises(xb.UserError, match="没有编号为“T99”的规则"):
        xb.rules("T99")
    with pytest.raises(xb.UserError, match=r"没有\.xlsx"):
        xb.open(tmp_path / "没有.xlsx")
