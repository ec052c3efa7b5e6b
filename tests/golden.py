"""Golden files: what a test produced when somebody last looked at it and found it right.

They stand in ``golden/<test module>/`` beside the test.  ``pytest --update`` writes them anew and
removes those that no test asks for any more.
"""

from __future__ import annotations

from pathlib import Path


class Golden:
    """Compares texts with golden files, or writes them when ``update`` is set."""

    def __init__(self, *, update: bool = False) -> None:
        self.update = update
        self.asked: dict[Path, set[str]] = {}

    def check(self, folder: Path, name: str, text: str) -> None:
        """Assert that the golden file holds ``text``; its folder's other files are known by name."""
        self.asked.setdefault(folder, set()).add(name)
        path = folder / name
        if self.update:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"{path} is missing; write it with pytest --update"
        assert text == path.read_text(encoding="utf-8")

    def remove_strays(self) -> list[Path]:
        """Remove the files that nobody asked for from the folders somebody asked in."""
        strays = [
            path
            for folder, names in self.asked.items()
            for path in sorted(folder.iterdir())
            if path.name not in names
        ]
        for path in strays:
            path.unlink()
        return strays
