"""Formulas brought up to date after edits, in our own template and in anybody's workbook.

The results of the template's own formulas are known from the Python checks (``template.refresh``).
Other people's formulas (a total of their own, a sheet of theirs) are evaluated by an engine; in our
template from a copy without the live checks, which the engine does not know and nothing depends on.
"""

from __future__ import annotations

import re

from ..model.book import Book
from ..model.inputs import load_inputs
from .formulas import formulas_of
from .package import Package
from .patch import set_cached_values
from .read import book_from_bytes
from .recalculate import recalculate, with_full_calculation
from .template.refresh import refresh as refresh_template

_OURS = b'name="check_verdict"'
_NAMES = re.compile(rb"<definedName\b[^>]*>[^<]*</definedName>")
_PLAIN_NAME = re.compile(rb">(?:'[^']*'|[\w.]+)!\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?<")
_GENERATED = re.compile(
    rb'<f>(?:IF\(A\d+="",[^<]*?VLOOKUP\([^<]*'  # a code's name
    rb'|IF\(COUNTIF\([^<]*=0,"[^<]*'  # the note below an empty table
    rb'|"[^"<]*"&amp;cover_[a-z]+)</f>'  # department and unit from the cover
)
_ANY = re.compile(rb"<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>")


def refresh(data: bytes, name: str) -> tuple[bytes, Book, str]:
    """The workbook with fresh results, the book that it holds, and a shortcoming in Chinese or "".

    ``name`` is how messages call the file.  Raises ReadError and PackageError.
    """
    package = Package(data)
    if _OURS not in package.read(package.workbook_part):
        fresh = recalculate(data)
        book, _ = book_from_bytes(fresh.data, name)
        return fresh.data, book, "" if fresh.evaluated else fresh.reason
    data, reason = _others(data, package)
    book, _ = book_from_bytes(data, name)
    ours = refresh_template(data, book)
    return (ours.data if ours else with_full_calculation(data)), book, reason


def _others(data: bytes, package: Package) -> tuple[bytes, str]:
    """Evaluate what is not the template's own, from a copy without the template's formulas."""
    inputs = load_inputs()
    live = {*inputs.sheets_not_read, inputs.cover_sheet}
    changes: dict[str, bytes | None] = {}
    others = False
    for part in package.sheets:
        xml = package.read(part.part)
        if part.name in live:
            changes[part.part] = _ANY.sub(b"", xml)
            continue
        rest = _GENERATED.sub(b"", xml)
        if len(rest) != len(xml):
            changes[part.part] = rest
        others = others or bool(formulas_of(rest))
    if not others:
        return data, ""
    changes[package.workbook_part] = _NAMES.sub(
        lambda match: match[0] if _PLAIN_NAME.search(match[0]) else b"",
        package.read(package.workbook_part),
    )
    found = recalculate(package.rewritten(changes))
    values = {(d.sheet, d.row, d.column): d.new for d in found.differences}
    fresh = set_cached_values(data, values) if values else data
    return (fresh, "") if found.evaluated else (with_full_calculation(fresh), found.reason)
