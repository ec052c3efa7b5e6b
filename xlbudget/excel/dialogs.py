"""What Excel asks and says: message boxes, file pickers, small inputs.  Tests replace them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from ..files.read import SUFFIXES

TITLE = "xlbudget 决算公开"
_LONGEST = 1800
_TEXT = 2
"""Application.InputBox: the answer is a text."""


class Dialogs(Protocol):
    """What a button may ask."""

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say something; ``wrong`` where it could not be done."""

    def agree(self, text: str) -> bool:
        """Ask for a yes."""

    def enter(self, text: str, default: str = "") -> str | None:
        """Ask for a short text; None when cancelled."""

    def open_file(self, title: str) -> Path | None:
        """Ask for a workbook file; None when cancelled."""

    def save_file(self, title: str, name: str, kind: str) -> Path | None:
        """Ask where to save; ``kind`` is the suffix such as ``.docx``.  None when cancelled."""


class ExcelDialogs:
    """The dialogs of a running Excel."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def tell(self, text: str, *, wrong: bool = False) -> None:
        self._app.alert(_short(text), TITLE, "ok", "critical" if wrong else "info")

    def agree(self, text: str) -> bool:
        return bool(self._app.alert(_short(text), TITLE, "yes_no", "info") == "yes")

    def enter(self, text: str, default: str = "") -> str | None:
        answer = self._app.api.InputBox(text, TITLE, default, Type=_TEXT)
        return None if answer is False else str(answer).strip()

    def open_file(self, title: str) -> Path | None:
        patterns = ";".join(f"*{suffix}" for suffix in SUFFIXES)
        answer = self._app.api.GetOpenFilename(f"工作簿 ({patterns}),{patterns}", 1, title)
        return None if answer is False else Path(str(answer))

    def save_file(self, title: str, name: str, kind: str) -> Path | None:
        answer = self._app.api.GetSaveAsFilename(name, f"{kind} 文件 (*{kind}),*{kind}", 1, title)
        if answer is False:
            return None
        path = Path(str(answer))
        return path if path.suffix.lower() == kind else path.with_name(path.name + kind)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "……"
