"""The package's own TOML files, prepared: parsing them took a fifth of a command's time.

``packaged.json`` holds what the files say, each with its size; a file that is not as it was when that was
written is read itself.  A test holds the two together, ``python -m xlbudget.model.packaged`` writes it
anew (``make samples`` does).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

_PREPARED = "packaged.json"


@lru_cache(maxsize=1)
def _prepared() -> dict[str, tuple[int, str]]:
    """File → its size, and what it says as a JSON text."""
    file = resources.files("xlbudget").joinpath("model", _PREPARED)
    found: dict[str, tuple[int, str]] = json.loads(file.read_bytes()) if file.is_file() else {}
    return found


def packaged_toml(*path: str) -> dict[str, Any]:
    """What a TOML file of the package says, as a fresh object that the caller may change.

    ``path`` leads from the package's folder to the file.
    """
    file = resources.files("xlbudget").joinpath(*path)
    entry = _prepared().get("/".join(path))
    if entry is not None and isinstance(file, Path) and file.stat().st_size == entry[0]:
        found: dict[str, Any] = json.loads(entry[1])
        return found
    import tomllib

    return tomllib.loads(file.read_text("utf-8"))


def sources() -> Iterator[str]:
    """The TOML files that commands read at their start, as paths from the package's folder."""
    root = Path(str(resources.files("xlbudget")))
    for file in sorted(root.rglob("*.toml")):
        if "template" not in file.parts and "node_modules" not in file.parts:
            yield file.relative_to(root).as_posix()


def prepared_text() -> str:
    """What ``packaged.json`` is to hold."""
    import tomllib

    root = Path(str(resources.files("xlbudget")))
    entries = {}
    for name in sources():
        data = root.joinpath(name).read_bytes()
        entries[name] = (len(data), _json(tomllib.loads(data.decode())))
    return _json(entries) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    target = Path(str(resources.files("xlbudget"))) / "model" / _PREPARED
    target.write_text(prepared_text(), encoding="utf-8", newline="\n")
