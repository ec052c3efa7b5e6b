"""Old workbooks whose sectors run in circles: a sentence before the reader follows them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from xlbudget.cli import run
from xlbudget.files.bounds import BoundsError
from xlbudget.files.compound import check_compound

FOREIGN = Path(__file__).parents[2] / "samples" / "foreign"
OLD = ["示范部门-旧格式.xls", "示范部门-WPS.et"]
_SECTOR = 512


def _table(data: bytes) -> int:
    """Where the first sector of the allocation table stands."""
    (sector,) = struct.unpack_from("<I", data, 76)
    return int(_SECTOR * (sector + 1))


def _circle(data: bytes, field: int) -> bytes:
    """The file with the chain that begins at the header's ``field`` biting its own tail."""
    changed = bytearray(data)
    (start,) = struct.unpack_from("<I", data, field)
    struct.pack_into("<I", changed, _table(data) + 4 * start, start)
    return bytes(changed)


def _more_tables(data: bytes) -> bytes:
    """The file with a list of tables of which each part says that it is followed by itself."""
    changed = bytearray(data)
    struct.pack_into("<I", changed, 68, 0)
    struct.pack_into("<I", changed, 2 * _SECTOR - 4, 0)
    return bytes(changed)


def _stream_circle(data: bytes) -> bytes:
    changed = bytearray(data)
    (directory,) = struct.unpack_from("<I", data, 48)
    at = _SECTOR * (directory + 1)
    entries = [at + 128 * number for number in range(4)]
    (workbook,) = (e for e in entries if data[e : e + 4] in (b"W\0o\0", b"B\0o\0"))
    (start,) = struct.unpack_from("<I", data, workbook + 116)
    struct.pack_into("<I", changed, _table(data) + 4 * start, start)
    return bytes(changed)


@pytest.mark.parametrize("name", OLD)
def test_an_ordinary_old_workbook_is_read(name: str) -> None:
    data = (FOREIGN / name).read_bytes()
    check_compound(data)


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("part", [0.01, 0.5, 0.9])
def test_half_an_old_workbook_is_refused(name: str, part: float) -> None:
    data = (FOREIGN / name).read_bytes()
    with pytest.raises(BoundsError, match="不完整"):
        check_compound(data[: int(len(data) * part)])


@pytest.mark.parametrize("name", OLD)
def test_a_sector_far_beyond_the_file_is_refused(name: str) -> None:
    data = bytearray((FOREIGN / name).read_bytes())
    struct.pack_into("<I", data, 48, 0xFFFFFF0)
    with pytest.raises(BoundsError, match="不完整"):
        check_compound(bytes(data))


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("kind", ["directory", "tables", "stream"])
def test_a_chain_without_an_end_costs_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    data = (FOREIGN / name).read_bytes()
    if kind == "directory":
        data = _circle(data, 48)
    elif kind == "tables":
        data = _more_tables(data)
    else:
        data = _stream_circle(data)
    with pytest.raises(BoundsError, match="首尾相接"):
        check_compound(data)
    path = tmp_path / name
    path.write_bytes(data)
    assert run(["validate", str(path)]) == 2
    assert capsys.readouterr().err.count("首尾相接") == 1
