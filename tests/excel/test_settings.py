"""The user's settings file: what the user had comes back unchanged."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from tests.excel.machines import MadeUp
from xlbudget.errors import UserError
from xlbudget.excel.settings import (
    Setting,
    interpreter_value,
    read_settings,
    with_interpreter,
    without_interpreter,
    written,
)

KEY = "INTERPRETER_WIN"


def test_the_other_settings_stay() -> None:
    before = [Setting("SHOW CONSOLE", "True"), Setting(KEY, "old")]
    after = with_interpreter(before, KEY, "ours")
    assert after == [Setting("SHOW CONSOLE", "True"), Setting(KEY, "ours")]
    assert with_interpreter(after, KEY, "ours") == after
    assert without_interpreter(after, KEY, "ours") == [Setting("SHOW CONSOLE", "True")]


def test_another_interpreter_set_later_stays() -> None:
    later = [Setting(KEY, "theirs")]
    assert without_interpreter(later, KEY, "ours") == later


def test_written_settings_are_read_back(tmp_path: Path) -> None:
    settings = [Setting("PYTHONPATH", r"C:\程序, 一"), Setting(KEY, r"C:\a b\python.exe")]
    path = tmp_path / "xlbudget.conf"
    path.write_bytes(written(settings, "gbk"))
    assert read_settings(path, "gbk") == settings
    assert read_settings(tmp_path / "none.conf", "gbk") == []


def test_a_path_that_the_code_page_lacks_is_named() -> None:
    with pytest.raises(UserError, match="🐼"):
        written([Setting(KEY, "C:\\🐼\\python.exe")], "gbk")


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "xlbudget.conf"
    path.write_bytes(b"\xff\xff\xff")
    with pytest.raises(UserError, match=r"xlbudget\.conf"):
        read_settings(path, "gbk")


def test_the_interpreter_is_named_by_the_folder_windows_knows(tmp_path: Path) -> None:
    machine = MadeUp(tmp_path)
    assert interpreter_value(machine) == r"%LOCALAPPDATA%\xlbudget\env\python.exe"
    assert PureWindowsPath(interpreter_value(machine)).name == "python.exe"
    machine.interpreter = Path("/opt/python")
    assert interpreter_value(machine) == "/opt/python"
