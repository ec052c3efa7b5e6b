"""What a workbook is to hold, before it has cells: the writer's counterpart of ``Book``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .book import Book
from .forms import DEFAULT_EDITION, Edition, load_edition
from .money import UNITS, WAN


class Content(NamedTuple):
    """Everything a template workbook can be filled with.  All parts may be empty.

    ``figures`` maps figure names (also ``LAST.…``, ``BUDGET.…`` and the numeric ``FACT.…``) to 分;
    a count of 2 is 2 units of account, as in ``Book``.  ``codes`` gives each list table's rows in
    printed order, ``names`` the names to print where the dictionary's is not wanted.  ``facts``
    holds the textual entries of 封面 and 补充资料 by id, ``records`` the lines of its lists (list id,
    field id → text), ``reasons`` the reasons by key.  ``ledger`` asks for the optional sheet 06明细账, whose
    amounts are the figures ``LEDGER.…``.
    """

    edition: Edition | str = DEFAULT_EDITION
    department: str = ""
    year: int | None = None
    unit: str = "万元"
    kind: str = ""
    figures: Mapping[str, int] = {}
    codes: Mapping[str, Sequence[str]] = {}
    names: Mapping[str, str] = {}
    facts: Mapping[str, str] = {}
    records: Sequence[tuple[str, Mapping[str, str]]] = ()
    reasons: Mapping[str, str] = {}
    ledger: bool = False

    @property
    def form(self) -> Edition:
        """The edition in which it is printed; ``edition`` may name one of the package's by its id."""
        return self.edition if isinstance(self.edition, Edition) else load_edition(self.edition)


def content_of(book: Book) -> Content:
    """The content of a workbook that was read: what ``import`` carries into the template."""
    return Content(
        edition=book.edition,
        department=book.department,
        year=book.year,
        # Figures are in 分: a workbook in 千元 becomes one in 万元 without any other change.
        unit=book.unit.name if book.unit.name in UNITS else WAN.name,
        kind=book.kind,
        figures={n: f.fen for n, f in book.figures.items() if f.fen is not None},
        codes={table: rows.codes for table, rows in book.tables.items() if rows.codes},
        names=book.names_of_codes(),
        facts={key: fact.value for key, fact in book.facts.items() if fact.value is not None},
        records=tuple((record.list_id, record.fields) for record in book.records),
        reasons={key: reason.text for key, reason in book.reasons.items() if reason.text},
        ledger=any(name.startswith("LEDGER.") for name in book.figures),
    )
