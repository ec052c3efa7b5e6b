"""Contents whose lists print 类 and 款 rows, each list its own: same money, other rows."""

from __future__ import annotations

from collections.abc import Collection

from xlbudget.model.content import Content
from xlbudget.model.forms import load_edition


def with_rows(content: Content, table: str, above: Collection[str]) -> Content:
    """The content with the 类 and 款 rows ``above`` in one list, each the sum of its 项."""
    items = [code for code in content.codes.get(table, ()) if len(code) == 7]
    wanted = {c for c in above if any(item.startswith(c) for item in items)}
    figures = {
        **content.figures,
        **{
            f"{table}.{code}.{column.id}": sum(
                content.figures.get(f"{table}.{item}.{column.id}") or 0
                for item in items
                if item.startswith(code)
            )
            for code in wanted
            for column in load_edition().by_id[table].columns
        },
    }
    codes = {**content.codes, table: tuple(sorted({*items, *wanted}))}
    return content._replace(figures=figures, codes=codes)


def every_level(content: Content, table: str) -> Content:
    """All 类 and 款 rows above the 项 of one list."""
    codes = content.codes.get(table, ())
    return with_rows(content, table, {c[:3] for c in codes} | {c[:5] for c in codes})


def without_items(content: Content, table: str, groups: Collection[str]) -> Content:
    """These 款 of one list as one row each, their 项 left out (not allowed, but met)."""
    content = with_rows(content, table, groups)
    gone = [c for c in content.codes.get(table, ()) if len(c) == 7 and c[:5] in groups]
    figures = {
        name: fen
        for name, fen in content.figures.items()
        if not any(name.startswith(f"{table}.{code}.") for code in gone)
    }
    codes = tuple(code for code in content.codes.get(table, ()) if code not in gone)
    return content._replace(figures=figures, codes={**content.codes, table: codes})
