"""The machine that Excel runs on: the few things only Windows or macOS can tell.

Everything that needs Windows is in ``ThisMachine``; whoever uses it takes a ``Machine``, so that
installing and diagnosing are tested with a made-up one.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import Protocol

from ..errors import UserError

MARK_OF_THE_WEB = "Zone.Identifier"


class Machine(Protocol):
    """What installing and diagnosing ask.

    ``kind`` is ``windows``, ``mac`` or ``other``; ``bits`` the interpreter's word (32 or 64);
    ``encoding`` what VBA reads text files as.  ``variables`` are environment variables;
    ``applications`` is where macOS keeps its programs.
    """

    kind: str
    home: Path
    interpreter: Path
    bits: int
    encoding: str
    variables: dict[str, str]
    applications: Path

    def registry(self, root: str, key: str, value: str = "") -> str | int | None:
        """A value of the Windows registry (``root`` HKCU, HKLM or HKCR), None where absent."""

    def is_marked(self, path: Path) -> bool:
        """Whether the file bears the mark of the web (it came by mail or browser)."""

    def unmark(self, path: Path) -> None:
        """Take the mark of the web off a file; nothing where there is none."""

    def has_module(self, name: str) -> bool:
        """Whether the interpreter can import a module."""


class ThisMachine:
    """The machine that this program runs on."""

    def __init__(self) -> None:
        self.kind = {"win32": "windows", "darwin": "mac"}.get(sys.platform, "other")
        self.home = Path.home()
        self.interpreter = Path(sys.executable)
        self.bits = struct.calcsize("P") * 8
        self.encoding = "mbcs" if sys.platform == "win32" else "utf-8"
        self.variables = dict(os.environ)
        self.applications = Path("/Applications")

    def registry(self, root: str, key: str, value: str = "") -> str | int | None:
        if sys.platform != "win32":
            return None
        import winreg

        roots = {
            "HKCU": winreg.HKEY_CURRENT_USER,
            "HKLM": winreg.HKEY_LOCAL_MACHINE,
            "HKCR": winreg.HKEY_CLASSES_ROOT,
        }
        try:
            with winreg.OpenKey(roots[root], key) as handle:
                found = winreg.QueryValueEx(handle, value)[0]
        except OSError:
            return None
        return found if isinstance(found, str | int) else None

    def is_marked(self, path: Path) -> bool:
        if self.kind == "windows":
            return os.path.exists(f"{path}:{MARK_OF_THE_WEB}")  # noqa: PTH110 - a stream, no path
        return self.kind == "mac" and b"com.apple.quarantine" in _mac_attributes(path)

    def unmark(self, path: Path) -> None:
        try:
            if self.kind == "windows":
                os.remove(f"{path}:{MARK_OF_THE_WEB}")  # noqa: PTH107 - a stream, no path
            elif self.is_marked(path):
                import subprocess

                subprocess.run(["xattr", "-d", "com.apple.quarantine", str(path)], check=False)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UserError(
                f"“{path}”带有“来自网络”的标记，没能去掉（{error.strerror}）；"
                "请在文件属性里勾选“解除锁定”。"
            ) from error

    def has_module(self, name: str) -> bool:
        from importlib.util import find_spec

        return find_spec(name) is not None


def _mac_attributes(path: Path) -> bytes:
    import subprocess

    return subprocess.run(["xattr", str(path)], capture_output=True, check=False).stdout


_MACHINE_AT = 4
_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}


def program_bits(head: bytes) -> int | None:
    """32 or 64 from the first bytes of a Windows program, None where it is none.

    Source: Microsoft PE format: the offset of the PE signature stands at 0x3C, the machine type
    follows the signature.
    """
    if head[:2] != b"MZ" or len(head) < 0x40:
        return None
    (at,) = struct.unpack_from("<I", head, 0x3C)
    if head[at : at + 4] != b"PE\0\0" or len(head) < at + 6:
        return None
    (machine,) = struct.unpack_from("<H", head, at + _MACHINE_AT)
    return _BITS.get(machine)
