"""LibreOffice as a second opinion: recalculate workbooks and read what their cells then hold."""

from __future__ import annotations

import math
import subprocess
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineWorkbook

Cells = dict[str, list[list[object]]]

# LibreOffice trusts the values in the file unless it is told to calculate always (0).
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculated(
    workbooks: dict[str, bytes], folder: Path, *, macros: bool = False
) -> dict[str, bytes]:
    """The workbooks after LibreOffice has calculated every formula anew, by the same names.

    With ``macros`` they are .xlsm files, and saved as such.
    """
    suffix, to = ("xlsm", "xlsm:Calc MS Excel 2007 VBA XML") if macros else ("xlsx", "xlsx")
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    sources = []
    for index, data in enumerate(workbooks.values()):
        path = folder / f"book{index}.{suffix}"
        path.write_bytes(data)
        sources.append(str(path))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", to, "--outdir", str(folder / "out"), *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return {
        name: (folder / "out" / f"book{index}.{suffix}").read_bytes()
        for index, name in enumerate(workbooks)
    }


def cells_of(data: bytes) -> Cells:
    """Sheet → rows of cells, from A1 on."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    return {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    }


def differences(old: Cells, new: Cells) -> list[str]:
    """``sheet!row,column: old → new`` for every cell that differs beyond float noise."""
    found = []
    for sheet, rows in old.items():
        other = new[sheet]
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                now = other[i][j] if i < len(other) and j < len(other[i]) else ""
                if not _same(value, now):
                    found.append(f"{sheet}!{i + 1},{j + 1}: {value!r} → {now!r}")
    return found


def _same(old: object, new: object) -> bool:
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    if numbers and not isinstance(old, bool):
        # Excel and LibreOffice keep 15 digits; a helper of 图表 adds less than 1 分 to an amount.
        return math.isclose(old, new, rel_tol=1e-14, abs_tol=1e-9)  # type: ignore[arg-type]
    return old == new
