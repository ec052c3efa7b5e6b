"""``xlbudget figures`` and ``rules``: what there is, listed."""

from __future__ import annotations

import sys

from ..files.errors import UserError
from .output import Options, print_json


def figures(options: Options) -> int:
    """Every figure with its name, place and value."""
    from ..files.figures import figure_rows
    from ..files.workbook import open_workbook

    rows = figure_rows(open_workbook(options.path).book)
    if options.json:
        print_json(rows)
        return 0
    if options.csv:
        import csv

        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else ["name"])
        writer.writeheader()
        writer.writerows(rows)
        return 0
    if not any(row["value"] for row in rows):
        print("九张表还没有填，一个金额也没有。")
    for row in rows:
        if row["value"]:
            print(
                f"{row['name']:<28}{row['value']:>16}  {row['sheet']}!{row['cell']}  {row['label']}"
            )
    return 0


def rules(options: Options) -> int:
    """The catalogue of checks, or one check explained."""
    from ..validate.pages import page
    from ..validate.rules import find_rules, load_rules

    catalogue = load_rules()
    chosen = find_rules(catalogue, options.id) if options.id else catalogue
    one = bool(options.id and chosen)
    if not chosen:  # T05: the rules whose ids begin so, as --select takes it
        prefix = options.id.strip().upper() + "-"
        chosen = tuple(rule for rule in catalogue if rule.id.upper().startswith(prefix))
    if not chosen:
        raise UserError(f"没有编号为“{options.id}”的规则；运行 xlbudget rules 可以看到全部规则。")
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
    from ..validate.report import SEVERITY_WORDS

    for rule in chosen:
        print(f"{rule.id:<8}{SEVERITY_WORDS[rule.severity]}  {rule.statement}")
    return 0
