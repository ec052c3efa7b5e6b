"""What xlbudget costs next to the same work done with openpyxl and pandas: ``make bench``.

``python -m tests.benchmarks [NAME…] [--files N]`` runs all or some: validate, cold, fill, export, folder.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas
from python_calamine import CalamineWorkbook

from samples.contents import liling
from samples.exports import export
from tests.benchmarks.measure import compare, print_table
from tests.generator import department, publication
from xlbudget import api
from xlbudget.files.read import book_from_bytes
from xlbudget.files.workbook import check, fill_workbook, open_workbook
from xlbudget.fill import derived_names
from xlbudget.model.content import Content
from xlbudget.model.forms import load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.publish import docx, html, pdf

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "samples" / "醴陵市人民政府办公室-2024.xlsx"
PROGRAM = Path(sys.executable).with_name("xlbudget")


def validate(folder: Path) -> None:
    """One workbook, in process: reading and checking it; openpyxl and pandas only read it."""
    plain = folder / "plain.xlsx"
    plain.write_bytes(export(liling()))
    sheets = [table.sheet for table in load_edition().tables]
    for title, path, names in (
        ("the template, filled", TEMPLATE, sheets),
        ("nine plain tables", plain, None),
    ):
        ways: dict[str, Callable[[], object]] = {
            "xlbudget: read and check": lambda path=path: check(open_workbook(path)),
            "  of this, read": lambda path=path: book_from_bytes(path.read_bytes(), ""),
            "  of this, calamine: the sheets read": partial(lay_out, path),
            "openpyxl.load_workbook": partial(openpyxl.load_workbook, path),
            "pandas.read_excel of the nine tables": partial(
                pandas.read_excel, path, sheet_name=names, header=None
            ),
        }
        print_table(f"validate one workbook: {title}", compare(ways))


def lay_out(path: Path) -> None:
    """What python-calamine alone needs for the sheets that are read: no check can be quicker."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
    for sheet in set(workbook.sheet_names) - load_inputs().sheets_not_read:
        workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def cold(folder: Path) -> None:
    """The command in a new process, next to one that only loads the nine tables with openpyxl.

    From a wheel: an editable install that may not write byte code compiles the package at every start.
    """
    plain = folder / "plain.xlsx"
    plain.write_bytes(export(liling()))

    def run(*command: str) -> Callable[[], object]:
        return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    load = f"import openpyxl; openpyxl.load_workbook({str(plain)!r})"
    ways = {
        "openpyxl.load_workbook of nine plain tables": run(sys.executable, "-c", load),
        "python -c pass": run(sys.executable, "-c", "pass"),
        "xlbudget validate, the template": run(str(PROGRAM), "validate", str(TEMPLATE)),
        "xlbudget validate, nine plain tables": run(str(PROGRAM), "validate", str(plain)),
        'python -c "import openpyxl"': run(sys.executable, "-c", "import openpyxl"),
        'python -c "import pandas"': run(sys.executable, "-c", "import pandas"),
    }
    print_table("cold process", compare(ways))


def without_derived(content: Content) -> Content:
    """A content as it is typed: nothing that follows from other figures."""
    book = book_from_bytes(export(content), "")[0]
    derived = derived_names(book)
    figures = {name: fen for name, fen in content.figures.items() if name not in derived}
    return content._replace(figures=figures)


def fill(folder: Path) -> None:
    """Filling and writing back, next to loading and saving without any work in between."""
    from xlbudget.template import build

    for title, data in (
        ("the template", build(without_derived(liling()))),
        ("nine plain tables", export(without_derived(liling()))),
    ):
        path = folder / "typed.xlsx"
        path.write_bytes(data)

        def load_and_save(path: Path = path) -> None:
            openpyxl.load_workbook(path).save(BytesIO())

        changed, filled = fill_workbook(open_workbook(path))
        ways: dict[str, Callable[[], object]] = {
            "xlbudget: read, fill, write back, read again": lambda path=path: fill_workbook(
                open_workbook(path)
            ),
            "openpyxl: load and save": load_and_save,
        }
        rows = compare(ways, rounds=7)
        note = f"; {changed.note}" if changed.note else ""
        print_table(f"fill: {title}, {len(filled.values)} cells filled{note}", rows)


def export_(_: Path) -> None:
    """The publication of the sample as Word, PDF and web page, after the first of each in the process."""
    tree = api.open(TEMPLATE).publication()
    ways: dict[str, Callable[[], object]] = {
        "HTML": partial(html.write, tree),
        "Word": partial(docx.write, tree),
        "  without asking for page numbers": partial(docx.write, tree, pages=[1] * 1000),
        "PDF": partial(pdf.write, tree),
    }
    print_table("the publication written", compare(ways, rounds=7))


def folder(place: Path, files: int = 1000) -> None:
    """A folder of workbooks on all cores, next to openpyxl reading some of them one by one."""
    plain = place / "plain"
    plain.mkdir()
    data = export(liling())
    for number in range(files):
        (plain / f"{number:04d}.xlsx").write_bytes(data)
    made = place / "made-up"
    made.mkdir()
    for seed in range(files):
        rng = random.Random(seed)
        content = publication(department(rng, rng.randint(12, 60)))
        (made / f"{seed:04d}.xlsx").write_bytes(export(content))
    copies = place / "template"
    copies.mkdir()
    for number in range(files):
        shutil.copyfile(TEMPLATE, copies / f"{number:04d}.xlsx")
    print(f"\na folder of {files} workbooks, {os.cpu_count()} cores")
    for title, where in (
        ("the sample, nine plain tables", plain),
        ("made-up, 12-60 科目, plain", made),
        ("the template", copies),
    ):
        some = sorted(where.iterdir())[:: max(1, files // 20)]
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(3):
            start = time.perf_counter()
            command = [str(PROGRAM), "validate", "--json", str(where)]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
            ours.append(files / (time.perf_counter() - start))
            start = time.perf_counter()
            for path in some:
                openpyxl.load_workbook(path)
            theirs.append(len(some) / (time.perf_counter() - start))
        mine, other = sorted(ours)[1], sorted(theirs)[1]
        print(
            f"  {title:<30}{mine:>8.0f} a second; openpyxl, one process, only reading {other:.0f}"
        )


BENCHMARKS: dict[str, Callable[[Path], None]] = {
    "validate": validate,
    "cold": cold,
    "fill": fill,
    "export": export_,
    "folder": folder,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--files", type=int, default=1000, help="workbooks in the folder")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in options.names or BENCHMARKS:
        with tempfile.TemporaryDirectory() as place:
            if name == "folder":
                folder(Path(place), options.files)
            else:
                BENCHMARKS[name](Path(place))


if __name__ == "__main__":
    main()
