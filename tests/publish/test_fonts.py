"""Which characters the fonts have, and what stands in for those that they have not."""

from __future__ import annotations

from pathlib import Path

import pytest
from pylopdf_fonts_zh_cn import sans_path, serif_path

from tests.tools import NOTO
from xlbudget.publish.fonts import GETA, OPEN_SANS, OPEN_SERIF, Coverage, characters, faces


def test_a_bare_machine_prints_with_the_open_fonts() -> None:
    found = faces(system=False)
    assert set(found.fonts.families()) == {OPEN_SERIF, OPEN_SANS}
    assert found.families == {
        "fang": [OPEN_SERIF], "song": [OPEN_SERIF], "kai": [OPEN_SERIF], "hei": [OPEN_SANS],
    }  # fmt: skip


def test_the_open_fonts_have_what_publications_are_written_in() -> None:
    for path in (serif_path(), sans_path()):
        coverage = Coverage(characters(path))
        assert coverage.printable("醴陵市１２３“三公”经费（万元）：①、—…《》㎡% +-,.〓") == (
            "醴陵市１２３“三公”经费（万元）：①、—…《》㎡% +-,.〓"
        )


def test_what_no_font_has_is_a_geta_mark_and_joiners_are_nothing() -> None:
    coverage = Coverage([(0x20, 0x7E), (0x4E00, 0x9FFF), (0x3013, 0x3013)])
    assert coverage.printable("好😀 a\n👨\u200d👩\ufe0f") == f"好{GETA} a\n{GETA}{GETA}"
    assert "中" in coverage
    assert "€" not in coverage


@pytest.mark.noto
def test_collections_are_read_too() -> None:
    assert "中" in Coverage(characters(NOTO, 2))


def test_a_file_without_a_character_map_has_no_characters(tmp_path: Path) -> None:
    path = tmp_path / "font.otf"
    path.write_bytes(b"OTTO" + bytes(60))
    assert characters(path) == []
