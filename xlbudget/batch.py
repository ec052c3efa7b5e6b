"""Many workbooks: worker processes that are fed one file after the other.

A file that kills or stalls its worker costs that file alone: the worker reports every file by
itself, so the parent knows which one was open when it died, and starts another.  (Measured
elsewhere: a pool hangs, and an executor loses the files queued behind the poisoned one.)
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from .files.read import SUFFIXES

_CHUNK = 8
_PATIENCE = 120.0  # seconds for one file; a real one takes a hundredth of one


class Result(NamedTuple):
    """What became of one file: the task's value, or why there is none (in Chinese)."""

    path: Path
    value: Any
    error: str = ""


Task = Callable[[Path], Any]


def workbooks_in(folder: Path) -> list[Path]:
    """Every workbook below a folder, in order of names; Excel's lock files are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not path.name.startswith(("~$", "."))
        and path.is_file()
    )


def run(task: Task, paths: Sequence[Path], *, processes: int | None = None) -> Iterator[Result]:
    """Apply ``task`` (a module-level function) to each path; results come as they are ready.

    ``task`` must catch the errors it expects; anything else that escapes it is the program's own
    bug and is raised here.
    """
    if len(paths) <= 1:
        for path in paths:
            yield Result(path, task(path))
        return
    count = min(processes or os.cpu_count() or 1, len(paths))
    yield from _Crew(task, paths, count).results()


def in_order(results: Iterable[Result], paths: Sequence[Path]) -> Iterator[Result]:
    """The results in the order of ``paths`` (each once), each as soon as those before it are there."""
    waiting: dict[Path, Result] = {}
    wanted = iter(paths)
    path = next(wanted, None)
    for result in results:
        waiting[result.path] = result
        while path is not None and path in waiting:
            yield waiting.pop(path)
            path = next(wanted, None)


class _Worker(NamedTuple):
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    queue: deque[Path]


def _work(task: Task, pipe: Connection) -> None:
    """A worker's life: receive a chunk of paths, send one result each; an empty chunk ends it."""
    # A workbook's thousands of cells and checks hold no cycles: looking for some after every few
    # hundred of them took a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    while chunk := pipe.recv():
        for path in chunk:
            try:
                pipe.send((task(path), None))
            except BaseException as error:  # noqa: BLE001 - handed to the parent, which raises it
                pipe.send((None, error))


class _Crew:
    def __init__(self, task: Task, paths: Sequence[Path], count: int) -> None:
        # fork is the cheapest start where it is safe: this process has no threads of its own.
        self.context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.task = task
        self.waiting = deque(paths)
        self.workers = [self._start() for _ in range(count)]

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_work, args=(self.task, theirs), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        worker = _Worker(process, ours, deque())
        self._feed(worker)
        return worker

    def _feed(self, worker: _Worker) -> None:
        chunk = [self.waiting.popleft() for _ in range(min(_CHUNK, len(self.waiting)))]
        worker.queue.extend(chunk)
        worker.pipe.send(chunk)

    def results(self) -> Iterator[Result]:
        try:
            while busy := [w for w in self.workers if w.queue]:
                ready = wait([w.pipe for w in busy], timeout=_PATIENCE)
                for worker in busy:
                    if worker.pipe in ready:
                        yield from self._receive(worker)
                    elif not ready:
                        yield self._bury(worker, "处理超过两分钟没有结果，已跳过。")
        finally:
            for worker in self.workers:
                worker.process.terminate()
                worker.pipe.close()
            for worker in self.workers:
                worker.process.join()

    def _receive(self, worker: _Worker) -> Iterator[Result]:
        try:
            value, error = worker.pipe.recv()
        except (EOFError, ConnectionError):
            yield self._bury(worker, "读取时程序异常退出，已跳过；文件多半已损坏。")
            return
        path = worker.queue.popleft()
        if error is not None:
            raise error
        if len(worker.queue) < _CHUNK // 2 and self.waiting:  # before it has to wait for more
            self._feed(worker)
        yield Result(path, value)

    def _bury(self, worker: _Worker, why: str) -> Result:
        """Replace a dead or stalled worker; the file it was at is lost, the rest goes on."""
        worker.process.terminate()
        worker.process.join()
        path = worker.queue.popleft()
        self.waiting.extendleft(reversed(worker.queue))
        worker.queue.clear()
        worker.pipe.close()
        self.workers.remove(worker)
        if self.waiting:
            self.workers.append(self._start())
        return Result(path, None, f"“{path}”{why}")
