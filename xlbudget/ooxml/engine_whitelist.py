"""Which formulas the calculation engine may be believed on.

The engine computes most formulas as Excel does, but not all, and it gives no sign where it does
not: a function mapped over a range may look at its first cell only, and a formula that Excel
reduces to one cell of a range spills.  So a formula counts as known only when everything in it
has been compared with other engines (see the tests); the rest keep what Excel computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formualizer import ASTNode

# Every argument may be a range, and inside SUMPRODUCT or an array formula an array.
_OF_RANGES_NAMES = """
    SUM AVERAGE MAX MIN COUNT COUNTA COUNTBLANK PRODUCT AND OR LARGE SMALL MEDIAN ROWS COLUMNS
    TEXTJOIN
    """
# One value in, one value out.
_OF_VALUES_NAMES = """
    ABS ROUND ROUNDUP ROUNDDOWN INT MOD TRUNC SIGN POWER SQRT LEFT RIGHT MID LEN TRIM UPPER
    LOWER VALUE TEXT FIND SEARCH SUBSTITUTE REPLACE CONCATENATE EXACT REPT NOT ISNUMBER ISTEXT
    ISBLANK ISERROR ISERR ISNA ISLOGICAL N NA DATE YEAR MONTH DAY TODAY CHOOSE HYPERLINK TRUE
    FALSE ROW COLUMN IFNA
    """
_OF_RANGES = frozenset(_OF_RANGES_NAMES.split())
_OF_VALUES = frozenset(_OF_VALUES_NAMES.split())
# These the engine maps over arrays as Excel does.
_MAPPED = frozenset({"IF", "IFERROR"})
# One letter an argument, the last two repeated: r for a range as it stands, v for one value.
_MIXED = {
    "SUMIF": "rvr",
    "COUNTIF": "rv",
    "AVERAGEIF": "rvr",
    "SUMIFS": "rrv",
    "COUNTIFS": "rv",
    "AVERAGEIFS": "rrv",
    "VLOOKUP": "vrvv",
    "HLOOKUP": "vrvv",
    "MATCH": "vrv",
    "INDEX": "rvv",
    "RANK": "vrv",
    "XLOOKUP": "vrrvvv",
}
# Texts of these grow as the product of the texts in them; 100 blanks for each dash are usual.
_LENGTHENING = frozenset({"SUBSTITUTE", "REPT"})
_REPEATED = 1000
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_OPERATORS = _COMPARISONS | frozenset("+-*/^&%")

_REFERENCE = re.compile(
    r"(?:(?:'(?:[^']|'')+'|[^'!:\[\]]+)!)?"
    r"(?:\$?[A-Za-z]{1,3}\$?\d{1,7}(?P<range>:\$?[A-Za-z]{1,3}\$?\d{1,7})?"
    r"|(?P<whole>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+))"
)


class UnknownFormulaError(Exception):
    """The engine is not known to compute the formula as Excel does; the message says why."""


def check_formula(root: ASTNode, names: Mapping[str, str], *, is_array: bool) -> None:
    """Pass over a formula the engine may be believed on; UnknownFormulaError for any other.

    ``names`` gives the kind (``cell``, ``range``, ``literal`` …) of each defined name in lower
    case; ``is_array`` says that it was entered as an array formula.
    """
    if _is_many(root, names, is_array) and not is_array:
        raise UnknownFormulaError("把整个区域当作一个数来用")


def _is_many(node: ASTNode, names: Mapping[str, str], in_array: bool) -> bool:
    """Whether the node yields several values; UnknownFormulaError if it cannot be told."""
    kind = node.node_type()
    if kind == "Literal":
        return False
    if kind == "Array":
        return True
    if kind == "Reference":
        return _is_range(node.get_reference_string() or "", names)
    children = node.children()
    if kind in ("BinaryOp", "UnaryOp"):
        operator = node.get_operator()
        if operator not in _OPERATORS:
            raise UnknownFormulaError("用到交叉或合并的区域")
        many = _any_many(children, names, in_array)
        if many and not in_array:
            raise UnknownFormulaError("把整个区域当作一个数来用")
        return many
    if kind == "Function":
        return _check_function(_name(node), children, names, in_array)
    raise UnknownFormulaError("写法少见")


def _any_many(nodes: list[ASTNode], names: Mapping[str, str], in_array: bool) -> bool:
    # A list, since every node has to be looked at, not only those up to the first array.
    return True in [_is_many(node, names, in_array) for node in nodes]


def _name(node: ASTNode) -> str:
    name = (node.get_function_name() or "").upper()
    return name.removeprefix("_XLFN.").removeprefix("_XLWS.")


def _check_function(
    name: str, children: list[ASTNode], names: Mapping[str, str], in_array: bool
) -> bool:
    if name in _LENGTHENING and not all(_is_short(child) for child in children):
        raise UnknownFormulaError("文字会变得太长")
    if name == "SUMPRODUCT":
        for child in children:
            _is_many(child, names, True)
        return False
    if name in _OF_RANGES:
        for child in children:
            _is_many(child, names, in_array)
        return False
    if name in _MAPPED:
        many = _any_many(children, names, in_array)
        if many and not in_array:
            raise UnknownFormulaError("把整个区域当作一个数来用")
        return many
    if name in _OF_VALUES:
        kinds = "v"
    elif name in _MIXED:
        kinds = _MIXED[name]
    else:
        raise UnknownFormulaError(f"函数 {name} 不在能可靠计算的范围内")
    for index, child in enumerate(children):
        # Beyond the last letter the pattern of the last two goes on: range, criterion.
        beyond = index - len(kinds)
        letter = kinds[index] if beyond < 0 else kinds[-2:][beyond % 2 if len(kinds) > 1 else 0]
        many = _is_many(child, names, in_array)
        if letter == "r" and child.node_type() != "Reference":
            raise UnknownFormulaError(f"函数 {name} 的区域由计算得出")
        if letter == "v" and many:
            raise UnknownFormulaError(f"函数 {name} 逐格作用于整个区域")
    if name == "INDEX" and len(children) < 2:
        raise UnknownFormulaError("函数 INDEX 缺少行号")
    return False


def _is_short(node: ASTNode) -> bool:
    """Whether no text in the node is repeated so often that repeating it again fills the memory."""
    if node.node_type() == "Function" and _name(node) == "REPT":
        times = node.children()[-1].get_literal_value()
        if not isinstance(times, int | float) or times > _REPEATED:
            return False
    return all(_is_short(child) for child in node.children())


def _is_range(reference: str, names: Mapping[str, str]) -> bool:
    match = _REFERENCE.fullmatch(reference)
    if match is not None:
        return match["range"] is not None or match["whole"] is not None
    kind = names.get(reference.rpartition("!")[2].strip("'").lower())
    if kind in ("cell", "literal"):
        return False
    if kind == "range":
        return True
    raise UnknownFormulaError(f"引用“{reference}”无法解析")


def comparisons(node: ASTNode) -> list[tuple[str, str]]:
    """Both sides, as formulas, of every comparison of single values that rounding may decide.

    Comparisons with a text are left out, and those inside SUMPRODUCT.
    """
    found = []
    if node.node_type() == "BinaryOp" and node.get_operator() in _COMPARISONS:
        left, right = node.children()
        if not any(isinstance(side.get_literal_value(), str) for side in (left, right)):
            found.append((left.to_formula(), right.to_formula()))
    if node.node_type() != "Function" or _name(node) != "SUMPRODUCT":
        for child in node.children():
            found += comparisons(child)
    return found
