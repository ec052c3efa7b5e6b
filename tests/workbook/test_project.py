"""The VBA project: what Excel relies on byte by byte, and that it holds the repository's sources."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import olefile
import pytest
import pyvbaanalysis
import xlwings
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser, decompress_stream
from pyvbaanalysis import VbaDiagnostic

from workbook import build, glue
from workbook.compound import write_compound
from workbook.project import Module, compressed, stored_text, vba_project
from xlbudget.ooxml.package import Package

from . import built

OURS = ("ThisWorkbook", "XlBudget")
SOURCES = sorted((built.FOLDER / "vba").iterdir())


def entries(ole: olefile.OleFileIO, top: int) -> Iterator[olefile.olefile.OleDirectoryEntry]:
    """The siblings below ``top`` in their tree's order."""
    if top != olefile.olefile.NOSTREAM:
        entry = ole.direntries[top]
        yield from entries(ole, entry.sid_left)
        yield entry
        yield from entries(ole, entry.sid_right)


def black_height(ole: olefile.OleFileIO, top: int, parent_is_red: bool = True) -> int:
    """The black nodes on each way down; fails where the tree is no red-black tree."""
    if top == olefile.olefile.NOSTREAM:
        return 0
    entry = ole.direntries[top]
    assert entry.color == 1 or not parent_is_red
    below = {
        black_height(ole, child, entry.color == 0) for child in (entry.sid_left, entry.sid_right)
    }
    assert len(below) == 1
    return below.pop() + entry.color


@pytest.mark.parametrize("sheets", [1, 2, 3, 7, 8, 21, 40, 100])
def test_directory_is_a_sorted_red_black_tree(sheets: int) -> None:
    project = vba_project("P", build.modules(sheets, addin=False))
    with olefile.OleFileIO(project, raise_defects=olefile.DEFECT_INCORRECT) as ole:
        for entry in [e for e in ole.direntries if e is not None and e.entry_type in (1, 5)]:
            black_height(ole, entry.sid_child)
            names = [e.name for e in entries(ole, entry.sid_child)]
            # Every reader that searches the tree goes by length first.
            assert names == sorted(names, key=lambda n: (len(n), n.upper()))
            assert len(names) == len(entry.kids)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z]{1,20}", fullmatch=True).map(str.title),
        st.binary(max_size=9000),
        max_size=12,
    )
)
def test_every_stream_reads_back(streams: dict[str, bytes]) -> None:
    data = write_compound({"Storage": streams})
    with olefile.OleFileIO(data, raise_defects=olefile.DEFECT_INCORRECT) as ole:
        assert {n: ole.openstream(["Storage", n]).read() for n in streams} == streams


@given(st.one_of(st.binary(max_size=9000), st.text("ab \r\n", max_size=12_000).map(str.encode)))
def test_compression_is_undone(data: bytes) -> None:
    plain = decompress_stream(bytearray(compressed(data))) if data else b""
    # A last chunk that does not get shorter is stored whole, filled up with zeros.
    assert bytes(plain).rstrip(b"\0") == data.rstrip(b"\0")


def test_streams_that_excel_reads_uncompressed() -> None:
    project = load("xlbudget.xlsm")
    with olefile.OleFileIO(project) as ole:
        names = ole.openstream("PROJECTwm").read()
        assert names.startswith(b"ThisWorkbook\0" + "ThisWorkbook".encode("utf-16-le") + b"\0\0")
        assert ole.openstream("VBA/_VBA_PROJECT").read() == b"\xcc\x61\xff\xff\x00\x00\x00"


def test_names_must_differ() -> None:
    module = Module("A", "standard", 'Attribute VB_Name = "A"\n')
    with pytest.raises(ValueError, match="names of their own"):
        vba_project("a", [module])


# ---------------------------------------------------------------- sources


def load(name: str) -> bytes:
    return Package(built.of(name)).read("xl/vbaProject.bin")


@lru_cache(maxsize=2)
def shown(name: str) -> dict[str, str]:
    """The sources that olevba shows, by module."""
    parser = VBA_Parser(name, data=built.of(name))
    try:
        found = {n.rpartition(".")[0]: code for _, _, n, code in parser.extract_macros()}
    finally:
        parser.close()
    return found


@pytest.mark.parametrize("name", ["xlbudget.xlsm", "xlbudget.xlam"])
def test_olevba_shows_the_repositorys_sources(name: str) -> None:
    sheets, addin = len(Package(built.of(name)).sheets), name.endswith(".xlam")
    expected = {m.name: stored_text(m) for m in build.modules(sheets, addin=addin)}
    assert shown(name) == expected
    for path in SOURCES:
        own = path.read_text("ascii").replace('"Sheet"', '"Sheet1"').partition("Option Explicit")
        module = "Sheet1" if path.stem == "Sheet" else path.stem
        assert shown(name)[module].replace("\r\n", "\n").partition("Option Explicit")[1:] == own[1:]


def test_our_vba_is_short_ascii_and_explicit() -> None:
    lines = [line for path in SOURCES for line in path.read_text("ascii").splitlines()]
    assert len(lines) <= 150
    assert [p.name for p in SOURCES if "\nOption Explicit\n" not in p.read_text("ascii")] == []


def test_analyser_has_nothing_to_say_of_our_modules() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "xlbudget.xlam")
        path.write_bytes(built.of("xlbudget.xlam"))
        found: dict[str, list[VbaDiagnostic]] = pyvbaanalysis.analyze_workbook(path, only=OURS)
    assert {name: found[name] for name in OURS} == {"ThisWorkbook": [], "XlBudget": []}


def test_the_glue_is_xlwings_own_without_pro() -> None:
    assert xlwings.__pro__ is False
    folder = Path(xlwings.__file__).parent
    original = (folder / "xlwings.bas").read_bytes().decode().replace("\r\n", "\n").splitlines()
    ours = shown("xlbudget.xlsm")["xlwings"].replace("\r\n", "\n").splitlines()
    assert len(set(ours) - set(original)) == 5
    assert "xlwings is distributed under a BSD 3-clause license" in "\n".join(ours)


def test_a_changed_glue_stops_the_build() -> None:
    with pytest.raises(ValueError, match="glue has changed"):
        glue._changed("nothing of what is expected", (("old", "new"),))


def test_errors_of_the_glue_reach_the_user_in_chinese() -> None:
    for name in ("xlbudget.xlsm", "xlbudget.xlam"):
        text = shown(name)["xlwings"]
        assert text.count("ShowFailure") == 4
        assert re.findall(r"WScript\.Popup", text) == []
