"""Formulas brought up to date after edits, without Excel.

formualizer evaluates the workbook and rewrites the cached values alone: the formulas, their cells'
formats and every other part of the package stay as they are.  It is strict, and refuses a workbook
that it does not understand whole; then Excel is told to calculate on opening.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .package import Package

_PROPERTIES = re.compile(rb"<((?:[\w.-]+:)?)calcPr\b([^>]*?)/?>")
_ROOT = re.compile(rb"<((?:[\w.-]+:)?)workbook\b")
_ASKED = re.compile(rb"""\sfullCalcOnLoad\s*=\s*("[^"]*"|'[^']*')""")
# What may stand behind calcPr in a workbook part, in the order the schema wants (ECMA-376, 18.2.27).
_BEHIND = re.compile(
    rb"<(?:[\w.-]+:)?(?:oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing"
    rb"|fileRecoveryPr|webPublishObjects|extLst)\b|</(?:[\w.-]+:)?workbook>"
)


class Recalculated(NamedTuple):
    """A workbook with fresh values, or as it was with the reason (Chinese) why it has none."""

    data: bytes
    evaluated: bool
    reason: str = ""


def recalculate(data: bytes) -> Recalculated:
    """Evaluate every formula of an .xlsx or .xlsm; PackageError if the package is damaged."""
    import formualizer

    try:
        result = formualizer.recalculate_xlsx_bytes(data)
    except OSError:  # formualizer's way to say that it does not take this workbook
        return _left_to_excel(data, "有的公式这里算不了（例如引用了别的工作簿）")
    summary = result["summary"]
    if summary.get("unknown_functions"):
        names = "、".join(sorted(str(entry) for entry in summary["unknown_functions"]))
        return _left_to_excel(data, f"用到了这里不认识的函数{names}")
    return Recalculated(result["bytes"], True)


def _left_to_excel(data: bytes, why: str) -> Recalculated:
    return Recalculated(
        calculated_on_load(data), False, f"{why}，公式没有重算；用 Excel 或 WPS 打开时会自动重算"
    )


def calculated_on_load(data: bytes) -> bytes:
    """The workbook with ``fullCalcOnLoad`` set, nothing else changed."""
    package = Package(data)
    xml = package.read(package.workbook_part)
    match = _PROPERTIES.search(xml)
    if match:
        attributes = _ASKED.sub(b"", match[2]).rstrip()
        tag = b"<" + match[1] + b"calcPr" + attributes + b' fullCalcOnLoad="1"/>'
        end = match.end()
        if not match[0].endswith(b"/>"):
            end = xml.index(b">", xml.index(b"calcPr>", end)) + 1
        changed = xml[: match.start()] + tag + xml[end:]
    else:
        behind = _BEHIND.search(xml)
        at = behind.start() if behind else len(xml)
        root = _ROOT.search(xml)
        name = (root[1] if root else b"") + b"calcPr"
        changed = xml[:at] + b"<" + name + b' fullCalcOnLoad="1"/>' + xml[at:]
    return package.rewritten({package.workbook_part: changed})
