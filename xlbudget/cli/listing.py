"""``xlbudget figures`` and ``rules``: what there is, listed."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from ..files.targets import check_out
from ..patterns import lazy_pattern
from .output import Options, json_text, opened, print_json

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_AMOUNT = lazy_pattern(r"-?\d+(?:\.\d+)?")


def figures(options: Options) -> int:
    """Every figure with its name, place and value; on the screen or in a file."""

    out = options.out
    if out:
        check_out(out, (".csv", ".json"), options.path)
    rows = opened(options.path).figure_rows()
    if out:
        from ..files.atomic import write_whole

        as_json = out.suffix.lower() == ".json"
        # Chinese Excel takes a CSV for GBK unless a byte order mark says UTF-8.
        text = json_text(_with_ref(rows)) + "\n" if as_json else "\ufeff" + _csv(rows)
        write_whole(out, text.encode())
        print(f"{len(rows)}个数写到“{out}”。")
    elif options.json:
        print_json(_with_ref(rows))
    elif options.csv:
        print(_csv(rows), end="")
    else:
        if not any(row["value"] for row in rows):
            print("九张表还没有填，一个金额也没有。")
        for row in rows:
            if row["value"]:
                where = f"{row['sheet']}!{row['cell']}"
                print(f"{row['name']:<28}{row['value']:>16}  {where}  {row['label']}")
    return 0


def _with_ref(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """A figure is ``ref`` in every JSON of the program; ``name`` stays beside it."""
    return [{"ref": row["name"], **row} for row in rows]


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else ["name"])
    writer.writeheader()
    writer.writerows({key: _as_text(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _as_text(value: str) -> str:
    """A value that Excel does not take for a formula when it opens the CSV: names and labels come from
    other people's files.  Amounts stay as they are."""
    if value[:1] in _FORMULA_SIGNS and not _AMOUNT.fullmatch(value):
        return "'" + value
    return value


def rules(options: Options) -> int:
    """The catalogue of checks, or one check explained."""
    from .. import api
    from ..validate.pages import page
    from ..validate.rules import find_rules

    chosen = api.rules(options.id or "")
    one = bool(options.id and find_rules(chosen, options.id))
    if options.json:
        for rule in chosen:
            print_json(
                {
                    "id": rule.id,
                    "statement": rule.statement,
                    "severity": rule.severity,
                    "check": [e.text for e in rule.expressions],
                    "when": [e.text for e in rule.when],
                    "covers": list(rule.covers),
                    "advice": rule.advice,
                    "source": rule.source,
                }
            )
        return 0
    if one:
        print("\n\n".join(page(rule) for rule in chosen))
        return 0

    for rule in chosen:
        print(f"{rule.id:<8}{rule.severity.word}  {rule.statement}")
    return 0
