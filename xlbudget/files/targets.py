"""Where a result may be written: refused before any work is done, so that nothing is half done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError

WORKBOOKS = (".xlsx", ".xlsm")
"""Extensions of the workbooks that are written."""


def check_out(
    out: Path, suffixes: Sequence[str], *sources: Path, otherwise: str = "请换一个文件名"
) -> None:
    """Refuse a file that is not to be written.  Raises UserError.

    ``suffixes`` are the extensions that it may have (none: any), ``sources`` the input files: they
    stay as they are under whatever name, path or link they are called.
    """
    if suffixes and out.suffix.lower() not in suffixes:
        listed = "、".join(suffixes[:-1])
        raise UserError(f"“{out}”的扩展名要是 {f'{listed} 或 ' if listed else ''}{suffixes[-1]}。")
    if out.is_dir():
        raise UserError(f"“{out}”是文件夹，请给出文件名。")
    if not out.parent.is_dir():
        raise UserError(
            f"文件夹“{out.parent}”不存在，没有写出“{out.name}”；请先建立文件夹或检查路径。"
        )
    if out.exists() and any(source.exists() and out.samefile(source) for source in sources):
        raise UserError(f"“{out}”就是原文件；{otherwise}。")


def check_same_kind(source: Path, out: Path) -> None:
    """A patched workbook keeps its extension: macros are in one and not in the other."""
    if source.suffix.lower() in WORKBOOKS and out.suffix.lower() != source.suffix.lower():
        raise UserError(f"“{out}”的扩展名要和原文件一样，是 {source.suffix}。")
