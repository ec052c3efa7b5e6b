"""What Excel would repair, refuse or silently drop in a workbook file, and package validators miss.

The rules of the file format itself (elements, their order, attributes) are the validators' part;
these are the ones that Excel alone knows.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d*)")
_LIKE_CELL = re.compile(r"(?i)[a-z]{1,3}\d+|r\d*c\d*|r\d+|c\d+|r|c")
_NAME = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_SHEET_IN_FORMULA = re.compile(r"(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!")
_STRING_IN_FORMULA = re.compile(r'"(?:[^"]|"")*"')
_CALLBACK = r"(?im)^Public Sub {}\(control As Object\)"
# Longest texts of a list typed into a validation, a prompt's and a message's title and text.
_VALIDATION_TEXTS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}
_LONGEST_LIST, _LONGEST_TEXT, _LONGEST_FORMULA = 255, 32_767, 8_192


class _File(NamedTuple):
    """The file's parts and what all checks look up in them."""

    parts: dict[str, bytes]
    workbook: Element
    sheets: tuple[tuple[str, str, Element], ...]  # name, part, XML
    macros: dict[str, str]  # module → source

    @property
    def sheet_names(self) -> set[str]:
        return {name.lower() for name, _, _ in self.sheets}


def faults(data: bytes) -> list[str]:
    """One line for each fault; none for a file that Excel takes as it is."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name) for name in names}
    found = [f"{name}: twice in the file" for name, n in Counter(names).items() if n > 1]
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                ET.fromstring(content)
            except ET.ParseError as error:
                found.append(f"{name}: {error}")
    found += [*_content_types(parts), *_relations(parts)]
    if found:  # what follows takes a sound package for granted
        return found
    workbook = ET.fromstring(parts["xl/workbook.xml"])
    targets = {
        relation.get("Id", ""): _resolve("xl", relation.get("Target", ""))
        for relation in ET.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    sheets = tuple(
        (element.get("name", ""), targets[element.get(_REL_ID, "")])
        for element in workbook.iter(f"{_MAIN}sheet")
    )
    file = _File(
        parts,
        workbook,
        tuple((name, part, ET.fromstring(parts[part])) for name, part in sheets),
        _macros(data) if "xl/vbaProject.bin" in parts else {},
    )
    return [line for check in _CHECKS for line in check(file)]


# ---------------------------------------------------------------- the package


def _content_types(parts: dict[str, bytes]) -> Iterator[str]:
    types = ET.fromstring(parts["[Content_Types].xml"])
    defaults = {e.get("Extension", "").lower(): e for e in types.iter(f"{_TYPES}Default")}
    overrides = {e.get("PartName", "").lstrip("/"): e for e in types.iter(f"{_TYPES}Override")}
    for part in overrides.keys() - parts.keys():
        yield f"{part}: has a content type and is not there"
    for part in parts.keys() - overrides.keys() - {"[Content_Types].xml"}:
        if part.rpartition(".")[2].lower() not in defaults:
            yield f"{part}: has no content type"
    has_macros = "macroEnabled" in overrides["xl/workbook.xml"].get("ContentType", "")
    if has_macros != ("xl/vbaProject.bin" in parts):
        yield "xl/workbook.xml: content type and macros do not agree"


def _relations(parts: dict[str, bytes]) -> Iterator[str]:
    for part in parts:
        if not part.endswith(".rels"):
            continue
        folder = str(PurePosixPath(part).parent.parent)
        relations = list(ET.fromstring(parts[part]).iter(f"{_RELATIONS}Relationship"))
        yield from _repeated(f"{part}: id", [relation.get("Id", "") for relation in relations])
        for relation in relations:
            target = _resolve(folder, relation.get("Target", ""))
            if relation.get("TargetMode") != "External" and target not in parts:
                yield f"{part}: points to {target}, which is not there"


def _resolve(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    steps: list[str] = []
    for step in (PurePosixPath(folder) / target).parts:
        if step == "..":
            del steps[-1:]
        else:
            steps.append(step)
    return "/".join(steps)


def _repeated(what: str, texts: Iterable[str]) -> Iterator[str]:
    counts = Counter(text.lower() for text in texts)
    return (f"{what} {text} is there {n} times" for text, n in counts.items() if n > 1)


# ---------------------------------------------------------------- macros and ribbon


def _macros(data: bytes) -> dict[str, str]:
    """Modules and their sources, by a reader that is not ours."""
    from oletools.olevba import VBA_Parser

    parser = VBA_Parser("workbook", data=data)
    try:
        return {
            name.rpartition(".")[0]: code.replace("\r\n", "\n")
            for _, _, name, code in parser.extract_macros()
        }
    finally:
        parser.close()


def _code_names(file: _File) -> Iterator[str]:
    if not file.macros:
        return
    properties = {"xl/workbook.xml": file.workbook.find(f"{_MAIN}workbookPr")}
    properties |= {part: xml.find(f"{_MAIN}sheetPr") for _, part, xml in file.sheets}
    names = {p: e.get("codeName", "") if e is not None else "" for p, e in properties.items()}
    yield from _repeated("code name", names.values())
    for part, name in names.items():
        if name not in file.macros:
            yield f"{part}: code name {name!r} has no module"
    documents = {name for name, text in file.macros.items() if 'VB_Base = "0{0002082' in text}
    yield from (f"module {name} has no sheet" for name in documents - set(names.values()))


def _ribbon(file: _File) -> Iterator[str]:
    for part in (name for name in file.parts if name.startswith("customUI/")):
        ribbon = ET.fromstring(file.parts[part])
        yield from _repeated(f"{part}: id", [e.get("id", "") for e in ribbon.iter() if e.get("id")])
        for element in ribbon.iter():
            module, _, sub = element.get("onAction", "").rpartition(".")
            if sub and not re.search(_CALLBACK.format(re.escape(sub)), file.macros.get(module, "")):
                yield f"{part}: {element.get('id')} calls {module}.{sub}, which is not there"


# ---------------------------------------------------------------- the workbook


def _sheet_names(file: _File) -> Iterator[str]:
    yield from _repeated("sheet", [name for name, _, _ in file.sheets])
    for name, _, _ in file.sheets:
        if len(name) > 31 or re.search(r"[\\/*?:\[\]]|^'|'$|^$", name):
            yield f"sheet {name!r}: Excel takes no such name"


def _defined_names(file: _File) -> Iterator[str]:
    names = list(file.workbook.iter(f"{_MAIN}definedName"))
    yield from _repeated(
        "defined name", [f"{n.get('name')} {n.get('localSheetId', '')}" for n in names]
    )
    for element in names:
        name = element.get("name", "")
        if not name.startswith("_xlnm.") and (
            _LIKE_CELL.fullmatch(name) or not _NAME.fullmatch(name)
        ):
            yield f"defined name {name}: Excel takes no such name"


def _links(file: _File) -> Iterator[str]:
    known = file.sheet_names
    formulas = [("a defined name", e.text) for e in file.workbook.iter(f"{_MAIN}definedName")]
    for name, _, xml in file.sheets:
        for tag in ("f", "formula", "formula1", "formula2"):
            formulas += [(name, element.text) for element in xml.iter(_MAIN + tag)]
        formulas += [(name, e.get("location")) for e in xml.iter(f"{_MAIN}hyperlink")]
    for where, formula in formulas:
        text = _STRING_IN_FORMULA.sub('""', formula or "")
        if len(text) > _LONGEST_FORMULA:
            yield f"{where}: a formula of {len(text)} characters"
        for quoted, plain in set(_SHEET_IN_FORMULA.findall(text)):
            if (sheet := (quoted.replace("''", "'") or plain).lower()) not in known:
                yield f"{where}: refers to sheet {sheet}, which is not there"


# ---------------------------------------------------------------- the sheets


def _cells(file: _File) -> Iterator[str]:
    styles = ET.fromstring(file.parts["xl/styles.xml"])
    formats = len(styles.find(f"{_MAIN}cellXfs") or ())
    shared = len(ET.fromstring(file.parts.get("xl/sharedStrings.xml", b"<sst/>")))
    for name, _, xml in file.sheets:
        last_row = 0
        for row in xml.iter(f"{_MAIN}row"):
            number = int(row.get("r", "0"))
            if number <= last_row:
                yield f"{name}: row {number} stands after row {last_row}"
            last_row, last_column = number, 0
            for cell in row:
                column, of_row = _place(cell.get("r", ""))
                if column <= last_column or of_row != number:
                    yield f"{name}!{cell.get('r')}: out of order"
                last_column = column
                value = cell.findtext(f"{_MAIN}v")
                if int(cell.get("s", "0")) >= formats:
                    yield f"{name}!{cell.get('r')}: has a format that is not there"
                if cell.get("t") == "s" and int(value or "0") >= shared:
                    yield f"{name}!{cell.get('r')}: has a text that is not there"
                if cell.get("t", "n") == "n" and value and not _is_number(value):
                    yield f"{name}!{cell.get('r')}: {value} is no number"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _place(reference: str) -> tuple[int, int]:
    match = _CELL.fullmatch(reference)
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column, int(match[2])


def _texts(file: _File) -> Iterator[str]:
    for part, content in file.parts.items():
        if part.startswith("xl/worksheets/sheet") or part == "xl/sharedStrings.xml":
            for tag in ("si", "is"):
                for element in ET.fromstring(content).iter(_MAIN + tag):
                    length = len("".join(element.itertext()).encode("utf-16-le")) // 2
                    if length > _LONGEST_TEXT:
                        yield f"{part}: a text of {length} characters"


def _areas(file: _File) -> Iterator[str]:
    for name, _, xml in file.sheets:
        merged = [m.get("ref", "") for m in xml.iter(f"{_MAIN}mergeCell")]
        corners = {ref: (*_place(ref.split(":")[0]), *_place(ref.split(":")[-1])) for ref in merged}
        yield from _repeated(f"{name}: merged area", merged)
        for one, other in itertools.combinations(corners, 2):
            a, b = corners[one], corners[other]
            if a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]:
                yield f"{name}: merged areas {one} and {other} overlap"
        last = 0
        for column in xml.iter(f"{_MAIN}col"):
            if int(column.get("min", "0")) <= last:
                yield f"{name}: widths of column {column.get('min')} are given twice"
            last = int(column.get("max", "0"))


def _validations(file: _File) -> Iterator[str]:
    for name, _, xml in file.sheets:
        for rule in xml.iter(f"{_MAIN}dataValidation"):
            listed = rule.findtext(f"{_MAIN}formula1") or ""
            if listed.startswith('"') and len(listed) - 2 > _LONGEST_LIST:
                yield f"{name}: the list typed for {rule.get('sqref')} is too long"
            for key, longest in _VALIDATION_TEXTS.items():
                if len(rule.get(key, "")) > longest:
                    yield f"{name}: {key} for {rule.get('sqref')} is too long"


def _conditional_formats(file: _File) -> Iterator[str]:
    formats = len(ET.fromstring(file.parts["xl/styles.xml"]).find(f"{_MAIN}dxfs") or ())
    for name, _, xml in file.sheets:
        for rule in xml.iter(f"{_MAIN}cfRule"):
            if int(rule.get("dxfId", "-1")) >= formats:
                yield f"{name}: a conditional format that is not there"


_CHECKS: tuple[Callable[[_File], Iterator[str]], ...] = (
    _code_names,
    _ribbon,
    _sheet_names,
    _defined_names,
    _links,
    _cells,
    _texts,
    _areas,
    _validations,
    _conditional_formats,
)
