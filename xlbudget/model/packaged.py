"""The package's own files, and what its tables say, prepared: parsing took a fifth of a command's time.

``packaged.jsonl`` holds what the files say, each with its checksum; a file that is not as it was when
that was written is read itself.  A test holds the two together, ``python -m xlbudget.model.packaged``
writes it anew (``make samples`` does).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_PREPARED = _ROOT / "model" / "packaged.jsonl"

CODE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "codes/function_codes.csv": ("code", "name", "level", "budget", "evidence"),
    "codes/function_renames.csv": (
        "old_code",
        "old_name",
        "new_code",
        "new_name",
        "changed_year",
    ),
    "codes/economic_codes.csv": ("classification", "code", "name", "level", "evidence"),
}
"""The columns that commands read of the lists of codes; the others say where a row comes from."""


def package_file(*path: str) -> Path:
    """A file or folder of the package, by its path from the package's folder.

    A path and no ``importlib.resources``: a wheel is always unpacked, and that module's imports would
    cost a command 4 ms.
    """
    return _ROOT.joinpath(*path)


@lru_cache(maxsize=1)
def _prepared() -> dict[str, tuple[int, str]]:
    """File → the checksum of its bytes, and what it says as a JSON text, parsed only when asked for."""
    if not _PREPARED.is_file():
        return {}
    lines = iter(_PREPARED.read_text("utf-8").split("\n"))
    found = {}
    for head in lines:
        if head:
            name, checksum = json.loads(head)
            found[name] = (checksum, next(lines))
    return found


def packaged_toml(*path: str) -> dict[str, Any]:
    """What a TOML file of the package says, as a fresh object that the caller may change.

    ``path`` leads from the package's folder to the file.
    """
    found: dict[str, Any] = _said("/".join(path))
    return found


def packaged_codes(name: str) -> list[list[str]]:
    """The rows of a list of codes, ``CODE_COLUMNS`` of each."""
    found: list[list[str]] = _said(name)
    return found


def _said(name: str) -> Any:
    data = package_file(name).read_bytes()
    entry = _prepared().get(name)
    if entry is not None and zlib.crc32(data) == entry[0]:
        return json.loads(entry[1])
    return _parsed(name, data)


def _parsed(name: str, data: bytes) -> Any:
    """What a file says, read itself."""
    if name in CODE_COLUMNS:
        import csv

        rows = csv.DictReader(data.decode().splitlines())
        return [[row[column] for column in CODE_COLUMNS[name]] for row in rows]
    import tomllib

    return tomllib.loads(data.decode())


def sources() -> Iterator[str]:
    """The files that commands read at their start, as paths from the package's folder."""
    for file in sorted(_ROOT.rglob("*.toml")):
        if "template" not in file.parts and "node_modules" not in file.parts:
            yield file.relative_to(_ROOT).as_posix()
    yield from CODE_COLUMNS


def prepared_text() -> str:
    """What ``packaged.jsonl`` is to hold: a line for each file's name and checksum, one for what it says."""
    lines = []
    for name in sources():
        data = package_file(name).read_bytes()
        lines += [_json((name, zlib.crc32(data))), _json(_parsed(name, data))]
    return "\n".join(lines) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    _PREPARED.write_text(prepared_text(), encoding="utf-8", newline="\n")
