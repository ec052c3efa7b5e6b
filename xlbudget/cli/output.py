"""What several commands share: JSON on standard output, where a result may be written."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..files.errors import UserError

Options = argparse.Namespace


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def check_target(source: Path, out: Path | None) -> Path:
    """Where to write: the source itself (--in-place), or a new file of a kind we write."""
    if out is None:
        return source
    if out.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UserError(f"“{out}”的扩展名要是 .xlsx 或 .xlsm。")
    if source.suffix.lower() in (".xlsx", ".xlsm") and out.suffix.lower() != source.suffix.lower():
        raise UserError(f"“{out}”的扩展名要和原文件一样，是 {source.suffix}。")
    if out.exists() and source.exists() and out.samefile(source):
        raise UserError(f"“{out}”就是原文件；要直接改原文件请用 --in-place。")
    return out
