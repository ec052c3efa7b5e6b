"""The shipped VBA in pyOpenVBA's interpreter: what a click runs, as far as Windows itself.

The command line that xlwings' glue would hand to cmd.exe is taken apart and its Python run in this
process, with xlwings' Windows engine on the same in-memory Excel.
"""

from __future__ import annotations

import io
import re
import sys
import traceback
import xml.etree.ElementTree as ET
import zipfile
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyopenvba
from pyopenvba.apps.excel._model import Application, Range
from pyopenvba.interpreter import _values
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method
from pyopenvba.interpreter._values import VBAInt, error

from tests.excel.office import Office

PYTHON = r"C:\Users\会计\AppData\Local\xlbudget\python\python.exe"
ENVIRONMENT = {
    "TEMP": r"C:\Temp",
    "USERPROFILE": r"C:\Users\会计",
    "LOCALAPPDATA": r"C:\Users\会计\AppData\Local",
}
_COMMAND = re.compile(
    r'cmd\.exe /C (?P<before>.*?)(?P<python>python|"[^"]+") -B -c "(?P<code>.*)"  '
    r'--wb="(?P<wb>.*?)" --from_xl=1 --app="(?P<app>.*?)" --hwnd="(?P<hwnd>.*?)" 2> "(?P<log>.*?)" '
)


class Desk:
    """A workbook with macros open in Excel on a Windows of which only a few files are there.

    ``files`` maps lower-case Windows paths to texts, ``commands`` are the command lines run,
    ``boxes`` what VBA's own message boxes said.
    """

    def __init__(self, macros: Path, *, active: Path | None = None) -> None:
        self.office = Office(macros)
        self.files = {PYTHON.lower(): ""}
        self.commands: list[str] = []
        if active is not None:
            self.office.open_beside(active)
        self._prepare(macros)

    @property
    def boxes(self) -> list[str]:
        return [entry[1] for entry in self.office.excel.dialogs]

    def configure(self, key: str, value: str) -> None:
        """A line of the user's own configuration file."""
        path = rf"{ENVIRONMENT['USERPROFILE']}\.xlbudget\xlbudget.conf".lower()
        self.files[path] = self.files.get(path, "") + f'"{key}","{value}"\r\n'

    def click(self, button: ET.Element) -> None:
        """What Excel does when a button of the ribbon is clicked."""
        self.office.excel.run(button.attrib["onAction"], _Control(button.attrib))

    # ---------------------------------------------------------------- Windows

    def _prepare(self, macros: Path) -> None:
        excel = self.office.excel
        table = dict(excel.interpreter._intrinsics)
        table["getattr"] = lambda _, args, named: self._attributes(str(args[0]))
        table["environ"] = lambda _, args, named: ENVIRONMENT.get(str(args[0]).upper(), "")
        excel.interpreter._intrinsics = table
        host = excel.interpreter.host
        create = host.create
        ours = {"wscript.shell": _Shell, "test.files": _Files}
        host.create = lambda name: (
            ours[name.lower()](self) if name.lower() in ours else create(name)
        )
        book = excel.workbooks()[0]
        documents = {book.code_name.lower(), *(s.code_name.lower() for s in book.sheets_)}
        with pyopenvba.ExcelFile(macros) as file:
            for module in file.vba_project().modules:
                kind = "standard" if module.kind.name == "standard" else "class"
                if module.name.lower() in documents:
                    kind = "document"
                excel.add_module(_readable(module.source), name=module.name, kind=kind)

    def _attributes(self, path: str) -> VBAInt:
        if path.lower() in self.files:
            return VBAInt(32, "Integer")
        raise error(53, "File not found")

    def run_command(self, command: str) -> int:
        """cmd.exe: the exit status; what Python wrote to standard error is in its log file."""
        self.commands.append(command)
        match = _COMMAND.fullmatch(command)
        assert match, command
        code = match["code"].replace('\\"', '"')
        argv = ["-c", f"--wb={match['wb']}", "--from_xl=1", f"--hwnd={match['hwnd']}"]
        before = sys.argv, list(sys.path)
        sys.argv = argv
        written = io.StringIO()
        try:
            with redirect_stderr(written):
                exec(compile(code, "<RunPython>", "exec"), {})
        except (Exception, SystemExit):  # noqa: BLE001  whatever Python dies of is in its log
            written.write(traceback.format_exc())
            self.files[match["log"].lower()] = written.getvalue()
            return 1
        finally:
            sys.argv, sys.path[:] = before[0], before[1]
        return 0


def buttons(path: Path) -> list[ET.Element]:
    """The buttons of the ribbon that the file carries, in order."""
    with zipfile.ZipFile(path) as package:
        relations = package.read("_rels/.rels").decode()
        found = re.search(r'relationships/ui/extensibility" Target="([^"]+)"', relations)
        assert found
        root = ET.fromstring(package.read(found[1]))
    return [element for element in root.iter() if "onAction" in element.attrib]


def _readable(source: str) -> str:
    """The module as pyOpenVBA can run it: file statements go to the files of the desk."""
    source = re.sub(r"(?m)^([ \t]*#[^'\r\n]*?)[ \t]*'[^\r\n]*", r"\1", source)
    source = re.sub(r"(?m)^(\s*)Kill (\w+)", r'\1CreateObject("Test.Files").Kill \2', source)
    for name, body in _REPLACED.items():
        source = re.sub(rf"(?ms)^Function {name}\(.*?^End Function", body, source)
    return source


_REPLACED = {
    "ReadFile": """Function ReadFile(ByVal FileName As String)
    ReadFile = CreateObject("Test.Files").Read(FileName)
End Function""",
    "GetConfigFromFile": """Function GetConfigFromFile(sFile As String, sName As String, Optional sValue As String) As Boolean
    sValue = CreateObject("Test.Files").Setting(sFile, sName)
    GetConfigFromFile = (sValue <> "")
End Function""",
}


class _Control(VBAObject):
    vba_type_name = "IRibbonControl"

    def __init__(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes

    @member
    def Tag(self) -> object:
        return self._attributes.get("tag", "")

    @member
    def Id(self) -> object:
        return self._attributes.get("id", "")


class _Shell(VBAObject):
    vba_type_name = "WshShell"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @method
    def ExpandEnvironmentStrings(self, Source: object) -> object:
        return re.sub(r"%([^%]+)%", lambda m: ENVIRONMENT.get(m[1].upper(), m[0]), str(Source))

    @method
    def Run(self, Command: object, WindowStyle: object = 0, WaitOnReturn: object = False) -> object:
        return VBAInt(self._desk.run_command(str(Command)), "Long")


class _Files(VBAObject):
    vba_type_name = "Files"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @method
    def Kill(self, Name: object) -> object:
        self._desk.files.pop(str(Name).lower(), None)
        return None

    @method
    def Setting(self, Name: object, Key: object) -> object:
        text = self._desk.files.get(str(Name).lower(), "")
        found = re.search(rf'(?im)^"{re.escape(str(Key))}","(.*)"', text)
        return found[1] if found else ""

    @method
    def Read(self, Name: object) -> object:
        return self._desk.files.get(str(Name).lower(), "")


_order = _values._order


def _as_truth(value: Any) -> Any:
    return (
        {"true": True, "false": False}.get(value.lower(), value)
        if isinstance(value, str)
        else value
    )


def _ordered(left: Any, right: Any, *, text_compare: bool) -> Any:
    """VBA compares a text with a truth value as truth values; pyOpenVBA does not."""
    if isinstance(left, bool) != isinstance(right, bool):
        left, right = _as_truth(left), _as_truth(right)
    return _order(left, right, text_compare=text_compare)


_global_range = Application._vba_members["range"]


def _range(self: Any, first: object, last: object) -> object:
    """Range(…) of two cells is on their sheet, whichever is active; pyOpenVBA takes the active one."""
    assert _global_range.getter is not None
    if isinstance(first, Range):
        return first.sheet.vba_get("Range", [first, last])
    return _global_range.getter(self, first, last)


_values._order = _ordered
Application._vba_members["range"] = replace(_global_range, getter=_range)
Application._vba_members["path"] = MemberSpec(
    "Path", "property", lambda self: r"C:\Program Files\Microsoft Office\root\Office16"
)
