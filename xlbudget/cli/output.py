"""What several commands share: JSON on standard output, where a result may be written."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .. import api
from ..files.targets import WORKBOOKS, check_out, check_same_kind

Options = argparse.Namespace


def json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def print_json(value: object) -> None:
    print(json_text(value))


def opened(path: Path, *, edition: str | None = None) -> api.Workbook:
    """The workbook; what lies beside it and is used with it is named, so that nothing is in silence."""
    found = api.open(path, edition=edition)
    if found.book.own:
        print(f"提醒：用了工作簿旁边的{'、'.join(found.book.own)}。", file=sys.stderr)
    return found


def check_target(source: Path, out: Path | None) -> Path:
    """Where to write: the source itself (--in-place), or a new file of a kind we write."""
    if out is None:
        return source
    check_out(out, WORKBOOKS, source, otherwise="要直接改原文件请用 --in-place")
    check_same_kind(source, out)
    return out
