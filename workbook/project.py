"""Writes vbaProject.bin from module texts ([MS-OVBA]); no Office, standard library only.

Every module is source only and ``_VBA_PROJECT`` says that there is no compiled code, so that
Excel compiles from the source when it opens the file.
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from workbook.compound import write_compound

CODE_PAGE = 936
_ENCODING = f"cp{CODE_PAGE}"
_CHUNK = 4096
_NO_COMPILED_CODE = b"\xcc\x61\xff\xff\x00\x00\x00"
_CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
_DOCUMENT_BASES = {
    "workbook": "0{00020819-0000-0000-C000-000000000046}",
    "worksheet": "0{00020820-0000-0000-C000-000000000046}",
}
_OLE = (
    "stdole",
    r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#"
    r"C:\Windows\System32\stdole2.tlb#OLE Automation",
)
_CLASS_HEAD = re.compile(r"\AVERSION 1\.0 CLASS\nBEGIN\n(?:.*\n)*?END\n")
_NAME = re.compile(r'^Attribute VB_Name = "([^"]+)"$', re.MULTILINE)
_DOCUMENT_ATTRIBUTES = {
    "GlobalNameSpace": "False",
    "Creatable": "False",
    "PredeclaredId": "True",
    "Exposed": "True",
    "TemplateDerived": "False",
    "Customizable": "True",
}


class Module(NamedTuple):
    """A module: ``kind`` is standard, class, workbook or worksheet; ``text`` as VBE exports it."""

    name: str
    kind: str
    text: str


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The bytes of vbaProject.bin.  ``name`` also decides the project's id."""
    names = [module.name.lower() for module in modules]
    if len(set(names)) < len(names) or name.lower() in names:
        raise ValueError("modules and project need names of their own")
    storage = {
        "_VBA_PROJECT": _NO_COMPILED_CODE,
        "dir": compressed(_directory(name, modules)),
        **{m.name: compressed(stored_text(m).encode(_ENCODING)) for m in modules},
    }
    return write_compound(
        {"VBA": storage, "PROJECT": _project(name, modules), "PROJECTwm": _names(modules)}
    )


# ---------------------------------------------------------------- a module's text


def stored_text(module: Module) -> str:
    """The text as the project holds it: without the head of an exported class, with attributes."""
    text = module.text.replace("\r\n", "\n")
    text = _CLASS_HEAD.sub("", text)
    found = _NAME.search(text)
    if found is None or found[1] != module.name:
        raise ValueError(f"{module.name}: Attribute VB_Name is missing or names another module")
    if module.kind in _DOCUMENT_BASES:
        known = "|".join(["Name", "Base", *_DOCUMENT_ATTRIBUTES])
        body = re.sub(rf"^Attribute VB_(?:{known}) = .*\n", "", text, flags=re.MULTILINE)
        head = {
            "Name": f'"{module.name}"',
            "Base": f'"{_DOCUMENT_BASES[module.kind]}"',
            **_DOCUMENT_ATTRIBUTES,
        }
        text = "".join(f"Attribute VB_{key} = {value}\n" for key, value in head.items()) + body
    elif module.kind == "class":
        # Only in the project, never in an exported file.
        text = _NAME.sub(lambda m: f'{m[0]}\nAttribute VB_Base = "{_CLASS_BASE}"', text, count=1)
        text = re.sub(
            r"^(Attribute VB_Exposed = .*\n)",
            r"\1Attribute VB_TemplateDerived = False\nAttribute VB_Customizable = False\n",
            text,
            count=1,
            flags=re.MULTILINE,
        )
    return text.replace("\n", "\r\n")


# ---------------------------------------------------------------- compression (2.4.1)


def compressed(data: bytes) -> bytes:
    """Data in the compressed form of a module, a chunk of 4096 bytes at a time."""
    chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    return b"\x01" + b"".join(map(_compressed_chunk, chunks))


def _compressed_chunk(raw: bytes) -> bytes:
    body = bytearray()
    seen: dict[bytes, list[int]] = {}  # three bytes → where they begin
    at = 0
    while at < len(raw):
        flags_at, flags = len(body), 0
        body.append(0)
        for bit in range(8):
            if at >= len(raw):
                break
            length, distance, length_bits = _longest_match(raw, at, seen)
            if length:
                body += struct.pack("<H", (distance - 1) << length_bits | (length - 3))
                flags |= 1 << bit
            else:
                body.append(raw[at])
            for place in range(at, at + (length or 1)):
                seen.setdefault(raw[place : place + 3], []).append(place)
            at += length or 1
        body[flags_at] = flags
    if len(body) >= _CHUNK:  # the chunk as it is, always full length
        return struct.pack("<H", 0x3000 | (_CHUNK - 1)) + raw.ljust(_CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(body) - 1)) + bytes(body)


def _longest_match(raw: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int, int]:
    """Length (0 for none) and distance of the best earlier copy, and the bits for its length."""
    length_bits = 16 - max(4, (at - 1).bit_length() if at else 0)
    limit = min((1 << length_bits) + 2, len(raw) - at)
    best, distance = 0, 0
    if limit >= 3:
        for place in reversed(seen.get(raw[at : at + 3], ())):
            length = 3
            while length < limit and raw[place + length] == raw[at + length]:
                length += 1
            if length > best:
                best, distance = length, at - place
                if best == limit:
                    break
    return best, distance, length_bits


# ---------------------------------------------------------------- the project's streams


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HI", kind, len(data)) + data


def _directory(name: str, modules: Sequence[Module]) -> bytes:
    """The stream ``dir`` (2.3.4.2): what the project is and which modules it has."""

    def text(kind: int, value: str) -> bytes:
        return _record(kind, value.encode(_ENCODING))

    def wide(kind: int, value: str) -> bytes:
        return _record(kind, value.encode("utf-16-le"))

    language = struct.pack("<I", 0x0409)
    out = [
        _record(0x01, struct.pack("<I", 3)),  # 64-bit Windows
        _record(0x02, language),
        _record(0x14, language),
        _record(0x03, struct.pack("<H", CODE_PAGE)),
        text(0x04, name),
        _record(0x05, b"") + _record(0x40, b""),  # description
        _record(0x06, b"") + _record(0x3D, b""),  # help file
        _record(0x07, bytes(4)),  # help context
        _record(0x08, bytes(4)),  # library flags
        # Version: the size field says 4, and 6 bytes follow.
        struct.pack("<HIIH", 0x09, 4, 0x65BE0257, 0x11),
        _record(0x0C, b"") + _record(0x3C, b""),  # constants
        text(0x16, _OLE[0]) + wide(0x3E, _OLE[0]),
        _record(0x0D, struct.pack("<I", len(_OLE[1])) + _OLE[1].encode() + bytes(6)),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, b"\xff\xff"),
    ]
    for module in modules:
        out += [
            text(0x19, module.name) + wide(0x47, module.name),
            text(0x1A, module.name) + wide(0x32, module.name),  # its stream
            _record(0x1C, b"") + _record(0x48, b""),  # description
            _record(0x31, bytes(4)),  # the source begins at byte 0: nothing compiled before it
            _record(0x1E, bytes(4)),
            _record(0x2C, b"\xff\xff"),
            _record(0x21 if module.kind == "standard" else 0x22, b""),
            _record(0x2B, b""),
        ]
    return b"".join([*out, _record(0x10, b"")])


def _project(name: str, modules: Sequence[Module]) -> bytes:
    """The stream ``PROJECT`` (2.3.1), a text like an .ini file."""
    project_id = "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"xlbudget/{name}")).upper() + "}"
    keys = {"standard": "Module={}", "class": "Class={}"}
    lines = [
        f'ID="{project_id}"',
        *(keys.get(m.kind, "Document={}/&H00000000").format(m.name) for m in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_encrypted(bytes(4), project_id, 0x0A)}"',  # not protected
        f'DPB="{_encrypted(bytes(1), project_id, 0x1C)}"',  # no password
        f'GC="{_encrypted(bytes([255]), project_id, 0x2E)}"',  # visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return "\r\n".join(lines).encode(_ENCODING)


def _encrypted(data: bytes, project_id: str, seed: int) -> str:
    """Data Encryption (2.4.3.2): obfuscation with a seed that we choose once and for all."""
    version = 2
    key = sum(project_id.encode("ascii")) & 0xFF
    out = [seed, seed ^ version, seed ^ key]
    previous = key
    for value in bytes([7] * ((seed & 6) // 2)) + struct.pack("<I", len(data)) + data:
        out.append(value ^ ((out[-2] + previous) & 0xFF))
        previous = value
    return bytes(out).hex().upper()


def _names(modules: Sequence[Module]) -> bytes:
    """The stream ``PROJECTwm``: each name in both encodings.  Excel wants it uncompressed."""
    return (
        b"".join(
            module.name.encode(_ENCODING) + b"\0" + module.name.encode("utf-16-le") + b"\0\0"
            for module in modules
        )
        + b"\0\0"
    )
