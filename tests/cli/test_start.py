"""What a command loads: the heavy packages only where they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from xlbudget.cli import run
from xlbudget.cli import validate as validate_command
from xlbudget.model.codes import economic_codes, function_codes
from xlbudget.model.forms import editions as packaged

SAMPLE = Path(__file__).parents[2] / "samples" / "醴陵市人民政府办公室-2024.xlsx"
HEAVY = {"pandas", "numpy", "openpyxl", "highspy", "typst", "xlwings", "pylopdf_fonts_zh_cn"}
UNUSED = {"bz2", "csv", "lzma", "shutil", "tempfile", "tomllib", "zipfile"}
"""Of the standard library, what only other commands need: together a tenth of a check's time."""

_LOADED = """
import json, sys
from xlbudget.cli import run
from xlbudget.model.codes import economic_codes, function_codes
from xlbudget.model.forms import editions as packaged
status = run(sys.argv[1:])
print(json.dumps([status, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded(*arguments: str) -> tuple[int, set[str]]:
    """A command's exit status and the packages that a fresh Python has loaded after it."""
    command = [sys.executable, "-c", _LOADED, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    status, names = json.loads(done.stdout.splitlines()[-1])
    return status, set(names)


def test_validating_a_clean_workbook_loads_none_of_the_heavy_packages() -> None:
    status, names = loaded("validate", str(SAMPLE))
    assert status == 0
    assert names & HEAVY == set()
    assert names & UNUSED == set()


def test_filling_and_narrating_load_none_of_them_either(tmp_path: Path) -> None:
    for command in ("fill", "narrate"):
        _, names = loaded(command, str(SAMPLE), "-o", str(tmp_path / f"{command}.xlsx"))
        assert names & HEAVY == set(), command


def test_a_bug_of_ours_is_one_sentence_and_a_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "xlbudget.cli.listing", None)
    monkeypatch.setattr("xlbudget.log.log_folder", lambda: tmp_path)
    assert run(["rules"]) == 2
    said = capsys.readouterr().err
    assert "程序出了意外的错误（ModuleNotFoundError），没有做完" in said
    assert str(tmp_path / "xlbudget.log") in said
    assert "Traceback" in (tmp_path / "xlbudget.log").read_text("utf-8")


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_bug_in_one_workbook_costs_that_workbook(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
) -> None:
    """Workers are forked, so they have what is patched here."""
    if sys.platform != "linux":
        pytest.skip("workers are started anew on this system")
    for name in ("甲.xlsx", "乙.xlsx", "丙.xlsx"):
        (tmp_path / name).write_bytes(b"PK")
    checked = validate_command._checked

    def bug(path: Path, *rest: object) -> object:
        if path.name == "乙.xlsx":
            raise ZeroDivisionError
        return checked(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(validate_command, "_checked", bug)
    monkeypatch.setattr("xlbudget.log.log_folder", lambda: tmp_path / "日志")
    assert run(["validate", str(tmp_path), *more]) == 2
    said = capsys.readouterr()
    assert "乙.xlsx”处理时程序出了意外的错误，已跳过" in said.out
    assert "甲.xlsx" in said.out
    assert "丙.xlsx" in said.out
    assert str(tmp_path / "日志" / "xlbudget.log") in said.err
    assert "ZeroDivisionError" in (tmp_path / "日志" / "xlbudget.log").read_text("utf-8")


def test_the_version_says_editions_and_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--version"])
    assert ended.value.code == 0
    first, editions, function, economic, year = capsys.readouterr().out.splitlines()
    assert first == f"xlbudget {version('xlbudget')}"
    assert all(name in editions for name in packaged())
    assert f"功能分类{len(function_codes())}个" in function
    assert f"支出经济分类{len(economic_codes())}个" in economic
    assert year == "科目代码核对到2025年"
