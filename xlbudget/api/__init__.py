"""The Python face: the command line's verbs over an opened workbook.

::

    import xlbudget as xb

    wb = xb.open("决算.xlsx")
    wb.findings()                          # a pandas DataFrame
    wb.fill().narrate().save("填好.xlsx")
    wb.export("部门决算公开.docx")

A workbook is a value: ``fill`` and the other verbs that change cells leave it as it is and return
another one; nothing is written before ``save`` or ``export``.  What a user can mend is a ``UserError``
with one Chinese sentence.
"""

from __future__ import annotations

from .starting import ImportedWorkbook, NewWorkbook, import_, new, open, rules
from .validation import Validation
from .workbook import (
    ChangedWorkbook,
    ConvertedWorkbook,
    FilledWorkbook,
    NarratedWorkbook,
    Workbook,
)

__all__ = [
    "ChangedWorkbook",
    "ConvertedWorkbook",
    "FilledWorkbook",
    "ImportedWorkbook",
    "NarratedWorkbook",
    "NewWorkbook",
    "Validation",
    "Workbook",
    "import_",
    "new",
    "open",
    "rules",
]
