"""Many workbooks: whatever a file does to the program, it costs that file alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from xlbudget import batch
from xlbudget.batch import Result, in_order, run, workbooks_in

FILES = 24
linux = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc of Linux")


def _name(path: Path) -> str:
    return path.name


def _die(path: Path, poison: str) -> str:
    """Dies while it is at the poisoned file."""
    if path.name == poison:
        os._exit(9)
    return path.name


def _die_afterwards(path: Path, poison: str) -> str:
    """Dies a moment after it has delivered the poisoned file's result, once."""
    mark = path.with_suffix(".died")
    if path.name == poison and not mark.exists():
        mark.touch()
        threading.Timer(0.005, os._exit, (9,)).start()
    return path.name


def _raise(path: Path, poison: str) -> str:
    if path.name == poison:
        raise RuntimeError("a bug of ours")
    return path.name


class _Panic(BaseException):
    """What a reader written in another language throws: no Exception."""


def _panic(path: Path, poison: str) -> str:
    if path.name == poison:
        raise _Panic("index out of bounds")
    return path.name


def _hang(path: Path, poison: str) -> str:
    while path.name == poison:
        pass
    return path.name


def _stop(path: Path, poison: str) -> str:
    if path.name == poison:
        os.kill(os.getpid(), signal.SIGSTOP)
    return path.name


def _unsendable(path: Path, poison: str) -> object:
    return threading.Lock() if path.name == poison else path.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(FILES):
        (tmp_path / f"{number:02d}.xlsx").touch()
    return tmp_path


def outcome(
    task: Callable[[Path], object], folder: Path, **more: float
) -> tuple[list[str], list[Result]]:
    """Names of the files that got their value, sorted, and the results that are errors."""
    results = list(run(task, workbooks_in(folder), **more))  # type: ignore[arg-type]
    return sorted(str(r.value) for r in results if not r.error), [r for r in results if r.error]


def others(poison: str) -> list[str]:
    return [f"{n:02d}.xlsx" for n in range(FILES) if f"{n:02d}.xlsx" != poison]


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_every_file_gets_one_result(folder: Path, processes: int) -> None:
    assert outcome(_name, folder, processes=processes) == (others(""), [])


@pytest.mark.parametrize("position", range(0, FILES, 5))
@pytest.mark.parametrize("processes", [1, 3])
def test_a_file_that_kills_its_worker_costs_that_file_alone(
    folder: Path, position: int, processes: int
) -> None:
    poison = f"{position:02d}.xlsx"
    good, bad = outcome(partial(_die, poison=poison), folder, processes=processes)
    assert (good, [r.path.name for r in bad]) == (others(poison), [poison])
    assert "程序异常退出，已跳过" in bad[0].error


@pytest.mark.parametrize("position", range(0, FILES, 5))
@pytest.mark.parametrize("processes", [1, 3])
def test_a_worker_that_dies_after_its_result_costs_nothing(
    folder: Path, position: int, processes: int
) -> None:
    task = partial(_die_afterwards, poison=f"{position:02d}.xlsx")
    assert outcome(task, folder, processes=processes) == (others(""), [])


@pytest.mark.parametrize("task", [_raise, _panic, _unsendable])
def test_a_bug_costs_its_file_alone_and_its_traceback_is_kept(
    folder: Path, task: Callable[..., object]
) -> None:
    good, (bad,) = outcome(partial(task, poison="07.xlsx"), folder, processes=2)
    assert (good, bad.path.name) == (others("07.xlsx"), "07.xlsx")
    assert "程序出了意外的错误，已跳过" in bad.error
    assert "Traceback" in bad.traceback


@pytest.mark.parametrize("task", [_hang, pytest.param(_stop, marks=linux)])
def test_a_worker_that_does_not_end_a_file_is_killed(
    folder: Path, task: Callable[..., object]
) -> None:
    good, (bad,) = outcome(partial(task, poison="11.xlsx"), folder, processes=2, patience=0.3)
    assert (good, bad.path.name) == (others("11.xlsx"), "11.xlsx")
    assert "还没有结果，已跳过" in bad.error


def test_patience_is_counted_for_each_file(tmp_path: Path) -> None:
    """A worker that reports all the while is not blamed for one that hangs, nor saves it."""
    for number in range(12):
        (tmp_path / f"{number:02d}.xlsx").touch()
    task = partial(_slowly, poison="00.xlsx")
    started = time.monotonic()
    results = list(run(task, workbooks_in(tmp_path), processes=2, patience=0.4))
    assert [r.path.name for r in results if r.error] == ["00.xlsx"]
    assert time.monotonic() - started < 60


def _slowly(path: Path, poison: str) -> str:
    end = time.monotonic() + (600 if path.name == poison else 0.05)
    while time.monotonic() < end:
        pass
    return path.name


_PARENT = """
import sys
from pathlib import Path
from xlbudget import batch
from tests.test_batch import _hang
from functools import partial

paths = [Path(f"{n}.xlsx") for n in range(4)]
print("begun", flush=True)
for result in batch.run(partial(_hang, poison="3.xlsx"), paths, processes=2):
    print(result.path, flush=True)
"""


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@linux
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_its_parent(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        for _ in range(4):  # begun, and three files; the fourth hangs
            parent.stdout.readline()
        workers = _children(parent.pid)
        assert workers
        parent.send_signal(how)
        parent.wait(timeout=60)
    deadline = time.monotonic() + 5
    while any(map(_is_alive, workers)) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert [pid for pid in workers if _is_alive(pid)] == []


def test_closing_the_results_ends_the_workers(folder: Path) -> None:
    results = run(_name, workbooks_in(folder), processes=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert [p for p in batch.multiprocessing.active_children() if p.is_alive()] == []


def test_lock_files_and_other_files_are_left_out(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.et", "~$a.xlsx", ".c.xlsx", "notes.txt"):
        (tmp_path / name).touch()
    assert [p.name for p in workbooks_in(tmp_path)] == ["a.xlsx", "b.et"]


def test_results_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("一.xlsx", "二.xlsx", "三.xlsx")]
    done = [Result(paths[number], number) for number in (2, 0, 1)]
    assert [result.value for result in in_order(done, paths)] == [0, 1, 2]
    assert [result.value for result in in_order(done[:2], paths)] == [0]
