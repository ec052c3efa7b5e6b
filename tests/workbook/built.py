"""The files of workbook/ as the code builds them now, built once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbook import build

FOLDER = Path(build.__file__).parent


@lru_cache(maxsize=1)
def files() -> dict[Path, bytes]:
    """Every built file by its place."""
    return build.built()


def of(name: str) -> bytes:
    """A built workbook by its name."""
    return files()[FOLDER / name]
