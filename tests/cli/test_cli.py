"""The command line: exit status, one plain sentence for bad input, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from tests.books import read_book
from tests.plain import plain_workbook
from tests.seed import book_of_seed
from xlbudget.cli import run
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.patch import patch_workbook

SAMPLE = Path(__file__).parents[2] / "xlbudget" / "samples" / "sample.xlsx"
BROKEN = SAMPLE.with_name("broken.xlsx")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "样例.xlsx"
    path.write_bytes(SAMPLE.read_bytes())
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "有错.xlsx"
    path.write_bytes(BROKEN.read_bytes())
    return path


# ---------------------------------------------------------------- validate


def test_a_clean_workbook_ends_with_status_0(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", str(sample)]) == 0
    assert "没有发现错误" in capsys.readouterr().out


def test_a_wrong_cell_is_named_with_its_likely_value(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", str(broken)]) == 1
    out = capsys.readouterr().out
    assert "03支出表!D8" in out
    assert "1092.50 应为 1029.50" in out


def test_json_follows_the_contract(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["validate", "--json", str(broken)])
    result = json.loads(capsys.readouterr().out)
    assert (result["schema"], result["verdict"], result["unit"]) == (1, "failed", "万元")
    assert set(result["checks"]) == {
        "passed", "rounding", "failed", "explained", "not_applicable", "not_run",
    }  # fmt: skip
    assert {
        "rule",
        "severity",
        "message",
        "cells",
        "left",
        "right",
        "difference",
        "tolerance",
    } == set(result["findings"][0])
    first = result["suspects"][0]
    assert (first["ref"], first["value"], first["suggestion"], first["rank"]) == (
        "T03.2010301.basic", "1092.50", "1029.50", 1,
    )  # fmt: skip


def test_a_folder_means_every_workbook_in_it(
    sample: Path, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {sample.parent} == {broken.parent}
    assert run(["validate", "--json", str(sample.parent)]) == 1
    verdicts = {
        Path(r["file"]).name: r["verdict"]
        for r in map(json.loads, capsys.readouterr().out.splitlines())
    }
    assert verdicts == {"样例.xlsx": "passed", "有错.xlsx": "failed"}


def test_only_selected_rules_are_run(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--json", "--select", "T09", str(broken)]) == 0
    assert json.loads(capsys.readouterr().out)["checks"]["failed"] == 0


def test_reports_are_written_as_page_and_workbook(broken: Path, tmp_path: Path) -> None:
    page, sheet = tmp_path / "r.html", tmp_path / "r.xlsx"
    run(["validate", str(broken), "--html", str(page), "--xlsx", str(sheet)])
    assert "1092.50 应为 1029.50" in page.read_text("utf-8")
    assert zipfile.is_zipfile(sheet)


def test_marks_are_written_and_removed_without_a_trace_in_the_tables(broken: Path) -> None:
    before = _parts(broken)
    assert run(["validate", "--in-place", str(broken)]) == 1
    marked = _parts(broken)
    assert run(["validate", "--in-place", "--clear-marks", str(broken)]) == 0
    after = _parts(broken)
    tables = [name for name in before if name.startswith("xl/worksheets/sheet")][1:10]
    assert [name for name in tables if before[name] != after[name]] == []
    assert marked != before


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---------------------------------------------------------------- fill, narrate, figures


def test_filling_writes_what_was_blank_and_nothing_the_second_time(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = read_book(sample)
    total = book.figures["T01.30.amount"].place
    sample.write_bytes(
        patch_workbook(sample.read_bytes(), [CellEdit(total.sheet, total.row, total.column, None)])
    )
    once, twice = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    assert run(["fill", "--json", str(sample), "-o", str(once)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [cell["ref"] for cell in result["cells"] if cell["ref"] == "T01.30.amount"] == [
        "T01.30.amount"
    ]
    assert read_book(once).figures["T01.30.amount"].fen == 1_512_830_000
    run(["fill", str(once), "-o", str(twice)])
    assert once.read_bytes() == twice.read_bytes()


def test_an_input_file_changes_only_in_place(sample: Path, tmp_path: Path) -> None:
    before = sample.read_bytes()
    run(["fill", str(sample), "-o", str(tmp_path / "x.xlsx")])
    run(["narrate", str(sample), "-o", str(tmp_path / "y.xlsx")])
    assert sample.read_bytes() == before


def test_the_report_has_its_thirteen_sections(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["narrate", "--text", str(sample)])
    out = capsys.readouterr().out
    numbers = [*"一二三四五六七八九十", "十一", "十二", "十三"]
    assert [
        n for n in numbers if not any(line.startswith(f"{n}、") for line in out.splitlines())
    ] == []


def test_every_figure_is_listed_with_its_cell(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["figures", "--json", str(sample)]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert [row["ref"] for row in rows.values()] == list(rows)
    row = rows["T03.2010301.basic"]
    assert (row["sheet"], row["cell"], row["value"], row["kind"]) == (
        "03支出表", "D8", "1029.50", "input",
    )  # fmt: skip
    assert rows["T03.2010301.total"]["kind"] == "derived"


def test_figures_in_a_file_are_those_on_the_screen(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The CSV begins with the byte order mark without which Chinese Excel takes it for GBK."""
    run(["figures", "--csv", str(sample)])
    shown = capsys.readouterr().out
    table, data = tmp_path / "数.csv", tmp_path / "数.json"
    assert run(["figures", str(sample), "-o", str(table)]) == 0
    assert f"写到“{table}”" in capsys.readouterr().out
    written = table.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfname,table,label,")
    assert written.decode("utf-8-sig").splitlines() == shown.splitlines()
    assert run(["figures", str(sample), "-o", str(data)]) == 0
    run(["figures", "--json", str(sample)])
    said = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(data.read_text("utf-8")) == json.loads(said)


# ---------------------------------------------------------------- new, import, rules, demo


def test_a_new_workbook_is_empty_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "新.xlsx"
    arguments = ["new", str(path), "--department", "测试局", "--year", "2025"]
    assert run(arguments) == 0
    book = read_book(path)
    assert (book.department, book.year, len(book.tables)) == ("测试局", 2025, 9)
    before = path.read_bytes()
    assert run(arguments) == 2
    assert "已经存在" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_last_years_figures_become_the_prior_year(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "2025.xlsx"
    assert run(["new", str(path), "--from", str(sample)]) == 0
    book = read_book(path)
    assert (book.year, book.figures["LAST.T01.30.amount"].fen) == (2025, 1_512_830_000)
    assert book.figures["T01.30.amount"].fen is None
    duties = read_book(sample).facts["overview.duties"].value
    assert (book.facts["overview.duties"].value, bool(duties)) == (duties, True)
    assert book.facts["evaluation.projects"].value is None


def test_a_foreign_workbook_is_taken_into_the_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, out = tmp_path / "导出.xlsx", tmp_path / "模板.xlsx"
    plain.write_bytes(plain_workbook(book_of_seed()))
    assert run(["import", str(plain), "-o", str(out)]) == 0
    assert "取自工作表“Z03”" in capsys.readouterr().out
    ours, theirs = read_book(out).figures, book_of_seed().figures
    assert {n: f.fen for n, f in theirs.items() if f.fen} == {
        n: ours[n].fen for n, f in theirs.items() if f.fen
    }


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "T05-2"]) == 0
    assert "T05-2" in capsys.readouterr().out
    assert run(["rules", "没有"]) == 2


def test_the_demo_does_the_main_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "-o", str(tmp_path / "demo")]) == 0
    assert "应为 1029.50" in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "demo").iterdir()} >= {
        "决算-有一格填错.xlsx", "决算.xlsx", "决算情况说明.txt", "校验结果.html", "部门决算公开.html",
    }  # fmt: skip


# ---------------------------------------------------------------- bad input


def _empty(path: Path) -> None:
    path.touch()


def _truncated(path: Path) -> None:
    path.write_bytes(SAMPLE.read_bytes()[:9000])


def _not_a_zip(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


def _other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")


def _encrypted(path: Path) -> None:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(600)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(3000)
    )


def _no_tables(path: Path) -> None:
    workbook = xlsxwriter.Workbook(path)
    workbook.add_worksheet().write(0, 0, "通讯录")
    workbook.close()


def _vast(path: Path) -> None:
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet()
    sheet.write(0, 0, "收入支出决算总表")
    sheet.write(1_048_575, 16_383, 1)
    workbook.close()


def _folder(path: Path) -> None:
    path.mkdir()


def _missing(path: Path) -> None:
    assert not path.exists()


BAD = [_empty, _truncated, _not_a_zip, _other_zip, _encrypted, _no_tables, _vast, _folder, _missing]


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__.strip("_"))
@pytest.mark.parametrize("command", ["validate", "fill", "narrate", "figures", "import", "export"])
def test_bad_files_get_one_chinese_sentence_and_status_2(
    make: Callable[[Path], None], command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path, out = folder / "坏.xlsx", tmp_path / "出.xlsx"
    make(path)
    out = out.with_suffix(".html") if command == "export" else out
    more = ["-o", str(out)] if command in ("fill", "narrate", "import", "export") else []
    assert run([command, str(path), *more]) == 2
    err = capsys.readouterr().err.strip()
    assert err.count("\n") == 0
    assert "坏.xlsx" in err
    assert not out.exists()


_AS_NOBODY = """
import os, sys
from xlbudget.cli import run
run(["rules", "T01-1"])  # loads what root alone may be able to read
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", ["validate", "fill", "figures"])
def test_a_file_without_permission_is_refused(sample: Path, command: str) -> None:
    """Root may read everything, so the command runs as nobody where the tests run as root."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to everybody else
        Path(folder).chmod(0o755)
        path = Path(folder) / "不让看.xlsx"
        path.write_bytes(sample.read_bytes())
        path.chmod(0)
        more = ["-o", str(path.with_name("出.xlsx"))] if command == "fill" else []
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, command, str(path), *more],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    assert done.returncode == 2
    assert "没有权限读取" in done.stderr
    assert path.name in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert "Traceback" not in done.stderr


def test_a_format_that_cannot_be_written_back_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Path(__file__).parents[2] / "samples" / "foreign"
    files = sorted(source.glob("*.xls"))
    assert files
    assert run(["fill", str(files[0]), "-o", str(tmp_path / "x.xlsx")]) == 2
    assert "xlbudget import" in capsys.readouterr().err


def test_a_shifted_decimal_point_is_found(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = read_book(sample).figures["T05.2080505.basic"].place
    edit = CellEdit(place.sheet, place.row, place.column, Decimal("869.30"))
    sample.write_bytes(patch_workbook(sample.read_bytes(), [edit]))
    assert run(["validate", "--json", str(sample)]) == 1
    first = json.loads(capsys.readouterr().out)["suspects"][0]
    assert (first["ref"], first["suggestion"]) == ("T05.2080505.basic", "86.93")


# ---------------------------------------------------------------- what a newcomer stumbles over


def test_a_name_with_a_space_left_unquoted_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["new", "空", "表.xlsx", "--department", "某局", "--year", "2024"])
    assert "用英文双引号括起来" in capsys.readouterr().err


def test_a_year_has_four_digits(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["new", str(tmp_path / "a.xlsx"), "--department", "某局", "--year", "24"])
    assert stopped.value.code == 2
    assert "应当是四位数的年度" in capsys.readouterr().err


def test_checking_nothing_is_no_success(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--select", "没有", str(sample)]) == 2
    assert "一项也没有核对" in capsys.readouterr().err


def test_a_report_of_another_kind_is_refused_before_the_work(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = broken.with_name("页.html")
    arguments = ["--html", str(page), "--xlsx", str(broken.with_name("表.csv"))]
    assert run(["validate", *arguments, str(broken)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "扩展名要是 .xlsx" in err
    assert not page.exists()


def test_in_place_names_the_likely_wrong_cell_as_well(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", "--in-place", str(broken)]) == 1
    assert "多半是 1092.50 应为 1029.50" in capsys.readouterr().out


def test_in_place_writes_the_other_reports_too(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = broken.with_name("页.html")
    assert run(["validate", "--in-place", "--json", "--html", str(page), str(broken)]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "failed"
    assert "2010301" in page.read_text("utf-8")


def test_a_blank_workbook_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "空 表.xlsx"
    assert run(["new", str(path), "--department", "某局", "--year", "2024"]) == 0
    assert run(["figures", str(path)]) == 0
    assert "一个金额也没有" in capsys.readouterr().out
    assert run(["fill", str(path), "--in-place"]) == 1
    said = capsys.readouterr().out
    assert f"没有要填的格，“{path}”没有改动。" in said
    assert f'xlbudget validate "{path}"' in said
    assert run(["validate", str(path)]) == 1
    assert "类：九张表还没有填" in capsys.readouterr().out


def test_an_import_without_a_year_says_where_to_put_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = Path(__file__).parents[2] / "samples" / "foreign" / "示范部门-系统导出-元.xlsx"
    assert run(["import", str(foreign), "-o", str(tmp_path / "一.xlsx")]) == 0
    assert "没有读到年度" in capsys.readouterr().out
    assert run(["import", str(foreign), "-o", str(tmp_path / "二.xlsx"), "--year", "2024"]) == 0
    assert "没有读到" not in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_one_whole_sentence(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = sample.with_name("没有") / "一.xlsx"
    assert run(["fill", str(sample), "-o", str(out)]) == 2
    said = capsys.readouterr().err.strip()
    assert "请先建立文件夹" in said
    assert said.endswith("。")


def test_rules_of_one_table_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "t05"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["T05-1", "T05-2", "T05-3"]
