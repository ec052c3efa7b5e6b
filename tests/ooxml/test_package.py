"""A workbook's zip: what is not replaced stays byte for byte, what is broken is said plainly."""

from __future__ import annotations

import io
import struct
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ooxml.rich import add_parts, one_sheet, parts_of, raw_entries, rich_workbook
from xlbudget.ooxml.package import Package, PackageError

RICH = rich_workbook()


def test_sheets_are_found_by_name_with_part_and_state() -> None:
    found = [
        (sheet.name, sheet.part, sheet.sheet_id, sheet.state) for sheet in Package(RICH).sheets
    ]
    assert found == [
        ("收入", "xl/worksheets/sheet1.xml", 1, "visible"),
        ("核对", "xl/worksheets/sheet2.xml", 2, "visible"),
        ("说明", "xl/worksheets/sheet3.xml", 3, "visible"),
        ("隐藏", "xl/worksheets/sheet4.xml", 4, "hidden"),
    ]


def test_reading_a_part_gives_what_zipfile_gives() -> None:
    package = Package(RICH)
    assert {name: package.read(name) for name in package.names} == parts_of(RICH)


def test_part_names_are_found_whatever_their_case_and_slashes() -> None:
    assert Package(RICH).find("/XL\\Workbook.xml") == "xl/workbook.xml"
    assert Package(RICH).find("xl/nothing.xml") is None


def test_a_sheet_name_with_entities_is_unescaped() -> None:
    data = Package(one_sheet("<sheetData/>"))
    xml = data.read("xl/workbook.xml").replace("表".encode(), b"A&amp;B &#x8868;")
    assert Package(data.rewritten({"xl/workbook.xml": xml})).sheets[0].name == "A&B 表"


def test_rewriting_nothing_gives_the_same_bytes() -> None:
    assert Package(RICH).rewritten({}) == RICH


def test_only_the_replaced_entry_changes() -> None:
    name = "xl/worksheets/sheet1.xml"
    result = Package(RICH).rewritten({name: b"<new/>"})
    before, after = raw_entries(RICH), raw_entries(result)
    assert [entry[0] for entry in after] == [entry[0] for entry in before]
    assert [entry for entry in after if entry[0] != name] == [
        entry for entry in before if entry[0] != name
    ]
    assert parts_of(result) == {**parts_of(RICH), name: b"<new/>"}
    assert zipfile.ZipFile(io.BytesIO(result)).comment == b"archive comment"


def test_the_replaced_entry_keeps_its_times_and_attributes() -> None:
    name = "xl/vbaProject.bin"
    result = Package(RICH).rewritten({name: b"other"})
    kept = {entry[0]: entry[2] for entry in raw_entries(RICH)}[name]
    assert {entry[0]: entry[2] for entry in raw_entries(result)}[name] == kept


def test_parts_are_added_and_left_out() -> None:
    result = Package(RICH).rewritten({"xl/calcChain.xml": None, "新/部分.xml": b"x"})
    expected = {**parts_of(RICH), "新/部分.xml": b"x"}
    del expected["xl/calcChain.xml"]
    assert parts_of(result) == expected


class _Stream(io.BytesIO):
    """A file that cannot seek: zipfile then writes data descriptors after the entries."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize("zip64", [False, True])
def test_data_descriptors_and_zip64_entries_are_read_and_kept(zip64: bool) -> None:
    stream = _Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(RICH).items():
            with archive.open(name, "w", force_zip64=zip64) as file:
                file.write(content)
    data = stream.getvalue()
    name = "xl/worksheets/sheet1.xml"
    result = Package(data).rewritten({name: b"<new/>"})
    assert parts_of(result) == {**parts_of(data), name: b"<new/>"}
    assert Package(result).rewritten({name: parts_of(data)[name]}) != data
    assert Package(data).rewritten({}) == data
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        replaced, kept = archive.getinfo(name), archive.getinfo("xl/workbook.xml")
        # The sizes of what was replaced stand before it, so it announces none behind it.
        assert (replaced.flag_bits & 8, kept.flag_bits & 8) == (0, 8)
        assert int.from_bytes(result[replaced.header_offset + 6 :][:2], "little") & 8 == 0


def test_a_zip64_directory_is_read() -> None:
    end = RICH.rfind(b"PK\5\6")
    count, size, start = struct.unpack_from("<HII", RICH, end + 10)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, *[0xFFFFFFFF] * 2, 0)
    data = RICH[:end] + wide + locator + last
    assert [sheet.name for sheet in Package(data).sheets] == ["收入", "核对", "说明", "隐藏"]
    assert parts_of(Package(data).rewritten({})) == parts_of(RICH)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "不是 Excel 工作簿"),
        (b"<html>", "不是 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧的 .xls 格式"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "文件已加密，请先去掉打开密码",
        ),
        (b"PK\3\4", "文件已损坏"),
        (RICH[:-100], "文件已损坏"),
        (RICH[: len(RICH) // 2], "文件已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(PackageError, match=words):
        _ = Package(data).sheets


def test_other_zips_are_refused() -> None:
    with pytest.raises(PackageError, match="不是 Excel 工作簿"):
        _ = Package(add_parts(_empty_zip(), {"a.txt": b"a"})).sheets
    rels = parts_of(one_sheet("<sheetData/>"))["_rels/.rels"].replace(b".xml", b".bin")
    with pytest.raises(PackageError, match="xlsb"):
        _ = Package(add_parts(_empty_zip(), {"_rels/.rels": rels})).sheets


def _empty_zip() -> bytes:
    return b"PK\5\6" + bytes(18)


def test_an_encrypted_entry_is_named_as_such() -> None:
    data = bytearray(RICH)
    data[data.find(b"PK\1\2") + 8] |= 1
    with pytest.raises(PackageError, match="加密"):
        Package(bytes(data))


def test_a_part_that_claims_to_be_huge_is_not_unpacked() -> None:
    data = bytearray(RICH)
    struct.pack_into("<I", data, data.find(b"PK\1\2") + 24, 0xFFFFFFF0)
    package = Package(bytes(data))
    with pytest.raises(PackageError, match="过大"):
        package.read(package.names[0])


def _read_all(data: bytes) -> set[bytes]:
    """The contents of all parts; PackageError if one cannot be read or the file not be rewritten."""
    package = Package(data)
    found = {package.read(name) for name in package.names}
    package.rewritten({package.sheets[0].part: b"x"})
    return found


def _contents(data: bytes) -> set[bytes]:
    """What is read of a file; nothing where it is refused.  Any other error fails the test."""
    try:
        return _read_all(data)
    except PackageError:
        return set()


@given(st.integers(0, len(RICH) - 1))
@settings(max_examples=150, deadline=None)
def test_a_truncated_file_is_damaged_and_nothing_else(size: int) -> None:
    with pytest.raises(PackageError):
        _read_all(RICH[:size])


@given(st.lists(st.tuples(st.integers(0, len(RICH) - 1), st.integers(1, 255)), min_size=1))
@settings(max_examples=300, deadline=None)
def test_flipped_bytes_are_refused_or_harm_no_content(flips: list[tuple[int, int]]) -> None:
    data = bytearray(RICH)
    for at, mask in flips:
        data[at] ^= mask
    assert _contents(bytes(data)) <= set(parts_of(RICH).values())


@given(st.integers(RICH.find(b"PK\1\2"), len(RICH) - 1), st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_rubbish_in_the_directory_is_refused_or_harms_no_content(at: int, rubbish: bytes) -> None:
    data = RICH[:at] + rubbish + RICH[at + len(rubbish) :]
    assert _contents(data) <= set(parts_of(RICH).values())


def test_the_rewritten_file_opens_in_openpyxl() -> None:
    package = Package(RICH)
    part = package.sheets[0].part
    result = package.rewritten({part: package.read(part)})
    book = openpyxl.load_workbook(io.BytesIO(result))
    assert book.sheetnames == ["收入", "核对", "说明", "隐藏"]
