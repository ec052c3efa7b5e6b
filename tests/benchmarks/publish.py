"""What a publication costs as PDF and Word, next to LibreOffice and python-docx.

``python -m tests.benchmarks.publish``; ratios within one run, as everywhere here.
"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import docx as python_docx

from tests.benchmarks.measure import Row, compare, print_table
from xlbudget.files.workbook import open_workbook
from xlbudget.publish import docx, pdf
from xlbudget.publish.document import Publication, Table
from xlbudget.publish.page_layout import grid
from xlbudget.publish.publication import publication

SAMPLE = Path(__file__).parents[2] / "samples" / "醴陵市人民政府办公室-2024.xlsx"
WRITE = "import pickle, sys; from xlbudget.publish import {0}; {0}.write(pickle.load(open(sys.argv[1], 'rb')))"


def by_table_cell(found: Publication) -> bytes:
    """The nine tables through python-docx's own table API, without widths, links or styles."""
    document = python_docx.Document()
    for table in found.blocks():
        if isinstance(table, Table):
            made = document.add_table(len(table.rows), len(table.widths))
            for number, row in enumerate(grid(table)):
                for column, cell, covered in row:
                    if not covered:
                        made.cell(number, column).text = cell.text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def cold(folder: Path, found: Publication) -> list[Row]:
    """New processes: the writers, and LibreOffice with a profile that is there already."""
    tree = folder / "publication.pickle"
    tree.write_bytes(pickle.dumps(found))
    word = folder / "publication.docx"
    word.write_bytes(docx.write(found))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]

    def run(*command: str) -> Callable[[], object]:
        return partial(subprocess.run, command, capture_output=True, check=True)

    return compare(
        {
            "PDF": run(sys.executable, "-c", WRITE.format("pdf"), str(tree)),
            "Word": run(sys.executable, "-c", WRITE.format("docx"), str(tree)),
            "soffice --convert-to pdf of the Word file": run(*office, str(word)),
            "python -c pass": run(sys.executable, "-c", "pass"),
        },
        rounds=5,
    )


def main() -> None:
    found = publication(open_workbook(SAMPLE).book)
    headings = len(pdf.page_numbers(found))
    with tempfile.TemporaryDirectory() as place:
        print_table("the sample's publication, cold process", cold(Path(place), found))
    ways: dict[str, Callable[[], object]] = {
        "Word, page numbers given": partial(docx.write, found, pages=[1] * headings),
        "Word": partial(docx.write, found),
        "PDF": partial(pdf.write, found),
        "python-docx, table.cell, the tables alone": partial(by_table_cell, found),
    }
    print_table("the same, in process", compare(ways, rounds=3))


if __name__ == "__main__":
    main()
