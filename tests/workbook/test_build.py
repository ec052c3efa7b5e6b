"""What is committed is what the code builds: the workbooks, and the package's copies of their parts."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest

from workbook import build
from xlbudget.model.content import Content
from xlbudget.template import build as build_template
from xlbudget.template import load_macros

from . import built


def test_committed_files_are_what_the_code_builds() -> None:
    """If this fails: ``make samples``, look at the result, commit it."""
    files = built.files()
    assert [path.name for path, data in files.items() if path.read_bytes() != data] == []


def test_two_builds_give_the_same_bytes() -> None:
    assert build.addin() == built.of("xlbudget.xlam")
    assert build.macros(2, addin=False) == build.macros(2, addin=False)


def test_an_installed_package_writes_the_same_workbook() -> None:
    assert build_template(Content(), macros=load_macros()) == built.of("xlbudget.xlsm")


def parts(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(built.of(name))) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def test_the_macro_enabled_template_holds_the_same_sheets_and_one_more() -> None:
    names = [
        re.findall(r'<sheet name="([^"]+)"', parts(name)["xl/workbook.xml"].decode())
        for name in ("xlbudget.xlsx", "xlbudget.xlsm")
    ]
    assert names[1] == [*names[0], "xlbudget.conf"]


def test_the_settings_sheet_is_out_of_the_way() -> None:
    found = re.search(
        r'<sheet name="xlbudget.conf"[^>]*>', parts("xlbudget.xlsm")["xl/workbook.xml"].decode()
    )
    assert found is not None
    assert 'state="veryHidden"' in found[0]


@pytest.mark.parametrize(
    ("name", "kind"), [("xlbudget.xlsm", b"sheet"), ("xlbudget.xlam", b"addin")]
)
def test_content_type_says_what_the_file_is(name: str, kind: bytes) -> None:
    kinds = re.findall(
        rb"ms-excel\.(\w+)\.macroEnabled\.main\+xml", parts(name)["[Content_Types].xml"]
    )
    assert kinds == [kind]


def test_the_addin_has_a_name_for_the_list_of_addins() -> None:
    assert (
        "<dc:title>xlbudget 部门决算公开</dc:title>"
        in parts("xlbudget.xlam")["docProps/core.xml"].decode()
    )
