"""Which charts a publication has, and the figures that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..model.book import Book
from ..model.edition_words import THREE_PUBLIC
from ..model.money import WAN
from ..narrate import Figures, operating_applies
from .document import Chart, Series

_CHANGES = (
    ("收、支总计", "T01.30.amount"),
    ("财政拨款收、支总计", "T04.32.amount"),
    ("一般公共预算财政拨款支出", "T05.total.total"),
    ("机关运行经费", "T06.public.amount"),
)


def charts(book: Book) -> Mapping[str, Chart]:
    """The charts that have something to show, by the names that an edition's report uses."""
    found = {name: draw(book) for name, draw in _CHARTS.items()}
    return {name: chart for name, chart in found.items() if chart is not None}


def _wan(fen: int | None) -> Decimal | None:
    """An amount in 分 as 万元 with two decimals, as it is printed."""
    return None if fen is None else Decimal(WAN.text(fen))


def _shares(name: str, title: str, entries: Sequence[tuple[str, int]], whole: str) -> Chart | None:
    """Parts of a whole, largest first; none where fewer than two parts are above zero."""
    parts = sorted((e for e in entries if e[1] > 0), key=lambda entry: -entry[1])
    total = sum(fen for _, fen in parts)
    if len(parts) < 2 or any(fen < 0 for _, fen in entries):
        return None
    words = "；".join(
        f"{label}{WAN.text(fen)}万元，占{Decimal(fen * 100) / total:.2f}%" for label, fen in parts
    )
    return Chart(
        anchor=f"chart.{name}",
        kind="share",
        title=title,
        categories=tuple(label for label, _ in parts),
        series=(Series(whole, tuple(_wan(fen) for _, fen in parts)),),
        unit="万元",
        alt=f"{title}：{words}。",
    )


def _columns(book: Book, table_id: str) -> list[tuple[str, int]]:
    """(head, amount) of the total row of a list, its own total left out."""
    figures, table = Figures(book), book.edition.by_id[table_id]
    row = table.total.id
    return [
        (column.head[-1], figures.value(f"{table_id}.{row}.{column.id}") or 0)
        for column in table.columns
        if column.id != "total"
    ]


def _income(book: Book) -> Chart | None:
    return _shares("income", "收入构成", _columns(book, "T02"), "本年收入")


def _spending(book: Book) -> Chart | None:
    return _shares("spending", "支出构成", _columns(book, "T03"), "本年支出")


def _functions(book: Book) -> Chart | None:
    """General-budget spending by class, as section five tells it."""
    from ..narrate import Pen

    entries = [(label, sum(map(book.value, names))) for label, names in Pen(book).classes()]
    title = "一般公共预算财政拨款支出（按功能分类）"
    return _shares("functions", title, entries, "一般公共预算财政拨款支出")


def _compared(
    name: str,
    title: str,
    categories: Sequence[str],
    series: Sequence[tuple[str, Sequence[int | None]]],
) -> Chart | None:
    """Groups of bars; categories without any amount and series without any are left out."""
    shown = [i for i in range(len(categories)) if any(values[i] for _, values in series)]
    used = [
        Series(label, tuple(_wan(values[i]) for i in shown))
        for label, values in series
        if any(values[i] is not None for i in shown)
    ]
    if not shown or len(used) < 2:
        return None
    words = "；".join(
        categories[at]
        + "，".join(
            f"{one.name}{'无数据' if one.values[i] is None else f'{one.values[i]}万元'}"
            for one in used
        )
        for i, at in enumerate(shown)
    )
    return Chart(
        anchor=f"chart.{name}",
        kind="compare",
        title=title,
        categories=tuple(categories[at] for at in shown),
        series=tuple(used),
        unit="万元",
        alt=f"{title}：{words}。",
    )


def _year(book: Book) -> Chart | None:
    figures = Figures(book)
    # Where 机关运行经费 is typed by itself, 06 does not stand for it.
    own = "operating.amount" in figures.inputs.facts
    from_06 = operating_applies(book) and not own
    entries = [entry for entry in _CHANGES if entry[1] != "T06.public.amount" or from_06]
    entries = [e for e in entries if figures.value(f"LAST.{e[1]}") is not None]
    year = book.year
    names = (f"{year - 1}年度", f"{year}年度") if year else ("上年", "本年")
    return _compared(
        "year",
        "收支与上年对比",
        [label for label, _ in entries],
        [
            (names[0], [figures.value(f"LAST.{name}") for _, name in entries]),
            (names[1], [figures.value(name) for _, name in entries]),
        ],
    )


def _three_public(book: Book) -> Chart | None:
    figures = Figures(book)
    value = figures.value
    rows = (
        ("上年决算数", "LAST.T09.actual."),
        ("预算数", "T09.budget."),
        ("决算数", "T09.actual."),
    )
    return _compared(
        "three_public",
        "“三公”经费预算、决算和上年决算",
        list(THREE_PUBLIC.values()),
        [(label, [value(f"{head}{kind}") for kind in THREE_PUBLIC]) for label, head in rows],
    )


_CHARTS = {
    "year": _year,
    "income": _income,
    "spending": _spending,
    "functions": _functions,
    "three_public": _three_public,
}
