"""xlbudget: 部门决算公开 checked, filled, narrated and published from a workbook.

``import xlbudget as xb`` offers the command line's verbs (``xlbudget/api``); importing it loads
nothing else before one of them is used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .api import (
        ConvertedWorkbook,
        FilledWorkbook,
        ImportedWorkbook,
        NarratedWorkbook,
        NewWorkbook,
        Validation,
        Workbook,
        import_,
        new,
        open,
        rules,
    )
    from .errors import UserError

__all__ = [
    "ConvertedWorkbook",
    "FilledWorkbook",
    "ImportedWorkbook",
    "NarratedWorkbook",
    "NewWorkbook",
    "UserError",
    "Validation",
    "Workbook",
    "import_",
    "new",
    "open",
    "rules",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = import_module(".errors" if name == "UserError" else ".api", __name__)
    value: object = getattr(home, name)
    globals()[name] = value  # asked for once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
