"""Golden files: compared, written anew on request, strays removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import Golden


def test_a_text_that_differs_from_its_golden_file_fails(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一\n", encoding="utf-8")
    Golden().check(tmp_path, "a.txt", "一\n")
    with pytest.raises(AssertionError):
        Golden().check(tmp_path, "a.txt", "二\n")


def test_a_missing_golden_file_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="--update"):
        Golden().check(tmp_path, "a.txt", "一\n")


def test_updating_writes_files_and_removes_those_nobody_asked_for(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("旧", encoding="utf-8")
    golden = Golden(update=True)
    golden.check(tmp_path, "new.txt", "新\n")
    assert [path.name for path in golden.remove_strays()] == ["old.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["new.txt"]
