"""What the calculation engine may cost: cells it goes through, memory and time.

The engine is written in another language: what it runs out of ends the process, and no exception says so.
So how many cells a formula asks for is known before it is asked, and where the system can, the engine runs
in a process of its own with limits.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import re
import selectors
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from .formulas import Place

TOO_WIDE = "引用的区域太大"
_CELLS_OF_ONE = 5_000_000  # two whole columns are usual in SUMIF
_CELLS_OF_ALL = 150_000_000
_ROWS, _COLUMNS = 1_048_576, 16_384
_MEMORY = 3 << 29  # 1.5 GB beyond what the process has already
_SECONDS = 10.0

_RANGE = re.compile(
    r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})"
    r"|\$?\b([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})(?![\w(])"
    r"|\$?\b(\d{1,7}):\$?(\d{1,7})"
)

T = TypeVar("T")


class EngineDiedError(Exception):
    """The engine ended its process or was ended, for memory or time; the message is Chinese."""


def too_wide(formulas: Mapping[Place, str]) -> frozenset[Place]:
    """Cells (sheet, row, column from 1) whose formulas, given without the equals sign, name too many cells."""
    refused = set()
    total = 0
    for place, text in formulas.items():
        if ":" in text:
            cells = _cells(text)
            total += cells
            if cells > _CELLS_OF_ONE or total > _CELLS_OF_ALL:
                refused.add(place)
    return frozenset(refused)


def _cells(text: str) -> int:
    """How many cells the ranges of a formula have together."""
    total = 0
    for c1, r1, c2, r2, first, last, top, bottom in _RANGE.findall(text):
        if c1:
            columns = abs(_column(c2) - _column(c1)) + 1
            total += columns * (abs(int(r2) - int(r1)) + 1)
        elif first:
            total += (abs(_column(last) - _column(first)) + 1) * _ROWS
        else:
            total += (abs(int(bottom) - int(top)) + 1) * _COLUMNS
    return total


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def run_apart(work: Callable[[], T], *, memory: int = _MEMORY, seconds: float = _SECONDS) -> T:
    """What ``work`` returns, done in a process of its own where the system can fork one (not Windows).

    Its exceptions are raised here.  Raises EngineDiedError where the process ended without a word or took
    too long.
    """
    if not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work_and_exit(work, writing, memory)
    os.close(writing)
    try:
        answer = _answer(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not answer:
        raise EngineDiedError("算得太久或要的内存太多")
    succeeded, result = pickle.loads(answer)  # written by our own child
    if succeeded:
        found: T = result
        return found
    raise EngineDiedError(result)


def _work_and_exit(work: Callable[[], object], writing: int, memory: int) -> None:
    """In the child: do it, write what came of it, and leave without the parent's clean-up."""
    try:
        _limit(memory)
        # A panic's words, and a dump of the process that ends, are for the engine's authors.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        faulthandler.disable()
        try:
            answer = pickle.dumps((True, work()))
        except BaseException as error:  # noqa: BLE001 - told to the parent; a panic is no Exception
            answer = pickle.dumps((False, f"{error or type(error).__name__}"))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)


def _limit(memory: int) -> None:
    import resource

    try:
        statm = Path("/proc/self/statm").read_text("ascii")
    except OSError:  # macOS has none, and does not keep to the limit either
        return
    used = int(statm.split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + memory
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _answer(reading: int, until: float) -> bytes:
    """All that the child writes; empty where it is not done in time."""
    pieces: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        while selector.select(max(until - time.monotonic(), 0)):
            piece = os.read(reading, 1 << 20)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
    return b""
