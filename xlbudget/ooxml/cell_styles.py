"""Looks of ours in a workbook's styles: added where the same are not there yet, and taken out again.

What is taken out stands last in its section, is written exactly as here and is not referred to: so
nothing of the workbook's own is lost.  The part is handled as bytes in latin-1, whatever its
encoding: what is added is ASCII with character references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .package import Package

_NAME = '<name val="宋体"/>'
_FONTS = {
    "plain": f'<font><sz val="10"/>{_NAME}</font>',
    "bold": f'<font><b/><sz val="10"/>{_NAME}</font>',
    "title": f'<font><b/><sz val="16"/>{_NAME}</font>',
    "hint": f'<font><sz val="9"/><color rgb="FF666666"/>{_NAME}</font>',
    "link": f'<font><u/><sz val="10"/><color rgb="FF0563C1"/>{_NAME}</font>',
}
_FILL = (
    '<fill><patternFill patternType="solid"><fgColor rgb="FFDDE5EE"/>'
    '<bgColor indexed="64"/></patternFill></fill>'
)
_SIDES = ("left", "right", "top", "bottom")
_BORDER = (
    "<border>"
    + "".join(f'<{side} style="thin"><color indexed="64"/></{side}>' for side in _SIDES)
    + "<diagonal/></border>"
)
_AMOUNT_FORMAT = "#,##0.00########"
# name → (font, boxed, filled, number format, alignment)
_LOOKS = {
    "title": ("title", False, False, False, ""),
    "hint": ("hint", False, False, False, ""),
    "section": ("bold", False, False, False, ""),
    "head": ("bold", True, True, False, '<alignment horizontal="center" vertical="center" wrapText="1"/>'),
    "text": ("plain", True, False, False, '<alignment vertical="top" wrapText="1"/>'),
    "amount": ("plain", True, False, True, '<alignment vertical="top"/>'),
    "link": ("link", True, False, False, '<alignment vertical="top"/>'),
}  # fmt: skip
_CHILDREN = {
    "numFmts": "numFmt", "fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf",
    "dxfs": "dxf",
}  # fmt: skip
# In this order: what refers to others comes before them.
_TRIMMED = ("dxfs", "cellXfs", "borders", "fills", "fonts", "numFmts")
# How elements of ours begin: their attributes stand in an order of our own.
_XF = '<xf fontId="'
_NUMBER = f'<numFmt formatCode="{_AMOUNT_FORMAT}" numFmtId="'
_DXF = '<dxf><fill><patternFill><bgColor rgb="FF'
_ADDED = ' count="1" '
"""The attributes of a section of ours; the space at the end tells it from the workbook's own."""
# What follows <numFmts> and <dxfs> in <styleSheet>: the place where they go if they are not there.
_NEXT = {"numFmts": "fonts", "dxfs": "tableStyles|colors|extLst"}
# Attributes that refer to an element, by the section it stands in.
_REFERENCES = {
    "numFmts": "numFmtId", "fonts": "fontId", "fills": "fillId", "borders": "borderId",
    "cellXfs": "s|style", "dxfs": "[a-zA-Z]*[dD]xfId",
}  # fmt: skip


def with_cell_looks(package: Package, changes: dict[str, bytes | None]) -> dict[str, int]:
    """Numbers of our cell formats; the workbook's own where it has no styles to add to."""
    found = _styles(package)
    if found is None:
        return dict.fromkeys(_LOOKS, 0)
    part, old = found
    xml, code = _number_format(old)
    looks: dict[str, int] = {}
    for name, (font, boxed, filled, amount, alignment) in _LOOKS.items():
        xml, font_id = _interned(xml, "fonts", _FONTS[font])
        fill_id = border_id = 0
        if filled:
            xml, fill_id = _interned(xml, "fills", _FILL)
        if boxed:
            xml, border_id = _interned(xml, "borders", _BORDER)
        xf = (
            f'{_XF}{font_id}" fillId="{fill_id}" borderId="{border_id}"'
            f' numFmtId="{code if amount else 0}" xfId="0" applyNumberFormat="1" applyFont="1"'
            f' applyFill="1" applyBorder="1" applyAlignment="1">{alignment}</xf>'
        )
        xml, looks[name] = _interned(xml, "cellXfs", xf)
    if xml != old:
        changes[part] = xml.encode("latin-1")
    return looks


def with_background(
    package: Package, colours: Mapping[str, str], changes: dict[str, bytes | None]
) -> dict[str, int]:
    """Numbers of the conditional formats that give a background, ``#RRGGBB`` by name."""
    found = _styles(package)
    if found is None:
        return {}
    part, old = found
    xml, numbers = old, {}
    for name, colour in colours.items():
        dxf = f'{_DXF}{colour[1:]}"/></patternFill></fill></dxf>'
        xml, numbers[name] = _interned(xml, "dxfs", dxf)
    if xml != old:
        changes[part] = xml.encode("latin-1")
    return numbers


def without_looks(package: Package, *sections: str) -> Package:
    """The workbook without those of our looks that nothing in it uses any more.

    ``sections`` (none: all) are those of the styles to look at, ``dxfs`` the conditional formats.
    """
    found = _styles(package)
    if found is None:
        return package
    part, old = found
    xml = old
    for section in sections or _TRIMMED:
        xml = _trimmed(xml, section, _uses(package, part, section))
    return package.with_parts({part: xml.encode("latin-1")}) if xml != old else package


# ---------------------------------------------------------------- one section


def _styles(package: Package) -> tuple[str, str] | None:
    """The styles' part and its text; None where there is none that could be added to."""
    folder = package.workbook_part.rpartition("/")[0]
    part = package.find(f"{folder}/styles.xml")
    if part is None:
        return None
    xml = package.read(part).decode("latin-1")
    return (part, xml) if re.search(r"<(?:[\w.-]+:)?cellXfs\b", xml) else None


def _prefixed(xml: str, element: str) -> str:
    """An element as this part writes it: with the prefix of its root, in ASCII."""
    root = re.search(r"<([\w.-]+:)styleSheet\b", xml)
    if root:
        element = re.sub(r"<(/?)(?=\w)", rf"<\1{root[1]}", element)
    return element.encode("ascii", "xmlcharrefreplace").decode()


def _section(xml: str, section: str) -> re.Match[str] | None:
    """The section: 1 its name, 2 its attributes, 3 its content (None where it is ``<fonts/>``)."""
    name = rf"((?:[\w.-]+:)?{section})\b"
    return re.search(rf"<{name}((?:\s[^>]*?)?)(?:/>|>(.*?)</\1\s*>)", xml, re.DOTALL)


def _children(content: str, section: str) -> list[str]:
    name = rf"((?:[\w.-]+:)?{_CHILDREN[section]})\b"
    found = re.finditer(rf"<{name}(?:[^>]*/>|.*?</\1\s*>)", content, re.DOTALL)
    return [match[0] for match in found]


def _interned(xml: str, section: str, element: str) -> tuple[str, int]:
    """The number of ``element`` among the section's children, added last where it is not there."""
    element = _prefixed(xml, element)
    found = _section(xml, section)
    if found is None:
        return _with_section(xml, section, element), 0
    name, attributes, content = found[1], found[2], found[3] or ""
    children = _children(content, section)
    if element in children:
        return xml, children.index(element)
    new = f"<{name}{_counted(attributes, 1)}>{content}{element}</{name}>"
    return xml[: found.start()] + new + xml[found.end() :], len(children)


def _with_section(xml: str, section: str, element: str) -> str:
    """The styles with a section of ours, which holds that element; only where it may be missing."""
    if section not in _NEXT:
        return xml
    at = re.search(rf"<(?:[\w.-]+:)?(?:{_NEXT[section]})\b|</(?:[\w.-]+:)?styleSheet\s*>", xml)
    if at is None:
        return xml
    head, tail = _prefixed(xml, f"<{section}{_ADDED}>"), _prefixed(xml, f"</{section}>")
    return xml[: at.start()] + head + element + tail + xml[at.start() :]


def _counted(attributes: str, more: int) -> str:
    """The attributes with another count, where there is one."""

    def counted(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + more}"

    return re.sub(r"""(\bcount=["'])(\d+)""", counted, attributes)


def _trimmed(xml: str, section: str, is_used: Callable[[str, str], bool]) -> str:
    """Without the section's last children, as far as they are ours and nothing refers to them."""
    found = _section(xml, section)
    if found is None or found[3] is None:
        return xml
    children, content = _children(found[3], section), found[3]
    count = len(children)
    ours = _ours(xml, section)
    while count and ours(children[count - 1]) and content.endswith(children[count - 1]):
        code = re.search(r'numFmtId="(\d+)"', children[count - 1]) if section == "numFmts" else None
        if is_used(xml, code[1] if code else str(count - 1)):
            break
        content = content.removesuffix(children[count - 1])
        count -= 1
    if count == len(children):
        return xml
    attributes = _counted(found[2], count - len(children))
    if content:
        new = f"<{found[1]}{attributes}>{content}</{found[1]}>"
    else:  # a section of ours goes with what was in it
        new = "" if attributes.endswith(" ") else f"<{found[1]}{attributes}/>"
    return xml[: found.start()] + new + xml[found.end() :]


def _ours(xml: str, section: str) -> Callable[[str], bool]:
    """Whether an element of the section was written by this module."""
    beginnings = {"cellXfs": _XF, "numFmts": _NUMBER, "dxfs": _DXF}
    if section in beginnings:  # their numbers and colours differ
        start = _prefixed(xml, beginnings[section])
        return lambda element: element.startswith(start)
    known = {"fonts": [*_FONTS.values()], "fills": [_FILL], "borders": [_BORDER]}[section]
    written = {_prefixed(xml, element) for element in known}
    return lambda element: element in written


def _uses(package: Package, styles: str, section: str) -> Callable[[str, str], bool]:
    """Whether a number of the section is referred to, in the given styles or in another part."""
    attribute = _REFERENCES[section]
    own = re.compile(rf"""\s(?:{attribute})=["'](\d+)["']""")
    numbers: set[str] = set()
    if section in ("cellXfs", "dxfs"):
        for name in package.names:
            if name.lower().endswith(".xml") and name != styles and "sharedStrings" not in name:
                numbers.update(own.findall(package.read(name).decode("latin-1")))

    def is_used(xml: str, number: str) -> bool:
        if section == "cellXfs":
            return number in numbers
        if section == "numFmts":  # its own definition is no use of it
            xml = re.sub(r"<(?:[\w.-]+:)?numFmt\b[^>]*>", "", xml)
        return number in numbers or number in own.findall(xml)

    return is_used


def _number_format(xml: str) -> tuple[str, int]:
    """The number of our number format, added where no equal one is there."""
    numbers = []
    for tag in re.findall(r"<(?:[\w.-]+:)?numFmt\b[^>]*>", xml):
        number = re.search(r"""numFmtId=["'](\d+)["']""", tag)
        numbers.append(int(number[1]) if number else 0)
        if re.search(rf"""formatCode=["']{re.escape(_AMOUNT_FORMAT)}["']""", tag):
            return xml, numbers[-1]
    code = max([163, *numbers]) + 1
    element = f'{_NUMBER}{code}"/>'
    return _interned(xml, "numFmts", element)[0], code
