"""The user's settings file of xlwings: where Excel finds the interpreter.

One line per setting, ``"NAME","value"``, as VBA's ``Write #`` and ``Input #`` have it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..files.errors import UserError
from .machine import Machine

KEEP = "XLBUDGET_BEFORE"
"""The interpreter that the user had set before us; uninstalling puts it back."""


class Setting(NamedTuple):
    name: str
    value: str


def settings_file(machine: Machine) -> Path:
    """Where xlwings' VBA looks for the user's settings.

    Source: xlwings.bas, GetConfigFilePath.
    """
    if machine.kind == "mac":
        return machine.home / "Library/Containers/com.microsoft.Excel/Data/xlwings.conf"
    return machine.home / ".xlwings" / "xlwings.conf"


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
        raise UserError(
            f"读不了 xlwings 的设置文件“{path}”；请把它改名后再试，原内容不会丢失。"
        ) from error
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
    """The settings with our interpreter; what the user had set is kept beside it."""
    before = [s.value for s in settings if s.name == key and s.value != value]
    kept = [s for s in settings if s.name not in (key, KEEP)]
    keep = [s for s in settings if s.name == KEEP] or [Setting(KEEP, v) for v in before[:1]]
    return [*kept, *keep, Setting(key, value)]


def without_interpreter(settings: Sequence[Setting], key: str, value: str) -> list[Setting]:
    """The settings as they were before us; another interpreter set since then stays."""
    before = [s.value for s in settings if s.name == KEEP]
    result = []
    for setting in settings:
        if setting.name == KEEP:
            continue
        if setting == (key, value):
            if before:
                result.append(Setting(key, before[0]))
            continue
        result.append(setting)
    return result
