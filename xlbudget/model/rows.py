"""Which rows the list tables of a workbook print, and how 类, 款 and 项 nest in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .forms import Edition


class Rows:
    """Which rows the list tables of one workbook print, and how they nest."""

    def __init__(self, edition: Edition, codes: Mapping[str, Sequence[str]]) -> None:
        self.edition = edition
        self.codes = {table: tuple(dict.fromkeys(found)) for table, found in codes.items()}
        self._children: dict[str, dict[str, list[str]]] = {}
        self._cover: dict[tuple[str, str], tuple[str, ...]] = {}
        self._printed: dict[str, frozenset[str]] = {}
        self._levels: dict[str, bool] = {}
        self._of_any: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._classes: dict[str, dict[str, list[str]]] = {}

    def of_any(self, tables: tuple[str, ...]) -> tuple[str, ...]:
        """The codes that any of the tables prints, in order."""
        found = self._of_any.get(tables)
        if found is None:
            codes = {code for table in tables for code in self.codes.get(table, ())}
            found = self._of_any[tables] = tuple(sorted(codes))
        return found

    def children(self, table: str) -> dict[str, list[str]]:
        """parent (or ``total``) → the printed rows directly below it."""
        found = self._children.get(table)
        if found is None:
            codes = self.codes.get(table, ())
            printed = set(codes)
            found = {"total": []}
            for code in codes:
                above = next(
                    (code[:n] for n in (5, 3) if n < len(code) and code[:n] in printed), "total"
                )
                found.setdefault(above, []).append(code)
            self._children[table] = found
        return found

    def stating(self, table: str, code: str) -> tuple[str, ...] | None:
        """The rows that state a code: its own, else the topmost ones below it, else none.

        None where the table prints a row above the code without anything below that: then it
        may contain the code, and nobody can say how much of it.
        """
        found = self.cover(table, code) if len(code) < 7 else ()  # 项 have nothing below them
        if found:
            return found
        if not self.prints_levels(table):
            return ()
        children = self.children(table)
        above = next(
            (code[:n] for n in (5, 3) if n < len(code) and code[:n] in self.printed(table)), ""
        )
        return None if above and above not in children else ()

    def prints_levels(self, table: str) -> bool:
        """Whether a table prints any row above the 项."""
        found = self._levels.get(table)
        if found is None:
            found = self._levels[table] = any(len(c) < 7 for c in self.codes.get(table, ()))
        return found

    def printed(self, table: str) -> frozenset[str]:
        """The codes that a table prints."""
        found = self._printed.get(table)
        if found is None:
            found = self._printed[table] = frozenset(self.codes.get(table, ()))
        return found

    def cover(self, table: str, prefix: str) -> tuple[str, ...]:
        """The topmost printed rows whose code starts with ``prefix``."""
        key = (table, prefix)
        found = self._cover.get(key)
        if found is None:
            found = (prefix,) if prefix in self.printed(table) else self._topmost(table, prefix)
            self._cover[key] = found
        return found

    def _topmost(self, table: str, prefix: str) -> tuple[str, ...]:
        codes = self._of_class(table, prefix[:3]) if len(prefix) > 2 else self.codes.get(table, ())
        if not codes:  # most classes are not printed
            return ()
        printed = self.printed(table)
        above = [n for n in (3, 5) if n > len(prefix)]
        return tuple(
            code
            for code in codes
            if code.startswith(prefix)
            and not any(code[:n] in printed for n in above if n < len(code))
        )

    def _of_class(self, table: str, class_code: str) -> Sequence[str]:
        """The printed rows of a 类, itself too."""
        classes = self._classes.get(table)
        if classes is None:
            classes = self._classes[table] = {}
            for code in self.codes.get(table, ()):
                classes.setdefault(code[:3], []).append(code)
        return classes.get(class_code, ())
