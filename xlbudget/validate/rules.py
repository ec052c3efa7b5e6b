"""The catalogue of checks: data files under ``catalogue/`` and an office's own ``rules.toml``.

A rule has an id, a statement as an accountant would say it, a severity, a source, advice, and a
good and a bad example that the tests run.  Rules that are identities state them in the language of
``model.expression``; others name a function in ``structure``; what reading a workbook finds out by
itself (a table is missing, a cell holds text) has an entry that names who reports it.  A rule that
cannot be read refuses to load: a misspelt name never becomes a check that silently passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..model.edition_words import in_edition, speaks_nationally
from ..model.expression import Expression, ExpressionError, parse
from ..model.forms import Edition
from ..model.packaged import package_file, packaged_toml
from ..model.severity import Severity


class RuleError(ValueError):
    """A rule that cannot be read; the message names file and rule, in Chinese."""


class Rule(NamedTuple):
    """One check.

    ``check`` are its identities between figures of the nine tables, ``compare`` those that name a
    figure of an input sheet (the files write both under ``check``): what is not typed there is not
    zero but unknown, so nothing is derived from a comparison and no cell is suspected for it.
    Both are empty when ``function`` names one of ``structure`` or ``emitted_by`` says that
    ``recognise`` or ``local`` reports the rule while reading.  ``when`` are the conditions under
    which it applies at all.  ``fill`` is the figure that an equality determines:
    ``None`` for the single figure on the left, "" for none.  ``needs`` are the tables (``T05``) and
    input sheets (``BUDGET``, ``LAST``) without which a function cannot run; ``settings`` its
    thresholds and word lists, which an office may change; ``explained_by`` the line of 原因说明
    that explains a finding of a function (``T05.{code}.total~BUDGET``).  ``good`` and ``bad`` are examples:
    figure or fact names with their values, or other parts of a workbook (``tests/books.py``).
    """

    id: str
    statement: str
    severity: Severity
    advice: str
    source: str
    check: tuple[Expression, ...] = ()
    compare: tuple[Expression, ...] = ()
    when: tuple[Expression, ...] = ()
    function: str = ""
    emitted_by: str = ""
    needs: tuple[str, ...] = ()
    explained_by: str = ""
    fill: str | None = None
    covers: tuple[str, ...] = ()
    settings: Mapping[str, Any] = {}
    good: Mapping[str, Any] = {}
    bad: Mapping[str, Any] = {}
    where: str = ""

    def __hash__(self) -> int:
        return hash((self.id, self.where))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that the rule states: its identities, then its comparisons with input sheets."""
        return (*self.check, *self.compare)


READERS = ("recognise", "local")
"""Who may report a rule while reading."""

_KEYS = frozenset(Rule._fields) - {"where", "compare"}


def rule_from(data: Mapping[str, Any], where: str) -> Rule:
    """A rule from one catalogue entry.  Raises RuleError naming ``where`` and the rule's id."""
    rule_id = str(data.get("id", "")).strip()
    name = f"{where} 的规则“{rule_id or '（没有编号）'}”"
    if not rule_id:
        raise RuleError(f"{name}：缺少编号 id")
    for key in data:
        if key not in _KEYS:
            raise RuleError(f"{name}：不认识的条目“{key}”")
    severity = data.get("severity", "error")
    if severity not in tuple(Severity):
        raise RuleError(f"{name}：级别“{severity}”要写成 error、warning 或 info")
    check = data.get("check", ())
    if isinstance(check, str):
        check = [check]
    ways = [key for key in ("check", "function", "emitted_by") if data.get(key)]
    if not ways:
        raise RuleError(f"{name}：没有公式")
    if len(ways) > 1:
        raise RuleError(f"{name}：{'、'.join(ways)}只能写一样")
    if data.get("emitted_by", READERS[0]) not in READERS:
        raise RuleError(f"{name}：emitted_by 要写成 {'、'.join(READERS)}")
    try:
        expressions = tuple(parse(text) for text in check)
        conditions = tuple(parse(text) for text in data.get("when", ()))
    except ExpressionError as error:
        raise RuleError(f"{name}：{error}") from error
    return Rule(
        id=rule_id,
        statement=str(data.get("statement", "")) or "；".join(check),
        severity=Severity(severity),
        advice=str(data.get("advice", "")),
        source=str(data.get("source", "")),
        check=tuple(e for e in expressions if not uses_inputs(e)),
        compare=tuple(e for e in expressions if uses_inputs(e)),
        when=conditions,
        function=str(data.get("function", "")),
        emitted_by=str(data.get("emitted_by", "")),
        needs=tuple(data.get("needs", ())),
        explained_by=str(data.get("explained_by", "")),
        fill=data.get("fill"),
        covers=tuple(data.get("covers", ())),
        settings=dict(data.get("settings", {})),
        good=dict(data.get("good", {})),
        bad=dict(data.get("bad", {})),
        where=where,
    )


def uses_inputs(expression: Expression) -> bool:
    """Whether an expression names a figure of an input sheet (上年数, 年初预算, 补充资料)."""
    refs = (term.ref for term in expression.left + expression.right)
    return any(ref is not None and bool(ref.prefix or ref.kind == "fact") for ref in refs)


def rules_from_toml(text: str, where: str) -> tuple[Rule, ...]:
    """The rules of a TOML text.  Raises RuleError when the text or a rule cannot be read."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{where} 不是正确的 TOML 文件：{error}") from error
    return tuple(rule_from(entry, where) for entry in data.get("rule", ()))


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """The catalogue that comes with the package, in order of files and entries."""
    rules: list[Rule] = []
    folder = package_file("validate", "catalogue")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            data = packaged_toml("validate", "catalogue", file.name)
            rules.extend(rule_from(entry, file.name) for entry in data.get("rule", ()))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"规则编号“{rule.id}”用了两次")
        seen.add(rule.id)
    return tuple(rules)


@lru_cache(maxsize=8)
def rules_for(edition: Edition) -> tuple[Rule, ...]:
    """The catalogue in an edition's words: its numbers of tables, its names of lines."""
    rules = load_rules()
    if speaks_nationally(edition):
        return rules
    return tuple(_reworded(rule, edition) for rule in rules)


def _reworded(rule: Rule, edition: Edition) -> Rule:
    tables = [table for expression in rule.expressions for table in expression.tables]
    table = tables[0] if tables else next((need for need in rule.needs if need[0] == "T"), "")
    return rule._replace(
        statement=in_edition(rule.statement, edition, table),
        advice=in_edition(rule.advice, edition, table),
    )


def find_rules(rules: Sequence[Rule], wanted: str) -> tuple[Rule, ...]:
    """Rules by id, and those that cover the item of the field's list of checks with this id."""
    key = wanted.strip().upper()
    exact = tuple(rule for rule in rules if rule.id.upper() == key)
    return exact + tuple(rule for rule in rules if key in rule.covers and rule not in exact)
