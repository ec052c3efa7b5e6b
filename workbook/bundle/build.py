"""Build the offline bundle for offices without internet: ``make bundle``.

Downloads the Windows wheels of xlbudget and of everything it needs, for each Python that we
support, and puts the scripts beside them.  pip judges environment markers by the machine it runs on,
so what only Windows needs is found by reading the wheels' own requirements again for Windows.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import HeaderParser
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORM = "win_amd64"
SCRIPTS = {"install.cmd": "安装.cmd", "uninstall.cmd": "卸载.cmd", "readme.txt": "说明.txt"}


class Wheel(NamedTuple):
    """A wheel's project name, its file, and what it requires."""

    name: str
    path: Path
    requires: tuple[str, ...]


def read_wheel(path: Path) -> Wheel:
    """A wheel's name and requirements, from its METADATA."""
    name, *_ = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as archive:
        inner = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        head = HeaderParser().parsestr(archive.read(inner).decode("utf-8"))
    return Wheel(str(name), path, tuple(head.get_all("Requires-Dist") or ()))


def needed(wheels: Iterable[Wheel], python: str) -> dict[str, SpecifierSet]:
    """What xlbudget needs on Windows under a Python, project name → versions: the closure as far
    as the wheels at hand tell."""
    by_name = {canonicalize_name(wheel.name): wheel for wheel in wheels}
    found: dict[str, SpecifierSet] = {}
    waiting: list[tuple[str, frozenset[str]]] = [("xlbudget", frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen or name not in by_name:
            continue
        seen.add((name, extras))
        for requirement in _required(by_name[name].requires, python, extras):
            key = canonicalize_name(requirement.name)
            found[key] = found.get(key, SpecifierSet()) & requirement.specifier
            waiting.append((key, frozenset(requirement.extras)))
    return found


def _required(texts: Iterable[str], python: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in texts:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(
            marker.evaluate({**_windows(python), "extra": extra}) for extra in (*extras, "")
        ):
            yield requirement


def _windows(python: str) -> dict[str, str]:
    return {
        "os_name": "nt",
        "sys_platform": "win32",
        "platform_system": "Windows",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": python,
        "python_full_version": f"{python}.0",
    }


def absent(wheels: Iterable[Wheel], python: str) -> list[str]:
    """Requirements on Windows under a Python that no wheel at hand meets, in order of names."""
    wheels = list(wheels)
    there = {canonicalize_name(wheel.name) for wheel in wheels}
    wanted = sorted(needed(wheels, python).items())
    return [f"{name}{versions}" for name, versions in wanted if name not in there]


def _download(requirements: list[str], python: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--platform", PLATFORM]
    command += ["--python-version", python, "--implementation", "cp"]
    subprocess.run([*command, "--dest", str(folder), *requirements], check=True)


def collect(own: Path, python: str, folder: Path) -> list[Wheel]:
    """Our wheel and the Windows wheels of everything it needs, in ``folder``."""
    wheels = {own.name: read_wheel(own)}
    while missing := absent(wheels.values(), python):
        _download(missing, python, folder)
        found = [read_wheel(path) for path in folder.glob("*.whl")]
        wheels = {own.name: wheels[own.name], **{wheel.path.name: wheel for wheel in found}}
    return list(wheels.values())


def script_bytes(text: str, name: str) -> bytes:
    """A script or text as a Chinese Windows reads it: code page 936 for cmd, CRLF line ends."""
    encoding = "gbk" if name.endswith(".cmd") else "utf-8-sig"
    return text.replace("\n", "\r\n").encode(encoding)


def build(target: Path) -> Path:
    """The bundle's folder, made anew."""
    if target.exists():
        shutil.rmtree(target)
    wheels = target / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--wheel-dir", str(wheels), str(ROOT)], check=True)
    (own,) = wheels.glob("xlbudget-*.whl")
    for python in PYTHONS:
        folder = target / python
        folder.mkdir()
        collect(own, python, folder)
        for path in folder.glob("*.whl"):
            path.replace(wheels / path.name)
        folder.rmdir()
    for source, name in SCRIPTS.items():
        text = (HERE / source).read_text("utf-8")
        (target / name).write_bytes(script_bytes(text, source))
    return target


if __name__ == "__main__":
    folder = build(ROOT / "dist" / "xlbudget-offline")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder.relative_to(ROOT)}: {len(list(folder.rglob('*.whl')))} wheels, {size >> 20} MB")
