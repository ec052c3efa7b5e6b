"""Where results are written: never over an input file, and one sentence where it cannot be done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from xlbudget.cli import run

SAMPLES = Path(__file__).parents[2] / "xlbudget" / "samples"
COMMANDS = {
    "fill": ("fill", "-o"), "narrate": ("narrate", "-o"), "convert": ("convert", "-o"),
    "export": ("export", "-o"), "import": ("import", "-o"), "figures": ("figures", "-o"),
    "validate --html": ("validate", "--html"), "validate --xlsx": ("validate", "--xlsx"),
}  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "甲" / "样例.xlsx"
    path.parent.mkdir()
    path.write_bytes((SAMPLES / "sample.xlsx").read_bytes())
    return path


def _same(path: Path) -> Path:
    return path


def _other_spelling(path: Path) -> Path:
    return path.parent / ".." / path.parent.name / path.name


def _relative(path: Path) -> Path:
    return Path(os.path.relpath(path))


def _symbolic_link(path: Path) -> Path:
    link = path.with_name("软链接.xlsx")
    link.symlink_to(path)
    return link


def _hard_link(path: Path) -> Path:
    link = path.with_name("硬链接.xlsx")
    link.hardlink_to(path)
    return link


SPELLINGS = [_same, _other_spelling, _relative, _symbolic_link, _hard_link]


def _refused(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Status 2 and one Chinese sentence; nothing written or changed in the folder."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert out == ""
    assert err.count("\n") == 1
    assert err.endswith("。\n")
    return err


@pytest.mark.parametrize("spelled", SPELLINGS, ids=lambda make: make.__name__.strip("_"))
@pytest.mark.parametrize("command", COMMANDS)
def test_an_input_file_is_never_the_target(
    command: str,
    spelled: Callable[[Path], Path],
    source: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, option = COMMANDS[command]
    err = _refused([name, str(source), option, str(spelled(source))], source.parent, capsys)
    if name not in (
        "export",
        "import",
        "figures",
    ):  # refused by its extension, or because it is there
        assert "就是原文件" in err


def test_a_workbook_of_the_folder_that_is_checked_is_never_the_target(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["validate", str(source.parent), "--xlsx", str(source)]
    assert "就是原文件" in _refused(arguments, source.parent, capsys)


def test_a_list_in_the_folder_is_written_again(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["validate", str(source.parent), "--xlsx", str(source.with_name("清单.xlsx"))]
    assert run(arguments) == 0
    assert run(arguments) == 0
    assert "读不了" in capsys.readouterr().out
    assert source.read_bytes() == (SAMPLES / "sample.xlsx").read_bytes()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_folder_is_said(
    command: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, option = COMMANDS[command]
    target = source.parent / "没有" / f"出{_extension(name)}"
    err = _refused([name, str(source), option, str(target)], source.parent, capsys)
    assert "不存在" in err
    assert not target.parent.exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_is_no_target(
    command: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, option = COMMANDS[command]
    target = source.parent / f"文件夹{_extension(name)}"
    target.mkdir()
    err = _refused([name, str(source), option, str(target)], source.parent, capsys)
    assert "是文件夹" in err


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "validate --html"])
@pytest.mark.parametrize("extension", ["", ".txt", ".xlsb"])
def test_another_extension_is_refused(
    command: str, extension: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, option = COMMANDS[command]
    target = source.with_name(f"出{extension}")
    err = _refused([name, str(source), option, str(target)], source.parent, capsys)
    assert "扩展名要是" in err


def _extension(command: str) -> str:
    return {"export": ".html", "figures": ".csv"}.get(command, ".xlsx")
