"""``xlbudget --version``: the version, the editions and how far the classification codes are known."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.codes import economic_codes, function_codes, latest_year
from ..model.forms import PACKAGED


def version_lines() -> Iterator[str]:
    """One line each: version, editions that come with the package, codes."""
    from importlib.metadata import version

    yield f"xlbudget {version('xlbudget')}"
    yield "版式：" + "；".join(f"{e.id} {e.name}" for e in PACKAGED.usable())
    for name, codes in (("功能分类", function_codes()), ("支出经济分类", economic_codes())):
        seen = sum(code.trusted for code in codes.values())
        yield f"科目代码：{name}{len(codes)}个，其中{seen}个的名称见于近年的公开材料"
    yield f"科目代码核对到{latest_year()}年"
