"""Files that would not fit in memory, and files that only look so."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from tests.books import read_book
from xlbudget.cli import run
from xlbudget.files.bounds import BoundsError, check_old_workbook, check_open_document, near_cells
from xlbudget.files.errors import ReadError

ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "samples" / "broken" / "T09-1-三公合计错.xlsx"
SHEET = "xl/worksheets/sheet1.xml"


def changed(path: Path, old: bytes, new: bytes, part: str = SHEET) -> Path:
    """The plain sample with bytes of one part replaced."""
    with zipfile.ZipFile(PLAIN) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new)
            out.writestr(name, data)
    return path


def with_rows(path: Path, rows: bytes) -> Path:
    """The plain sample with rows added at the end of its first sheet."""
    return changed(path, b"</sheetData>", rows + b"</sheetData>")


def errors(path: Path) -> list[str]:
    return [f.message for f in read_book(path).findings if f.severity != "info"]


@pytest.mark.parametrize("row", [3_000, 20_000, 1_048_576])
def test_an_empty_formatted_row_far_down_costs_nothing(tmp_path: Path, row: int) -> None:
    path = with_rows(tmp_path / "空行.xlsx", b'<row r="%d" ht="22" customHeight="1"/>' % row)
    assert errors(path) == errors(PLAIN)


@pytest.mark.parametrize("cell", ["XFD3000", "B1048576", "XFD1048576"])
def test_an_empty_formatted_cell_far_away_costs_nothing(tmp_path: Path, cell: str) -> None:
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = f'<row r="{row}"><c r="{cell}" s="1"/></row>'.encode()
    assert errors(with_rows(tmp_path / "空格.xlsx", rows)) == errors(PLAIN)


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD12", "ZZ500000", "ZZ9999"])
def test_a_stray_cell_far_away_is_said_and_the_rest_is_read(tmp_path: Path, cell: str) -> None:
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = f'<row r="{row}"><c r="{cell}"><v>5</v></c></row>'.encode()
    path = with_rows(tmp_path / "远.xlsx", rows)
    found = [message for message in errors(path) if message not in errors(PLAIN)]
    (message,) = found
    fits = int(row) * 16_384 <= 2_000_000  # then it is read, as an amount that belongs to nothing
    assert f"!{cell}{'的金额不知道属于哪一项' if fits else '有内容，离表太远，没有读'}" in message


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="9999999"><c r="XFD9999999"><v>5</v></c></row>',
        b'<row r="40"><c r="A99999991"><v>5</v></c></row>',
        b'<row r="40"><c  r = "a99999991"><v>5</v></c></row>',
        b"<row r='40'><c s='1' r='XFE40'><v>5</v></c></row>",
        b'<row r="99999999"><c><v>5</v></c></row>',
    ],
)
def test_a_cell_that_no_sheet_has_is_refused(tmp_path: Path, rows: bytes) -> None:
    path = with_rows(tmp_path / "界外.xlsx", rows)
    with pytest.raises(ReadError, match="超出了 Excel 的范围，文件已损坏"):
        read_book(path)


def test_a_sheet_that_is_full_to_the_end_is_refused(tmp_path: Path) -> None:
    rows = b"".join(
        b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(5000, 7000)
    )
    with pytest.raises(ReadError, match="太大了，不像决算表"):
        read_book(with_rows(tmp_path / "满.xlsx", rows))


def test_near_cells_keeps_every_byte_of_an_ordinary_sheet() -> None:
    with zipfile.ZipFile(PLAIN) as source:
        xml = source.read(SHEET)
    assert near_cells(xml) == (xml, ())


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="40"><c\tr="A99999991"><v>5</v></c></row>',
        b'<row r="40"><c\nr="XFD99999991"><v>5</v></c></row>',
        b'<row r="40"><c x=">" r="A99999991"><v>5</v></c></row>',
        b'<!-- </sheetData> --><row r="40"><c r="A99999991"><v>5</v></c></row><!-- sheetData -->',
    ],
    ids=["tab", "newline", "greater in an attribute", "behind a comment"],
)
def test_a_far_cell_in_an_odd_spelling_is_refused(tmp_path: Path, rows: bytes) -> None:
    with pytest.raises(ReadError, match=r"超出了 Excel 的范围|已损坏"):
        read_book(with_rows(tmp_path / "界外.xlsx", rows))


def test_cells_without_addresses_are_counted_too() -> None:
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    far = b'<row r="9999"><c r="A9999"><v>1</v></c></row>'
    with pytest.raises(BoundsError, match="第9999行、第16384列，太大了"):
        near_cells(b"<worksheet><sheetData>" + wide + far + b"</sheetData></worksheet>")


def test_a_prefix_before_every_name_changes_nothing() -> None:
    xml = b'<x:worksheet><x:sheetData><x:row r="1"><x:c r="A99999991"><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    with pytest.raises(BoundsError, match="超出了 Excel 的范围"):
        near_cells(xml)


def _repacked(path: Path, **more: bytes) -> Path:
    """The plain sample with a far cell, and entries more, in front."""
    bomb = with_rows(path, b'<row r="40"><c r="A99999991"><v>5</v></c></row>')
    with zipfile.ZipFile(bomb) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in {**{n.replace("__", "/"): d for n, d in more.items()}, **parts}.items():
            out.writestr(name, data)
    return path


def test_a_name_of_another_format_hides_nothing(tmp_path: Path) -> None:
    path = _repacked(
        tmp_path / "两样.xlsx", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"
    )
    with pytest.raises(ReadError, match="超出了 Excel 的范围"):
        read_book(path)


def test_another_workbook_that_is_not_looked_at_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "另一本.xlsx"
    with zipfile.ZipFile(PLAIN) as source, zipfile.ZipFile(path, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name == "_rels/.rels":
                data = data.replace(b"xl/workbook.xml", b"yl/workbook.xml")
            out.writestr(name, data)
            if name.startswith("xl/"):
                out.writestr("yl/" + name.removeprefix("xl/"), source.read(name))
    with pytest.raises(ReadError, match="损坏"):
        read_book(path)


def test_a_twin_that_differs_in_capitals_is_refused(tmp_path: Path) -> None:
    """Which of the two is meant readers do not agree on: one may be looked at and the other laid out."""
    path = tmp_path / "双胞.xlsx"
    bomb = b'<row r="40"><c r="A99999991"><v>5</v></c></row></sheetData>'
    with zipfile.ZipFile(PLAIN) as source, zipfile.ZipFile(path, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name == SHEET:
                out.writestr(name, data.replace(b"</sheetData>", bomb))
                name = "xl/worksheets/SHEET1.xml"
            out.writestr(name, data)
    with pytest.raises(ReadError, match="损坏"):
        read_book(path)


def test_all_parts_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [len(zipfile.ZipFile(PLAIN).read(f"xl/worksheets/sheet{n}.xml")) for n in range(1, 10)]
    monkeypatch.setattr("xlbudget.ooxml.package._LARGEST_TOGETHER", max(sizes) * 3)
    with pytest.raises(ReadError, match="内容过大"):
        read_book(PLAIN)


def test_an_open_document_s_list_of_parts_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "清单.ods"
    sample = ROOT / "samples" / "foreign" / "示范部门-开放文档.ods"
    with zipfile.ZipFile(sample) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            more = b" " * 3_000_000 if name == "META-INF/manifest.xml" else b""
            out.writestr(name, source.read(name) + more)
    read_book(path)
    monkeypatch.setattr("xlbudget.ooxml.archive._LARGEST_ENTRY", 2_000_000)
    read_book(sample)
    with pytest.raises(ReadError, match="内容过大"):
        read_book(path)


def test_one_long_text_in_every_cell_is_refused(tmp_path: Path) -> None:
    """6 KB of file would be 600 MB of texts, each cell's its own."""
    path = changed(
        tmp_path / "长文.xlsx",
        b"</sst>",
        b"<si><t>" + "长".encode() * 200_000 + b"</t></si></sst>",
        "xl/sharedStrings.xml",
    )
    rows = b"".join(
        b'<row r="%d">%b</row>' % (n, b'<c t="s"><v>0</v></c>' * 20) for n in range(200, 400)
    )
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    with pytest.raises(ReadError, match="文字太多、太长"):
        read_book(path)


# ---------------------------------------------------------------- open documents, old formats

_TABLE = b"<table:table>%b</table:table>"
_ROW = b'<table:table-row table:number-rows-repeated="%d">%b</table:table-row>'
_CELL = b'<table:table-cell office:value="5" table:number-columns-repeated="%d"><text:p>5</text:p></table:table-cell>'
_BLANK = b'<table:table-cell table:number-columns-repeated="%d"/>'


def test_blank_rows_and_columns_repeated_to_the_end_are_no_bomb() -> None:
    row = _ROW % (1, _CELL % 3 + _BLANK % 16_000)
    check_open_document(_TABLE % (row * 50 + _ROW % (1_000_000, _BLANK % 16_384)))


@pytest.mark.parametrize(("rows", "columns"), [(1_000_000, 3), (2_000, 1_100), (1, 2_100_000)])
def test_content_repeated_to_the_end_is_refused(rows: int, columns: int) -> None:
    with pytest.raises(BoundsError, match="太大了"):
        check_open_document(_TABLE % (_ROW % (rows, _CELL % columns)))


@pytest.mark.parametrize(
    "cell",
    [
        b"<table:table-cell office:value-type='string' office:string-value='x'"
        b" table:number-columns-repeated='9'/>",
        b'<t:table-cell office:date-value="2024-01-01" t:number-columns-repeated=" 9"/>',
        b'<table:table-cell x=">" office:boolean-value="true" table:number-columns-repeated="9"/>',
    ],
    ids=["single quotes", "another prefix", "greater in an attribute"],
)
def test_content_repeated_in_an_odd_spelling_is_refused(cell: bytes) -> None:
    with pytest.raises(BoundsError, match="太大了"):
        check_open_document(_TABLE % (_ROW % (1_000_000, cell)))


def test_a_long_text_repeated_is_refused() -> None:
    text = b"<text:p>%b</text:p>" % (b"x" * 100_000)
    cell = b'<table:table-cell table:number-columns-repeated="20">%b</table:table-cell>' % text
    with pytest.raises(BoundsError, match="文字太多、太长"):
        check_open_document(_TABLE % (_ROW % (1_000, cell)))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


@pytest.mark.parametrize(
    "record",
    [
        _record(0x00FC, struct.pack("<II", 10, 0x7FFFFFFF)),
        _record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFF0, 0, 0xFFFF, 0)),
    ],
    ids=["texts", "cells"],
)
def test_an_old_workbook_that_promises_what_it_has_not_is_refused(record: bytes) -> None:
    with pytest.raises(BoundsError, match="大小和内容对不上"):
        check_old_workbook(_biff((0, 0)) + record)


def _biff(*cells: tuple[int, int]) -> bytes:
    begin = struct.pack("<HHHH12x", 0x0809, 16, 0x0600, 0x0010)
    return begin + b"".join(
        struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, 5.0) for row, column in cells
    )


def test_an_old_workbook_s_far_cells_are_refused() -> None:
    check_old_workbook(_biff((0, 0), (300, 20)))
    with pytest.raises(BoundsError, match="第65536行、第65536列"):
        check_old_workbook(_biff((0, 0), (65_535, 65_535)))


def test_far_cells_inside_another_record_are_refused() -> None:
    inside = _biff((65_535, 65_535)) + _record(0x000A, b"")
    begin = _record(0x0809, b"\0" * 16)
    name = _record(0x0085, struct.pack("<I", len(begin) + 12 + 4) + b"\0" * 4)
    stream = begin + name + _record(0x001C, inside)
    with pytest.raises(BoundsError, match="第65536行"):
        check_old_workbook(stream)


def test_a_sheet_that_goes_on_after_another_begins_is_counted_whole() -> None:
    wide, tall = _biff((0, 255)), _biff((65_535, 0))
    with pytest.raises(BoundsError, match="第65536行、第256列"):
        check_old_workbook(wide + tall)
    check_old_workbook(wide + _record(0x000A, b"") + tall)


# ---------------------------------------------------------------- through the commands

_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from xlbudget.cli import run
status = run(sys.argv[1:])
# Not getrusage: that counts what the process that started this one used.
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("command", ["validate", "figures", "fill", "import"])
def test_a_bomb_costs_one_sentence(tmp_path: Path, command: str) -> None:
    path = with_rows(tmp_path / "炸弹.xlsx", b'<row r="40"><c r="A99999991"><v>5</v></c></row>')
    more = ["-o", str(tmp_path / "出.xlsx")] if command in ("fill", "import") else []
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, command, str(path), *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "超出了 Excel 的范围" in done.stderr
    assert int(done.stdout.split()[-1]) < 1 << 20


def test_a_panic_of_the_reader_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class PanicException(BaseException):
        pass

    def panicking(_: io.BytesIO) -> object:
        raise PanicException("index out of bounds")

    path = tmp_path / "旧.xls"
    path.write_bytes((ROOT / "samples" / "foreign" / "示范部门-旧格式.xls").read_bytes())
    monkeypatch.setattr("xlbudget.files.read.CalamineWorkbook.from_filelike", panicking)
    assert run(["validate", str(path)]) == 2
    assert "已损坏，读不出工作表" in capfd.readouterr().err


def test_what_others_say_meanwhile_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    from xlbudget.files.read import _panics_unheard

    stop = threading.Event()
    beside = threading.Thread(target=stop.wait)
    beside.start()
    with _panics_unheard():
        os.write(2, b"beside")
    stop.set()
    beside.join()
    with _panics_unheard():
        os.write(2, b"alone")
    assert capfd.readouterr().err == "beside"


_LONG = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from xlbudget.files.bounds import check_open_document, near_cells
from xlbudget.ooxml import comments
from xlbudget.ooxml.package import elements, scannable
n = 4_000_000
for xml in (b"<c " + b"a" * n, b'<c r="A99999"' + b'""' * (n // 2), b"<row><c>" * (n // 8), b"<row><c>" * (n // 8) + b"</c>"):
    near_cells(b"<sheetData>" + xml)
check_open_document(b"<table:table " + b"a" * n)
elements(b"<sheet " + b"a" * n, "sheet")
assert not scannable(b"<!--" * (n // 4)).strip()
assert not scannable(b"<![CDATA[" * (n // 9)).strip()
for pattern, piece in ((comments._COMMENT, b"<comment>"), (comments._TEXT, b"<t>"), (comments._SHAPE, b"<v:shape>")):
    assert pattern.search(piece * (n // len(piece))) is None
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_tags_without_an_end_cost_neither_memory_nor_time() -> None:
    """Before, a tag of 10 MB took 2 GB, and comments that never end took the square of their number."""
    done = subprocess.run(
        [sys.executable, "-c", _LONG], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "done\n", done.stderr[-300:]
