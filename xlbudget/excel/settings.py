"""The user's settings file: where the ribbon's buttons find the interpreter.

It is read by xlwings' glue in our workbooks, under our own name, so that an office's own xlwings
settings and ours do not meet.  One line per setting, ``"NAME","value"``, as VBA's ``Write #`` and ``Input #`` have it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import UserError
from .machine import Machine


class Setting(NamedTuple):
    name: str
    value: str


def settings_file(machine: Machine) -> Path:
    """Where the buttons look for the user's settings.

    Source: xlwings.bas, GetConfigFilePath, with our project's name.
    """
    if machine.kind == "mac":
        return machine.home / "Library/Containers/com.microsoft.Excel/Data/xlbudget.conf"
    return machine.home / ".xlbudget" / "xlbudget.conf"


def interpreter_key(machine: Machine) -> str:
    """The setting that names the interpreter on this kind of machine."""
    return "INTERPRETER_MAC" if machine.kind == "mac" else "INTERPRETER_WIN"


def interpreter_value(machine: Machine) -> str:
    """The interpreter as the settings name it.

    Below a folder that Windows knows by a variable, by that: a user's name outside the machine's
    code page then does no harm.
    """
    path = machine.interpreter
    if machine.kind == "windows":
        for variable in ("LOCALAPPDATA", "APPDATA", "USERPROFILE"):
            folder = machine.variables.get(variable)
            if folder and path.is_relative_to(folder):
                rest = str(path.relative_to(folder)).replace("/", "\\")
                return f"%{variable}%\\{rest}"
    return str(path)


def read_settings(path: Path, encoding: str) -> list[Setting]:
    """The settings in a file; none where there is no file.  Raises UserError."""
    try:
        text = path.read_bytes().decode(encoding)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"读不了设置文件“{path}”；请把它改名后再试，原内容不会丢失。") from error
    rows = csv.reader(io.StringIO(text))
    return [Setting(row[0], row[1]) for row in rows if len(row) > 1]


def written(settings: Sequence[Setting], encoding: str) -> bytes:
    """The settings as a file.  Raises UserError for a path the machine's code page lacks."""
    lines = [f'"{name}","{value}"\r\n' for name, value in settings]
    try:
        return "".join(lines).encode(encoding)
    except UnicodeEncodeError as error:
        raise UserError(
            f"Python 的安装路径里有本机编码写不出的字“{error.object[error.start : error.end]}”，"
            "Excel 会找不到它；请把 Python 装到只含英文和数字的文件夹。"
        ) from error


def with_interpreter(settings: Sequence[Setting], key: str, value: str) -> list[Setting]:
    """The settings with our interpreter; the others stay as they are."""
    return [*(s for s in settings if s.name != key), Setting(key, value)]


def without_interpreter(settings: Sequence[Setting], key: str, value: str) -> list[Setting]:
    """The settings without our interpreter; another one set since then stays."""
    return [s for s in settings if s != (key, value)]
