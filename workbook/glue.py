"""xlwings' VBA modules as they go into our files: from the installed package, with our changes.

xlwings is distributed under a BSD licence, its Dictionary class under MIT (LICENSES.txt).
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from workbook.project import Module

FUNCTIONS = "xlbudget.excel.functions"
"""Where the functions in cells are written."""
_HERE = Path(__file__).resolve().parent
_HIDE = "Option Private Module\n"  # or its functions stand in every user's function wizard

# Each text must stand in the glue exactly once: a new xlwings that says otherwise stops the build.
_CHANGES = (
    ('Attribute VB_Name = "xlwings"\n', f'Attribute VB_Name = "xlwings"\n{_HIDE}'),
    # Errors become our message in Chinese, and the log stays where the message says it is.
    (
        'MsgBox "Could not find Interpreter!", vbCritical',
        'ShowFailure "INTERPRETER: " & PYTHON_WIN',
    ),
    (
        "MsgBox \"To enable RunPython, please run 'xlwings runpython install' in a terminal once "
        'and try again.", vbCritical',
        'ShowFailure "xlwings runpython install"',
    ),
    ('MsgBox Content, vbCritical, "Error"', "ShowFailure Content, FileName"),
    (
        "            Content = Content & vbCrLf\n"
        '            Content = Content & "Press Ctrl+C to copy this message to the clipboard."\n'
        "    \n"
        '            WScript.Popup Content, AUTO_DISMISS, "Error", OK_BUTTON_ERROR\n',
        "            ShowFailure Content, FileName\n",
    ),
    (
        "        ExecuteWindows = -1\n    End If\n",
        "        ExecuteWindows = -1\n        Exit Function\n    End If\n",
    ),
)
_PROJECT_NAMES = {"xlwings.bas": "xlwings", "xlwings_custom_addin.bas": "myaddin"}


def glue_modules(*, addin: bool) -> list[Module]:
    """The modules of xlwings: RunPython, its dictionary for macOS, and our functions' wrappers."""
    folder = _package()
    source = "xlwings_custom_addin.bas" if addin else "xlwings.bas"
    constant = 'Public Const PROJECT_NAME As String = "{}"\n'
    text = _changed(
        _text(folder / source),
        (*_CHANGES, (constant.format(_PROJECT_NAMES[source]), constant.format("xlbudget"))),
    )
    modules = [
        Module("xlwings", "standard", text),
        Module("Dictionary", "class", _text(folder / "addin" / "Dictionary.cls")),
    ]
    wrappers = functions().addin if addin else functions().book
    if wrappers:
        modules.append(Module("xlwings_udfs", "standard", wrappers))
    return modules


class Functions(NamedTuple):
    """The functions in cells: their module for the workbook and for the add-in, empty if there are
    none; for each its name, description, category and the arguments' descriptions joined by ``|``."""

    book: str
    addin: str
    rows: tuple[tuple[str, str, str, str], ...]


@lru_cache(maxsize=1)
def functions() -> Functions:
    """The functions in cells, by xlwings' own generator."""
    if find_spec(FUNCTIONS) is None:
        return Functions("", "", ())
    # In a process of its own: it stands in for Windows' modules.
    done = subprocess.run(
        [sys.executable, _HERE / "wrappers.py", FUNCTIONS],
        check=True,
        stdout=subprocess.PIPE,
        encoding="ascii",
    )
    found = json.loads(done.stdout)
    return Functions(found["book"], found["addin"], tuple(map(tuple, found["rows"])))


def _package() -> Path:
    import xlwings

    if xlwings.__pro__:
        raise RuntimeError("the files are to be built without xlwings PRO")
    return Path(xlwings.__file__).parent


def _text(path: Path) -> str:
    return path.read_bytes().decode("ascii").replace("\r\n", "\n")


def _changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(
                f"xlwings' glue has changed: {old!r} stands in it {text.count(old)} times"
            )
        text = text.replace(old, new)
    return text
