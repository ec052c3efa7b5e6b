"""Classification codes: 功能分类 (function), 支出经济分类 (economic), and renamed ones.

The CSV files carry an ``evidence`` column: how far a row can be trusted.  A code that is not in
the list is a hint to look, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ..patterns import lazy_pattern
from .packaged import packaged_codes

_YEAR = lazy_pattern(r"20\d\d")


class Code(NamedTuple):
    """One classification code.

    ``budget`` (function codes only) is 一般公共预算, 政府性基金预算 or 国有资本经营预算, or empty
    where it is not known; ``evidence`` starts with ``retrieved_modern`` where the name was seen in
    publications of 2019–2025, and is ``historical`` where the code was in use before 2019 only.
    """

    code: str
    name: str
    level: str
    budget: str
    evidence: str

    @property
    def trusted(self) -> bool:
        """Whether the name was seen in a modern publication, so that a difference means something."""
        return self.evidence.startswith("retrieved_modern")

    @property
    def in_use(self) -> bool:
        return self.evidence != "historical"


class Rename(NamedTuple):
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    year: str


@lru_cache(maxsize=1)
def function_codes() -> Mapping[str, Code]:
    """功能分类: code (3, 5 or 7 digits) → Code."""
    return {row[0]: Code._make(row) for row in packaged_codes("codes/function_codes.csv")}


@lru_cache(maxsize=1)
def economic_codes() -> Mapping[str, Code]:
    """部门预算支出经济分类 (301…399): code (3 or 5 digits) → Code."""
    rows = packaged_codes("codes/economic_codes.csv")
    return {
        code: Code(code, name, level, "", evidence)
        for classification, code, name, level, evidence in rows
        if classification.startswith("部门预算")
    }


def latest_year() -> int:
    """The newest year of the publications that the codes' names were compared with."""
    return max(int(y) for c in function_codes().values() for y in _YEAR.findall(c.evidence))


@lru_cache(maxsize=1)
def renames() -> tuple[Rename, ...]:
    """Codes or names that were replaced, with the year of the change."""
    return tuple(Rename._make(row) for row in packaged_codes("codes/function_renames.csv"))


def full_name(code: str, names: Mapping[str, str] | None = None) -> str:
    """``2010301`` → 一般公共服务支出-政府办公厅（室）及相关机构事务-行政运行.

    ``names`` are the names printed in the workbook; they go before the dictionary's.
    A level that is not known is left out.
    """
    return "-".join(name for _, name in _levels(code, names))


def level_names(code: str, names: Mapping[str, str] | None = None) -> str:
    """``2050203`` → 教育支出（类）普通教育（款）初中教育（项）; what is not known is left out."""
    return "".join(f"{name}（{level}）" for level, name in _levels(code, names))


def _levels(code: str, names: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """(类, its name), (款, …), (项, …) of a code, as far as names are known."""
    known = function_codes()
    found = []
    for length, level in ((3, "类"), (5, "款"), (7, "项")):
        if len(code) < length:
            break
        printed = names.get(code[:length]) if names else None
        entry = known.get(code[:length])
        name = printed or (entry.name if entry else "")
        if name:
            found.append((level, name))
    return found
