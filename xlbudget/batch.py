"""Many workbooks: worker processes that are fed a few files at a time.

A file that kills or stalls its worker costs that file alone: the worker reports every file by itself,
so the parent knows which one was open, and starts another.  A worker that dies may have been ended
by what an earlier file left behind: the file that it was at is tried once more by itself before it
is given up.  (Measured elsewhere: a pool hangs, and an executor loses the files queued behind the
poisoned one.)
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from .files.read import SUFFIXES

_CHUNK = 8
PATIENCE = 120.0
"""Seconds for one file; a real one takes a ten-thousandth of that."""
_BURIAL = 5.0  # seconds that a killed worker has to be gone


class Result(NamedTuple):
    """What became of one file: the task's value, or why there is none (in Chinese).

    ``traceback`` is ours where the program failed on the file, for the log.
    """

    path: Path
    value: Any
    error: str = ""
    traceback: str = ""


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


def run(
    task: Task, paths: Sequence[Path], *, processes: int | None = None, patience: float = PATIENCE
) -> Iterator[Result]:
    """Apply ``task`` (a module-level function) to each path; results come as they are ready.

    Whatever a file does to the program costs that file: an exception that escapes the task, a worker
    that dies, one that has not ended it after ``patience`` seconds.
    """
    if not paths:
        return
    count = min(processes or os.cpu_count() or 1, len(paths))
    yield from _Crew(task, paths, max(1, count), patience).results()


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


# ---------------------------------------------------------------- in a worker


def _work(task: Task, pipe: Connection, others: Sequence[Connection]) -> None:
    """A worker's life: receive a chunk of paths, send one result each; an empty chunk ends it."""
    # What a forked worker inherits of the parent's ends would keep it from seeing the parent's end.
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with_parent()
    # A workbook's thousands of cells and checks hold no cycles: looking for some after every few
    # hundred of them took a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    try:
        while chunk := pipe.recv():
            for path in chunk:
                _report(pipe, task, path)
    except (EOFError, OSError):  # nobody listens any more
        os._exit(1)


def _report(pipe: Connection, task: Task, path: Path) -> None:
    try:
        message = pickle.dumps((task(path), ""), pickle.HIGHEST_PROTOCOL)
    except BaseException:  # noqa: BLE001 - a panic of a reader is no Exception; the parent reports it
        message = pickle.dumps((None, traceback.format_exc()), pickle.HIGHEST_PROTOCOL)
    pipe.send_bytes(message)


def _end_with_parent() -> None:
    """End this process when its parent has ended, however that was."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":  # a stopped worker runs no threads
        import ctypes

        with_parent = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(with_parent, signal.SIGKILL, 0, 0, 0)


# ---------------------------------------------------------------- in the parent


class _Worker:
    """A worker process, what it was fed and has not reported, and since when it is at the first of that."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.queue: deque[Path] = deque()
        self.since = time.monotonic()


class _Crew:
    def __init__(self, task: Task, paths: Sequence[Path], count: int, patience: float) -> None:
        # fork is the cheapest start where it is safe: this process has no threads of its own.
        self.context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.task = task
        self.patience = patience
        self.waiting = deque(paths)
        self.suspect: set[Path] = set()
        """Files at which a worker died once: each is tried again by itself."""
        self.count = count
        self.workers: list[_Worker] = []

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        forked = self.context.get_start_method() == "fork"
        inherited = [w.pipe for w in self.workers] + [ours] if forked else []
        process = self.context.Process(  # type: ignore[attr-defined]
            target=_work, args=(self.task, theirs, inherited), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _feed(self, worker: _Worker) -> None:
        """Give a worker more files; one that is dead is found out when it is listened to."""
        chunk: list[Path] = []
        while self.waiting and len(chunk) < _CHUNK:
            alone = self.waiting[0] in self.suspect
            if alone and (chunk or worker.queue):
                break
            chunk.append(self.waiting.popleft())
            if alone:
                break
        if not chunk:
            return
        if not worker.queue:
            worker.since = time.monotonic()
        worker.queue.extend(chunk)
        with suppress(OSError):  # a dead one's pipe reads as closed, and what it was fed goes back
            worker.pipe.send(chunk)

    def results(self) -> Iterator[Result]:
        try:
            while True:
                while self.waiting and len(self.workers) < self.count:
                    self._start()
                for worker in self.workers:
                    if len(worker.queue) < _CHUNK // 2 and self.waiting:
                        self._feed(worker)
                busy = [w for w in self.workers if w.queue]
                if not busy:
                    return
                yield from self._listen(busy)
        finally:
            for worker in list(self.workers):
                self._end(worker)

    def _listen(self, busy: Sequence[_Worker]) -> Iterator[Result]:
        """What the workers report next, or which of them have to be buried."""
        now = time.monotonic()
        patience = min(w.since for w in busy) + self.patience - now
        ready = wait([w.pipe for w in busy], timeout=max(0.0, patience))
        now = time.monotonic()
        for worker in busy:
            if worker.pipe in ready:
                yield from self._receive(worker)
            elif now - worker.since >= self.patience:
                seconds = f"{self.patience:.0f}秒"
                yield from self._bury(worker, f"处理了{seconds}还没有结果，已跳过。", again=False)

    def _receive(self, worker: _Worker) -> Iterator[Result]:
        try:
            value, failed = pickle.loads(worker.pipe.recv_bytes())
        except (EOFError, OSError, pickle.UnpicklingError):
            why = "读取时程序异常退出，已跳过；文件多半已损坏。"
            yield from self._bury(worker, why, again=True)
            return
        path = worker.queue.popleft()
        worker.since = time.monotonic()
        if failed:
            error = f"“{path}”处理时程序出了意外的错误，已跳过。"
            yield Result(path, None, error, failed)
        else:
            yield Result(path, value)

    def _bury(self, worker: _Worker, why: str, *, again: bool) -> Iterator[Result]:
        """Replace a dead or stalled worker; only the file it was at may be lost, and that not before it
        was tried by itself."""
        self._end(worker)
        if not worker.queue:
            return
        path = worker.queue.popleft()
        self.waiting.extendleft(reversed(worker.queue))
        worker.queue.clear()
        if again and path not in self.suspect:
            self.suspect.add(path)
            self.waiting.appendleft(path)
            return
        yield Result(path, None, f"“{path}”{why}")

    def _end(self, worker: _Worker) -> None:
        """Kill a worker and wait for it, but never for long."""
        if worker in self.workers:
            self.workers.remove(worker)
        worker.process.kill()
        worker.pipe.close()
        worker.process.join(_BURIAL)
