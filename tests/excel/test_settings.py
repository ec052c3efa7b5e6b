"""The user's settings file: what the user had comes back unchanged."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.excel.machines import MadeUp
from xlbudget.excel.settings import (
    Setting,
    interpreter_value,
    read_settings,
    with_interpreter,
    without_interpreter,
    written,
)
from xlbudget.files.errors import UserError

KEY = "INTERPRETER_WIN"
_TEXT = st.text(st.characters(blacklist_characters='"\r\n\0', blacklist_categories=["Cs"]))


@given(
    st.lists(st.builds(Setting, st.sampled_from(["PYTHONPATH", KEY, "SHOW CONSOLE"]), _TEXT),
             unique_by=lambda setting: setting.name)
)  # fmt: skip
def test_uninstalling_restores_what_was_there(before: list[Setting]) -> None:
    ours = "%LOCALAPPDATA%\\xlbudget\\env\\Scripts\\python.exe"
    after = with_interpreter(before, KEY, ours)
    assert [s.value for s in after if s.name == KEY] == [ours]
    assert sorted(without_interpreter(after, KEY, ours)) == sorted(before)
    assert with_interpreter(after, KEY, ours) == after


def test_another_interpreter_set_later_stays() -> None:
    after = with_interpreter([], KEY, "ours")
    later = [Setting(KEY, "theirs") if s.name == KEY else s for s in after]
    assert without_interpreter(later, KEY, "ours") == [Setting(KEY, "theirs")]


def test_written_settings_are_read_back(tmp_path: Path) -> None:
    settings = [Setting("PYTHONPATH", r"C:\程序, 一"), Setting(KEY, r"C:\a b\python.exe")]
    path = tmp_path / "xlwings.conf"
    path.write_bytes(written(settings, "gbk"))
    assert read_settings(path, "gbk") == settings
    assert read_settings(tmp_path / "none.conf", "gbk") == []


def test_a_path_that_the_code_page_lacks_is_named() -> None:
    with pytest.raises(UserError, match="🐼"):
        written([Setting(KEY, "C:\\🐼\\python.exe")], "gbk")


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "xlwings.conf"
    path.write_bytes(b"\xff\xff\xff")
    with pytest.raises(UserError, match=r"xlwings\.conf"):
        read_settings(path, "gbk")


def test_the_interpreter_is_named_by_the_folder_windows_knows(tmp_path: Path) -> None:
    machine = MadeUp(tmp_path)
    assert interpreter_value(machine) == r"%LOCALAPPDATA%\xlbudget\env\python.exe"
    assert PureWindowsPath(interpreter_value(machine)).name == "python.exe"
    machine.interpreter = Path("/opt/python")
    assert interpreter_value(machine) == "/opt/python"
