"""Made-up machines for what only Windows or macOS can tell."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class MadeUp:
    """A machine in a temporary folder; ``values`` is its registry, ``marked`` what came by mail."""

    home: Path
    kind: str = "windows"
    bits: int = 64
    encoding: str = "gbk"
    values: dict[tuple[str, str, str], str | int] = field(default_factory=dict)
    marked: set[Path] = field(default_factory=set)
    modules: frozenset[str] = frozenset({"xlwings", "win32com", "appscript"})

    def __post_init__(self) -> None:
        local = self.home / "AppData" / "Local"
        self.interpreter = local / "xlbudget" / "env" / "python.exe"
        self.variables = {
            "APPDATA": str(self.home / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(local),
            "USERPROFILE": str(self.home),
        }
        self.applications = self.home / "Applications"

    def registry(self, root: str, key: str, value: str = "") -> str | int | None:
        return self.values.get((root, key, value))

    def is_marked(self, path: Path) -> bool:
        return path in self.marked

    def unmark(self, path: Path) -> None:
        self.marked.discard(path)

    def has_module(self, name: str) -> bool:
        return name in self.modules


def with_excel(home: Path) -> MadeUp:
    """A Windows machine with Excel 2016 or newer, 64 bit."""
    program = home / "EXCEL.EXE"
    program.write_bytes(program_head(0x8664))
    app_path = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    return MadeUp(
        home,
        values={
            ("HKCR", r"Excel.Application\CurVer", ""): "Excel.Application.16",
            ("HKLM", app_path, ""): str(program),
        },
    )


def program_head(machine: int) -> bytes:
    """The beginning of a Windows program for a processor."""
    head = bytearray(0x100)
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x80)
    head[0x80:0x84] = b"PE\0\0"
    struct.pack_into("<H", head, 0x84, machine)
    return bytes(head)
