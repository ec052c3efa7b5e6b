"""One-line bugs, and the tests that find each: ``python -m tests.mutants`` puts them in one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """A bug: in ``file``, ``old`` becomes ``new``; ``tests`` are the paths that must fail with it.

    ``why`` says what makes it equivalent, where no test can tell it from the program.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    why: str = ""


def load_mutants() -> tuple[Mutant, ...]:
    """The list, ``mutants.json`` beside this file."""
    entries = json.loads((Path(__file__).parent / "mutants.json").read_text("utf-8"))
    return tuple(Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries)
