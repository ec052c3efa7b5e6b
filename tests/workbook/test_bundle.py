"""The offline bundle: what it must hold, and scripts that a Chinese Windows can read."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "workbook" / "bundle"
_spec = importlib.util.spec_from_file_location("bundle", FOLDER / "build.py")
assert _spec is not None
assert _spec.loader is not None
bundle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(bundle)


def wheel(folder: Path, name: str, *requires: str) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {text}" for text in requires]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n")
    return path


def test_what_only_windows_needs_is_missed(tmp_path: Path) -> None:
    wheels = [
        bundle.read_wheel(wheel(tmp_path, "xlbudget", "lib>=1", 'glue>=2; sys_platform == "win32"')),
        bundle.read_wheel(wheel(tmp_path, "lib", 'old; python_version < "3.12"', 'x; os_name == "posix"')),
        bundle.read_wheel(wheel(tmp_path, "glue", 'pywin32>=224; platform_system == "Windows"')),
    ]  # fmt: skip
    assert bundle.absent(wheels, "3.11") == ["old", "pywin32>=224"]
    assert bundle.absent(wheels, "3.13") == ["pywin32>=224"]


def test_versions_wanted_by_several_are_joined(tmp_path: Path) -> None:
    wheels = [
        bundle.read_wheel(wheel(tmp_path, "xlbudget", "a", "b")),
        bundle.read_wheel(wheel(tmp_path, "a", "Some_Lib>=1")),
        bundle.read_wheel(wheel(tmp_path, "b", "some-lib<3")),
    ]
    assert bundle.absent(wheels, "3.12") == ["some-lib<3,>=1"]


def test_extras_that_nobody_asked_for_stay_out(tmp_path: Path) -> None:
    wheels = [
        bundle.read_wheel(wheel(tmp_path, "xlbudget", 'pytest; extra == "dev"', "lib[fast]")),
        bundle.read_wheel(
            wheel(tmp_path, "lib", 'speed; extra == "fast"', 'docs; extra == "docs"')
        ),
    ]
    assert bundle.absent(wheels, "3.12") == ["speed"]


@pytest.mark.parametrize("name", ["install.cmd", "uninstall.cmd"])
def test_scripts_are_readable_on_a_chinese_windows(name: str) -> None:
    source = (FOLDER / name).read_text("utf-8")
    data = bundle.script_bytes(source, name)
    assert data.decode("gbk").replace("\r\n", "\n") == source
    assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize("name", ["install.cmd", "uninstall.cmd"])
def test_every_label_that_a_script_goes_to_exists(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    used = set(re.findall(r"(?:goto|call) :(\w+)", text))
    assert used
    assert used <= labels
    # Each way out says what happened and waits, so that the window can be read.
    assert text.count("pause") == len(re.findall(r"^exit /b (?:0|2)$", text, re.M)) - (
        "try" in labels
    )


def test_the_script_tries_the_pythons_of_the_bundle() -> None:
    text = (FOLDER / "install.cmd").read_text("utf-8")
    tried = re.findall(r"\d\.\d+", re.findall(r"for %%V in \((.*?)\)", text)[0])
    assert set(tried) == set(bundle.PYTHONS)
