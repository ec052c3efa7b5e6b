"""Many workbooks: one poisoned file costs itself alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xlbudget.batch import Result, in_order, run, workbooks_in


def _name(path: Path) -> str:
    if path.name == "poison.xlsx":
        os._exit(9)
    return path.name


def _raise(path: Path) -> str:
    raise RuntimeError(path.name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(40):
        (tmp_path / f"{number:02d}.xlsx").touch()
    return tmp_path


def test_every_file_gets_one_result(folder: Path) -> None:
    paths = workbooks_in(folder)
    assert sorted(r.value for r in run(_name, paths, processes=2)) == [p.name for p in paths]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_file_that_kills_its_worker_costs_that_file_alone(folder: Path, processes: int) -> None:
    (folder / "poison.xlsx").touch()
    results = list(run(_name, workbooks_in(folder), processes=processes))
    assert [r.path.name for r in results if r.error] == ["poison.xlsx"]
    assert len([r for r in results if r.value]) == 40


def test_a_bug_in_the_task_is_raised_not_reported_as_bad_data(folder: Path) -> None:
    with pytest.raises(RuntimeError):
        list(run(_raise, workbooks_in(folder), processes=2))


def test_lock_files_and_other_files_are_left_out(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.et", "~$a.xlsx", ".c.xlsx", "notes.txt"):
        (tmp_path / name).touch()
    assert [p.name for p in workbooks_in(tmp_path)] == ["a.xlsx", "b.et"]


def test_results_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("一.xlsx", "二.xlsx", "三.xlsx")]
    done = [Result(paths[number], number) for number in (2, 0, 1)]
    assert [result.value for result in in_order(done, paths)] == [0, 1, 2]
    assert [result.value for result in in_order(done[:2], paths)] == [0]
