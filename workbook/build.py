"""Build the template workbooks and the add-in; run from the repository: ``python workbook/build.py``.

The files are reproducible: a test builds them again and compares every byte.
"""

from __future__ import annotations

import csv
import io
import sys
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # run as a script
    sys.path.insert(0, str(HERE.parent))

from xlsxwriter import Workbook  # noqa: E402

from workbook.customui import custom_ui  # noqa: E402
from workbook.glue import functions, glue_modules  # noqa: E402
from workbook.lint import faults  # noqa: E402
from workbook.project import Module, vba_project  # noqa: E402
from xlbudget.model.content import Content  # noqa: E402
from xlbudget.model.forms import DEFAULT_EDITION, editions  # noqa: E402
from xlbudget.model.inputs import load_inputs  # noqa: E402
from xlbudget.ooxml.package import Package  # noqa: E402
from xlbudget.template import CREATED, Macros, build  # noqa: E402
from xlbudget.template.macros import (  # noqa: E402
    load_settings,
    with_ribbon,
    write_settings,
)

PARTS = HERE.parent / "xlbudget" / "template" / "ribbon"
"""Where an installed package finds what makes a workbook macro-enabled, and the add-in."""
_WORKBOOK_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"


def modules(sheets: int, *, addin: bool) -> list[Module]:
    """The VBA modules of a workbook with so many sheets: its own, ours, xlwings'."""
    text = {path.name: path.read_text("ascii") for path in (HERE / "vba").iterdir()}
    empty = text["Sheet.cls"]
    return [
        Module("ThisWorkbook", "workbook", text["ThisWorkbook.cls"]),
        *(
            Module(f"Sheet{n}", "worksheet", empty.replace('"Sheet"', f'"Sheet{n}"'))
            for n in range(1, sheets + 1)
        ),
        Module("XlBudget", "standard", text["XlBudget.bas"]),
        *glue_modules(addin=addin),
    ]


def macros(sheets: int, *, addin: bool) -> Macros:
    """What makes a workbook with so many sheets, or the add-in, work."""
    name = "XlBudgetAddin" if addin else "XlBudgetBook"
    return Macros(
        vba_project(name, modules(sheets, addin=addin)),
        custom_ui(addin=addin),
        load_settings(),
        functions().rows,
    )


def addin() -> bytes:
    """The add-in: the ribbon and the functions for workbooks that are not ours."""
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True})
    # What Excel shows in its list of add-ins.
    workbook.set_properties(
        {
            "title": "xlbudget 部门决算公开",
            "author": "xlbudget",
            "comments": "校验、填充九张决算公开表，生成决算说明。",
            "created": CREATED,
        }
    )
    parts = macros(1, addin=True)
    write_settings(workbook.add_worksheet(load_inputs().settings_sheet), parts)
    workbook.add_vba_project(BytesIO(parts.project), is_stream=True)
    workbook.close()
    data = with_ribbon(buffer.getvalue(), parts.ribbon)
    types = "[Content_Types].xml"
    changed = Package(data).read(types).replace(_WORKBOOK_TYPE, _ADDIN_TYPE)
    return Package(data).rewritten({types: changed})


def built() -> dict[Path, bytes]:
    """Every file that is built here, by its place."""
    plain = build(Content())
    # The settings sheet is one more.
    parts = macros(len(Package(plain).sheets) + 1, addin=False)
    table = io.StringIO()
    add_in = addin()
    csv.writer(table, lineterminator="\n").writerows(parts.functions)
    return {
        HERE / "xlbudget.xlsx": plain,
        **{
            HERE / f"xlbudget-{edition_id}.xlsx": build(Content(edition=edition_id))
            for edition_id in editions()
            if edition_id != DEFAULT_EDITION
        },
        HERE / "xlbudget.xlsm": build(Content(), macros=parts),
        HERE / "xlbudget.xlam": add_in,
        PARTS / "xlbudget.xlam": add_in,
        PARTS / "vbaProject.bin": parts.project,
        PARTS / "customUI.xml": parts.ribbon,
        PARTS / "functions.csv": table.getvalue().encode(),
    }


def main() -> int:
    """Write the files; nothing is written when Excel would find one of them damaged."""
    files = built()
    wrong = [
        f"{path.name}: {fault}"
        for path, data in files.items()
        if path.suffix.startswith(".xl")
        for fault in faults(data)
    ]
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    for path, data in files.items():
        path.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
