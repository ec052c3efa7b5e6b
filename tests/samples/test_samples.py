"""Samples: rebuilt as they stand, the clean ones without an error, the broken ones as named."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pytest

from samples.breakages import BREAKAGES
from samples.build import CONVERTED, EXPORT, files
from samples.contents import made_up
from tests.generator import book_of
from xlbudget.files.workbook import Workbook, check, open_workbook
from xlbudget.narrate import narrate
from xlbudget.validate import Report, validate

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
SEED = SAMPLES / "醴陵市人民政府办公室-2024.xlsx"
MADE_UP = SAMPLES / "示范部门-2024-元.xlsx"
SHANGHAI = SAMPLES / "上海格式-示范部门-2024.xlsx"
FOREIGN = sorted(path for path in (SAMPLES / "foreign").iterdir() if path.is_file())
BUILT = sorted(files())

Golden = Callable[[str, str], None]


@lru_cache(maxsize=64)
def opened(path: Path) -> tuple[Workbook, Report]:
    workbook = open_workbook(path)
    return workbook, check(workbook)


def errors(report: Report) -> list[str]:
    return [f"{f.rule}: {f.message}" for f in report.findings if f.severity == "error"]


def text(report: Report) -> str:
    """Errors and warnings as a golden file holds them: rule, message, cells, sum."""
    lines = [report.verdict]
    for finding in (f for f in report.findings if f.severity != "info"):
        cells = " ".join(f"{c.sheet}!{c.cell}={c.value}" for c in finding.cells)
        lines.append(f"{finding.severity} {finding.rule} {finding.message}")
        if cells:
            lines.append(f"    {cells}")
        if finding.difference:
            sums = (finding.left, finding.right, finding.difference, finding.tolerance)
            lines.append("    左边 {} 右边 {} 差额 {} 允许误差 {}".format(*sums))
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- built by code


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@lru_cache(maxsize=1)
def rebuilt() -> dict[str, bytes]:
    return files()


@pytest.mark.parametrize("name", BUILT)
def test_rebuilding_gives_the_sample_that_is_there(name: str) -> None:
    # Part by part: how well a zip is packed depends on the machine's zlib.
    there, now = parts((ROOT / name).read_bytes()), parts(rebuilt()[name])
    assert list(there) == list(now)
    assert [part for part in now if there[part] != now[part]] == [], "run make samples"


def test_every_sample_is_built_by_code_or_converted_from_one() -> None:
    there = {
        str(path.relative_to(ROOT).as_posix())
        for path in (*SAMPLES.glob("*.xlsx"), *(SAMPLES / "broken").iterdir(), *FOREIGN)
    }
    made = {name for name in BUILT if name.startswith("samples/")}
    assert there == made | {f"samples/{name}" for name in CONVERTED}


def test_the_packages_sample_is_the_published_one() -> None:
    package = ROOT / "xlbudget" / "samples"
    assert (package / "sample.xlsx").read_bytes() == SEED.read_bytes()


# ---------------------------------------------------------------- what they show


def test_the_published_sample_has_no_error(golden: Golden) -> None:
    report = opened(SEED)[1]
    assert errors(report) == []
    assert report.counts["not_run"] == 0
    golden("seed.txt", text(report))


def test_the_made_up_department_is_exact_to_the_fen(golden: Golden) -> None:
    report = opened(MADE_UP)[1]
    assert errors(report) == []
    assert (report.counts["rounding"], report.counts["not_run"]) == (0, 0)
    golden("made-up.txt", text(report))


def test_the_made_up_department_shows_what_it_is_for() -> None:
    figures = made_up().figures
    for name in (
        "T01.5.amount", "T01.29.amount", "T01.59.amount", "T07.total.opening",
        "T07.total.closing", "T08.total.total", "T09.actual.total",
    ):  # fmt: skip
        assert figures[name] > 0
    assert len(made_up().codes["T03"]) == 60


@pytest.mark.parametrize(
    ("path", "missing"),
    [(MADE_UP, []), (SEED, ["FACT.meetings.8"])],  # one meeting was published without its number
    ids=["made-up", "published"],
)
def test_the_report_of_a_clean_sample_is_complete(path: Path, missing: list[str]) -> None:
    narrative = narrate(opened(path)[0].book)
    assert [entry.key for entry in narrative.missing] == missing


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_workbook_breaks_the_rule_it_is_named_for(
    name: str, tmp_path: Path, golden: Golden
) -> None:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(BREAKAGES[name]())
    report = check(open_workbook(path))
    rule = name.rpartition("-")[0]
    assert rule in {finding.rule for finding in report.findings if finding.severity != "info"}
    golden(f"{name}.txt", text(report))


@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.name)
def test_foreign_layouts_hold_every_amount_of_the_department(path: Path) -> None:
    workbook, report = opened(path)
    read = {n: f.fen for n, f in workbook.book.figures.items() if f.fen}
    wanted = {n: fen for n, fen in made_up().figures.items() if fen and n.startswith("T")}
    assert read == wanted
    assert errors(report) == []
    assert report.counts["rounding"] == 0


@pytest.mark.parametrize("name", sorted(CONVERTED))
def test_converted_files_are_of_the_kind_their_name_says(name: str) -> None:
    head = (SAMPLES / name).read_bytes()[:8]
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert head == compound if name.endswith((".xls", ".et")) else head[:2] == b"PK"


def test_a_file_read_is_the_book_it_was_built_from() -> None:
    """``book_of``, which the property tests use, gives what reading the file gives."""
    read, made = opened(MADE_UP)[0].book, book_of(made_up())
    pairs = {n: (f.fen, f.half) for n, f in made.figures.items() if f.fen}
    assert {n: (f.fen, f.half) for n, f in read.figures.items() if f.fen} == pairs
    assert {t: rows.codes for t, rows in read.tables.items() if rows.codes and t != "T06"} == {
        t: rows.codes for t, rows in made.tables.items() if rows.codes
    }
    printed = ("A01-2", "A03-2")  # what only sheets have
    one, other = (validate(book, ignore=printed) for book in (read, made))
    assert one.counts["passed"] == other.counts["passed"]


def test_no_row_order_matters() -> None:
    book = book_of(made_up())
    rng = random.Random(7)
    tables = {
        t: rows._replace(codes=tuple(rng.sample(rows.codes, len(rows.codes))))
        for t, rows in book.tables.items()
    }
    assert errors(validate(book._replace(tables=tables), ignore=["A06-2"])) == []


def test_the_export_is_no_template() -> None:
    sheets = set(opened(SAMPLES / EXPORT)[0].grids)
    assert "封面" not in sheets
    assert len(sheets) == 9


def test_the_sample_in_shanghai_s_edition_is_clean() -> None:
    workbook, report = opened(SHANGHAI)
    assert workbook.book.edition.id == "shanghai-2024"
    assert errors(report) == []
    assert report.counts["rounding"] > 0
