"""The package's own files, and what its TOML files say, prepared: parsing took a fifth of a command's time.

``packaged.json`` holds what the files say, each with its checksum; a file that is not as it was when that was
written is read itself.  A test holds the two together, ``python -m xlbudget.model.packaged`` writes it
anew (``make samples`` does).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_PREPARED = _ROOT / "model" / "packaged.json"


def package_file(*path: str) -> Path:
    """A file or folder of the package, by its path from the package's folder.

    A path and no ``importlib.resources``: a wheel is always unpacked, and that module's imports would
    cost a command 4 ms.
    """
    return _ROOT.joinpath(*path)


@lru_cache(maxsize=1)
def _prepared() -> dict[str, tuple[int, str]]:
    """File → the checksum of its bytes, and what it says as a JSON text."""
    found: dict[str, tuple[int, str]] = (
        json.loads(_PREPARED.read_bytes()) if _PREPARED.is_file() else {}
    )
    return found


def packaged_toml(*path: str) -> dict[str, Any]:
    """What a TOML file of the package says, as a fresh object that the caller may change.

    ``path`` leads from the package's folder to the file.
    """
    data = package_file(*path).read_bytes()
    entry = _prepared().get("/".join(path))
    if entry is not None and zlib.crc32(data) == entry[0]:
        found: dict[str, Any] = json.loads(entry[1])
        return found
    import tomllib

    return tomllib.loads(data.decode())


def sources() -> Iterator[str]:
    """The TOML files that commands read at their start, as paths from the package's folder."""
    for file in sorted(_ROOT.rglob("*.toml")):
        if "template" not in file.parts and "node_modules" not in file.parts:
            yield file.relative_to(_ROOT).as_posix()


def prepared_text() -> str:
    """What ``packaged.json`` is to hold."""
    import tomllib

    entries = {}
    for name in sources():
        data = package_file(name).read_bytes()
        entries[name] = (zlib.crc32(data), _json(tomllib.loads(data.decode())))
    return _json(entries) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    _PREPARED.write_text(prepared_text(), encoding="utf-8", newline="\n")
