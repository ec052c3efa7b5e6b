"""What makes the template macro-enabled: the VBA project, the ribbon and the hidden settings sheet.

The VBA project and the ribbon's XML are built from ``workbook/`` (see its README) and come with the
package, so that an installed xlbudget can write .xlsm files.
"""

from __future__ import annotations

import csv
import tomllib
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from xlbudget.ooxml.package import Package

RIBBON_PART = "customUI/customUI.xml"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_ROOT_RELATIONS = "_rels/.rels"
_FUNCTION_COLUMN = 3  # where ThisWorkbook looks for them


class Macros(NamedTuple):
    """The parts of a macro-enabled workbook.

    ``settings`` are the keys and values of the settings sheet; ``functions`` name, description,
    category and arguments' descriptions (separated by ``|``) of each function in cells.
    """

    project: bytes
    ribbon: bytes
    settings: tuple[tuple[str, str], ...]
    functions: tuple[tuple[str, str, str, str], ...]


def load_settings() -> tuple[tuple[str, str], ...]:
    """The settings sheet's keys and values, in order."""
    text = resources.files(__package__).joinpath("ribbon", "settings.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return (*data["settings"].items(), *data["messages"].items())


@lru_cache(maxsize=1)
def load_macros() -> Macros:
    """The parts that come with the package."""
    folder = resources.files(__package__).joinpath("ribbon")
    rows = csv.reader(folder.joinpath("functions.csv").read_text("utf-8").splitlines())
    return Macros(
        folder.joinpath("vbaProject.bin").read_bytes(),
        folder.joinpath("customUI.xml").read_bytes(),
        load_settings(),
        tuple((name, text, category, arguments) for name, text, category, arguments in rows),
    )


def write_settings(sheet: Worksheet, macros: Macros) -> None:
    """Fill the settings sheet."""
    sheet.set_column(0, 1, 34)
    for row, (key, value) in enumerate(macros.settings):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    for row, texts in enumerate(macros.functions):
        for column, text in enumerate(texts, _FUNCTION_COLUMN):
            sheet.write_string(row, column, text)


def with_ribbon(data: bytes, ribbon: bytes) -> bytes:
    """The workbook with the ribbon's part, which XlsxWriter does not know."""
    relations = Package(data).read(_ROOT_RELATIONS)
    end = b"</Relationships>"
    relation = f'<Relationship Id="rIdRibbon" Type="{RIBBON_RELATION}" Target="{RIBBON_PART}"/>'
    changed = relations.replace(end, relation.encode() + end)
    return Package(data).rewritten({_ROOT_RELATIONS: changed, RIBBON_PART: ribbon})
