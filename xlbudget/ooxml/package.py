"""An Excel workbook file as the parts it consists of: which sheets there are and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple

from xlbudget.ooxml.archive import DAMAGED, NOT_A_WORKBOOK, TOO_LARGE, Archive, PackageError
from xlbudget.patterns import lazy_pattern

__all__ = ["Package", "PackageError", "Relation", "SheetPart"]

BINARY_FORMAT = "文件是二进制的 .xlsb 格式，请用 Excel 另存为 .xlsx 后再试"
_LARGEST_TOGETHER = 512 * 1024 * 1024  # bytes of all parts that were read: they are kept
ODD_ENCODING = "工作簿的内容不是 UTF-8 编码，请用 Excel 打开后另存为 .xlsx 再试"


class SheetPart(NamedTuple):
    """A worksheet of the workbook.

    ``part`` is the entry's name in the zip, ``sheet_id`` the number Excel's calculation chain
    knows the sheet by, ``state`` one of ``visible``, ``hidden`` and ``veryHidden``.
    """

    name: str
    part: str
    sheet_id: int
    state: str


class Package:
    """The parts of a workbook held in memory.  Nothing changes it.

    A part is decompressed once, and a package with other parts (``with_parts``) is compressed only
    when its bytes are asked for: several changes one after the other cost as much as one.
    """

    def __init__(self, data: bytes) -> None:
        """Read the zip's directory; PackageError when ``data`` is no readable zip."""
        self._archive = Archive(data)
        # Part names are compared without regard to case, and some writers use backslashes.
        self._folded = {_fold(name): name for name in self._archive.names}
        twins = [name for name in self._archive.names if self._folded[_fold(name)] != name]
        if any(name.lower().endswith((".xml", ".rels")) for name in twins):
            raise PackageError(DAMAGED)  # which of them is meant, readers do not agree on
        self._contents: dict[str, bytes] = {}
        self._changes: dict[str, bytes | None] = {}

    def with_parts(self, changes: Mapping[str, bytes | None]) -> Package:
        """The package with parts replaced (bytes) or left out (None)."""
        changed = object.__new__(Package)
        changed.__dict__.update(self.__dict__)
        changed._changes = {**self._changes, **changes}
        changed._folded = {
            folded: name
            for folded, name in self._folded.items()
            if changes.get(name, b"") is not None
        }
        changed._folded |= {_fold(name): name for name, new in changes.items() if new is not None}
        if any(name.endswith((".rels", "workbook.xml")) for name in changes):
            for kept in ("workbook_part", "relations_part", "sheets"):
                changed.__dict__.pop(kept, None)
        changed.__dict__.pop("data", None)
        return changed

    @cached_property
    def data(self) -> bytes:
        """The file: parts that were not replaced are byte for byte what they were."""
        return self._archive.rewritten(self._changes) if self._changes else self._archive.data

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries, in the order of the zip's directory."""
        return tuple(self._folded.values())

    def find(self, part: str) -> str | None:
        """The entry's own name for ``part`` (case and slashes do not matter), or None."""
        return self._folded.get(_fold(part))

    def read(self, part: str) -> bytes:
        """The content of one part; PackageError if it is missing or damaged."""
        name = self.find(part)
        if name is None:
            raise PackageError(DAMAGED)
        changed = self._changes.get(name)
        if changed is not None:
            return changed
        content = self._contents.get(name)
        if content is None:
            content = self._contents[name] = self._archive.read(name)
            if sum(map(len, self._contents.values())) > _LARGEST_TOGETHER:
                raise PackageError(TOO_LARGE)
        return content

    def rewritten(self, changes: Mapping[str, bytes | None]) -> bytes:
        """The file with parts replaced (bytes) or left out (None), all others byte for byte."""
        return self.with_parts(changes).data

    @cached_property
    def workbook_part(self) -> str:
        """The name of the part that lists the sheets, ``xl/workbook.xml`` as a rule."""
        part = "xl/workbook.xml"
        if self.find("_rels/.rels"):
            for relation in relations(self.read("_rels/.rels")).values():
                if relation.kind == "officeDocument":
                    part = resolved("", relation.target)
        if part.lower().endswith(".bin"):
            raise PackageError(BINARY_FORMAT)
        found = self.find(part)
        if found is None:
            raise PackageError(NOT_A_WORKBOOK)
        return found

    @cached_property
    def relations_part(self) -> str:
        """The name of the part that says which file each sheet of the workbook is."""
        folder, _, name = self.workbook_part.rpartition("/")
        found = self.find(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
        if found is None:
            raise PackageError(NOT_A_WORKBOOK)
        return found

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """The worksheets in the order of their tabs, hidden ones too; chart sheets are left out."""
        related = relations(self.read(self.relations_part))
        folder = self.workbook_part.rpartition("/")[0]
        found = []
        workbook = self.read(self.workbook_part)
        end = _SHEETS_END.search(workbook)  # what follows may be long: a name for every figure
        for attributes in elements(workbook[: end.start()] if end else workbook, "sheet"):
            relation = related.get(attributes.get("id", ""))
            if relation is None or relation.kind != "worksheet":
                continue
            part = self.find(resolved(folder, relation.target))
            if part is None:
                raise PackageError(DAMAGED)
            number = attributes.get("sheetId", "0")
            found.append(
                SheetPart(
                    name=attributes.get("name", ""),
                    part=part,
                    sheet_id=int(number) if number.isdecimal() else 0,
                    state=attributes.get("state", "visible"),
                )
            )
        return tuple(found)


# ---------------------------------------------------------------- the parts' XML


class Relation(NamedTuple):
    """Where one part points: the last word of the relation's type, and the target's path."""

    kind: str
    target: str


@contextmanager
def reading_numbers() -> Iterator[None]:
    """Turn the ValueError of an address or number that is none into a PackageError."""
    try:
        yield
    except ValueError as error:
        raise PackageError(DAMAGED) from error


_ATTRIBUTE = lazy_pattern(rb"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SHEETS_END = lazy_pattern(rb"</(?:[\w.-]+:)?sheets\s*>")
_REFERENCE = lazy_pattern(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(\w+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_HIDDEN_FROM_SCAN = lazy_pattern(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)


def scannable(xml: bytes) -> bytes:
    """The same XML, byte for byte as long, with comments and CDATA blanked.

    Positions found in the result are positions in ``xml``.  PackageError when the part is UTF-16.
    """
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:8]:
        raise PackageError(ODD_ENCODING)
    if b"<!" not in xml:
        return xml
    return _HIDDEN_FROM_SCAN.sub(lambda match: b" " * len(match[0]), xml)


def unescaped(text: str) -> str:
    """Text with its character references (``&amp;``, ``&#10;``) replaced."""
    if "&" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        if match[3]:
            return _NAMED.get(match[3], match[0])
        code = int(match[1], 16) if match[1] else int(match[2])
        return chr(code) if code <= 0x10FFFF else match[0]

    return _REFERENCE.sub(character, text)


def tag_attributes(tag: bytes) -> dict[str, str]:
    """The attributes of one start tag by local name (``r:id`` is ``id``), values unescaped."""
    return {
        name.decode("utf-8", "replace").rpartition(":")[2]: unescaped(
            (double or single).decode("utf-8", "replace")
        )
        for name, double, single in _ATTRIBUTE.findall(tag)
        if not name.startswith(b"xmlns")
    }


def elements(xml: bytes, name: str) -> list[dict[str, str]]:
    """The attributes of every element of that local name, in document order."""
    pattern = rb"""<(?:[\w.-]+:)?%b(\s(?:[^<>"']++|"[^"]*"|'[^']*')*+)?>""" % name.encode()
    return [tag_attributes(match[1] or b"") for match in re.finditer(pattern, scannable(xml))]


def relations(xml: bytes) -> dict[str, Relation]:
    """The relations of a ``.rels`` part by their id."""
    return {
        attributes.get("Id", ""): Relation(
            attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
        )
        for attributes in elements(xml, "Relationship")
        if attributes.get("TargetMode") != "External"
    }


def resolved(folder: str, target: str) -> str:
    """The entry's name a relation in ``folder`` points to."""
    if target.startswith("/"):
        return target[1:]
    steps = [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _fold(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
