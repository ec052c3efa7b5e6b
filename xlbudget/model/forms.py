"""Editions loaded from their data files: those of the package, and an office's own.

The files under ``editions/`` are the only place that knows a line number, a label or a column.
From here come the template, the reader, the rules' names, the fill and the publication.

An edition may say ``base``: then its files hold only what differs from that edition's
(``editions/README.md``).  An office's own edition is a folder beside its workbooks, or anywhere when
its path is given in place of an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UserError
from ..patterns import lazy_pattern
from .packaged import package_file, packaged_toml
from .tables import (
    HEAD_PARTS,
    Column,
    Edition,
    Line,
    Side,
    Stack,
    Table,
    Total,
)

__all__ = [
    "DEFAULT_EDITION",
    "Column",
    "Edition",
    "Editions",
    "FormError",
    "Line",
    "Side",
    "Stack",
    "Table",
    "Total",
    "common_text",
    "edition_given",
    "editions",
    "editions_beside",
    "load_edition",
]

DEFAULT_EDITION = "hunan-2024"
OWN_FOLDER = "editions"
"""Folder beside the workbooks in which an office keeps its own editions."""

_TABLES = tuple(f"T0{n}" for n in range(1, 10))
_KINDS = {
    "T01": ("form",),
    "T04": ("form",),
    "T06": ("items",),
    "T09": ("row",),
}
# The names of the contract: what a figure's column may be called.
_SPENT = ("total", "basic", "project")
_FUND = ("opening", "income", *_SPENT, "closing")
_COLUMNS = {
    "T01": ("amount",),
    "T02": ("total", "appropriation", "superior", "operating", "business", "affiliated", "other"),
    "T03": (*_SPENT, "remitted", "business", "subsidy"),
    "T04": ("amount", "total", "general", "fund", "capital"),
    "T05": _SPENT,
    "T06": (),
    "T07": _FUND,
    "T08": _FUND,
    "T09": (
        "total",
        "abroad",
        "vehicles",
        "vehicle_purchase",
        "vehicle_running",
        "reception",
    ),
}  # fmt: skip


class FormError(UserError, ValueError):
    """An edition's data files contradict themselves; the message names file and entry."""


class _Source(NamedTuple):
    """An edition's files as read: its head, its tables' data, and the folders they come from."""

    head: dict[str, Any]
    tables: dict[str, dict[str, Any]]
    folders: tuple[Path, ...]


# ---------------------------------------------------------------- one table


def _columns(entries: list[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(e["id"], tuple(e["head"]), e.get("ordinal", 0), e.get("row", "")) for e in entries
    )


def _side(entry: dict[str, Any]) -> Side:
    lines = tuple(
        Line(
            str(e["no"]),
            e["label"],
            e.get("class", ""),
            tuple(e.get("also", ())),
            e.get("skip", 0),
        )
        for e in entry["lines"]
    )
    return Side(entry["head"], _columns(entry["columns"]), lines)


def _stack(entry: dict[str, Any]) -> Stack:
    total = entry.get("total")
    return Stack(
        entry["head"],
        tuple(entry["codes"]),
        Total(total["id"], total["label"]) if total else None,
    )


def _table(data: dict[str, Any]) -> Table:
    total = data.get("total", {})
    return Table(
        id=data["id"],
        number=data.get("number", ""),
        title=data["title"],
        sheet=data["sheet"],
        kind=data["kind"],
        orientation=data["orientation"],
        notes=tuple(data["notes"]),
        empty_note=data.get("empty_note", ""),
        also=tuple(data.get("also", ())),
        line_numbers=data.get("line_numbers", True),
        sides=tuple(_side(entry) for entry in data.get("side", ())),
        columns=_columns(data.get("columns", [])),
        stacks=tuple(_stack(entry) for entry in data.get("stack", ())),
        levels=tuple(data.get("levels", ())),
        total=Total("total", total.get("label", "合计")),
        total_place=total.get("place", "first"),
        code_head=tuple(data.get("code_head", ())),
        name_head=tuple(data.get("name_head", ())),
        amount_head=tuple(data.get("amount_head", ())),
        row_labels=dict(data.get("row_labels", {})),
    )


def _checked(table: Table) -> Table:
    """The table; FormError where it names what no rule and no report knows."""
    if table.id not in _TABLES:
        raise FormError(f"id 要写成 {_TABLES[0]} 至 {_TABLES[-1]}，写的是“{table.id}”")
    kinds = _KINDS.get(table.id, ("list",))
    if table.kind not in kinds:
        raise FormError(f"{table.id} 的 kind 要写成 {kinds[0]}，写的是“{table.kind}”")
    known = _COLUMNS[table.id]
    for column in (*table.columns, *(c for side in table.sides for c in side.columns)):
        if column.id not in known:
            raise FormError(f"没有“{column.id}”这样的列，{table.id} 可用的有：{'、'.join(known)}")
    names = table.fixed_names
    if len(set(names)) < len(names):
        twice = {name for name in names if names.count(name) > 1}
        raise FormError(f"{'、'.join(sorted(twice))} 写了两次")
    if table.kind == "row" and any(c.row not in table.row_labels for c in table.columns):
        raise FormError("row_labels 要说明各列的 row（budget、actual）在表上怎样印")
    return table


# ---------------------------------------------------------------- what differs from the base


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the entries of ``own``; tables within are merged, everything else replaced."""
    found = dict(base)
    for key, value in own.items():
        old = found.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        found[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return found


def _relabelled(data: dict[str, Any]) -> dict[str, Any]:
    """A table's data with its ``labels`` (row id → label) and ``heads`` (column id → head) put in."""
    labels: dict[str, str] = data.pop("labels", {})
    heads: dict[str, list[str]] = data.pop("heads", {})
    if not labels and not heads:
        return data

    def columns(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**e, "head": heads.get(f"{e['row']}.{e['id']}" if "row" in e else e["id"], e["head"])}
            for e in entries
        ]

    def lines(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**e, "label": labels.get(str(e["no"]), e["label"])} for e in entries]

    found = dict(data)
    if "columns" in data:
        found["columns"] = columns(data["columns"])
    if "side" in data:
        found["side"] = [
            {**side, "columns": columns(side["columns"]), "lines": lines(side["lines"])}
            for side in data["side"]
        ]
    return found


def _source(folder: Path, known: Editions, seen: tuple[str, ...] = ()) -> _Source:
    """An edition's files, those of its base put below them."""
    head = _toml(folder, "edition.toml")
    if head is None:
        raise FormError(f"“{folder}”里没有 edition.toml，不是版式文件夹")
    base = _Source({}, {}, ())
    if "base" in head:
        if head["base"] in seen:
            raise FormError(f"{folder.name}/edition.toml：base 绕成了一圈")
        base = _source(known.folder_of(str(head["base"])), known, (*seen, str(head.get("id", ""))))
    found = _merged(base.head, head)
    tables: dict[str, dict[str, Any]] = {}
    for name in map(str, found.get("tables", ())):
        own = _toml(folder, name)
        if own is None and name not in base.tables:
            raise FormError(f"{folder.name}：没有 {name} 这个文件")
        tables[name] = _relabelled(_merged(base.tables.get(name, {}), own or {}))
    return _Source(found, tables, (folder, *base.folders))


_PLAIN_NAME = lazy_pattern(r"[\w.-]+")
_LARGEST = 1_000_000  # bytes; a table's file has a thousandth of that


def file_in(folder: Path, *names: str) -> Path | None:
    """A file of an edition's folder; None where there is none.

    An edition may have come by mail: no name leads out of its folder, no link does, and nothing large
    is read.  Raises FormError for a name or a file that tries.
    """
    if not all(_PLAIN_NAME.fullmatch(name) and name not in (".", "..") for name in names):
        raise FormError(f"{folder.name}：“{'/'.join(names)}”不是版式文件夹里的文件名")
    file = folder.joinpath(*names)
    if not file.is_file():
        return None
    inside = file.resolve()
    if not inside.is_relative_to(folder.resolve()):
        raise FormError(f"{folder.name}：“{'/'.join(names)}”指到了版式文件夹外面")
    if inside.stat().st_size > _LARGEST:
        raise FormError(f"{folder.name}：“{'/'.join(names)}”太大了，不像版式文件")
    return file


def _toml(folder: Path, name: str) -> dict[str, Any] | None:
    if folder == _packaged().get(folder.name):  # the package's own: no need to look where it leads
        found = folder.joinpath(name).is_file()
        return packaged_toml("editions", folder.name, name) if found else None
    file = file_in(folder, name)
    if file is None:
        return None
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormError(f"{folder.name}/{name} 不是正确的 TOML 文件：{error}") from error


def _load(folder: Path, known: Editions) -> Edition:
    head, data, folders = _source(folder, known)
    tables = []
    for name, entries in data.items():
        try:
            tables.append(_checked(_table(entries)))
        except KeyError as error:
            raise FormError(f"{folder.name}/{name}：缺少 {error.args[0]}") from error
        except (TypeError, AttributeError, FormError) as error:
            raise FormError(f"{folder.name}/{name}：{error}") from error
    missing = set(_TABLES) - {table.id for table in tables}
    if missing or len(tables) != len(_TABLES):
        words = f"缺少 {'、'.join(sorted(missing))}" if missing else "有一张表写了两次"
        raise FormError(f"{folder.name}/edition.toml：tables {words}")
    try:
        return Edition(
            head["id"],
            head["name"],
            head["year"],
            tuple(tables),
            region=head.get("region", head["id"]),
            prints=tuple(head.get("prints", HEAD_PARTS)),
            folders=folders,
        )
    except KeyError as error:
        raise FormError(f"{folder.name}/edition.toml：缺少 {error.args[0]}") from error


# ---------------------------------------------------------------- which editions there are


@lru_cache(maxsize=1)
def _packaged() -> Mapping[str, Path]:
    root = package_file("editions")
    return {
        folder.name: folder
        for folder in sorted(root.iterdir(), key=lambda entry: entry.name)
        if folder.is_dir() and folder.joinpath("edition.toml").is_file()
    }


class Editions:
    """Which editions there are for a workbook: the package's, and an office's own.  Immutable.

    ``own`` maps the ids of an office's own editions to their folders.
    """

    def __init__(self, own: Mapping[str, Path] = {}) -> None:
        self._own = tuple(sorted(own.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Editions) and self._own == other._own

    def __hash__(self) -> int:
        return hash(self._own)

    def __repr__(self) -> str:
        return f"Editions({dict(self._own)!r})"

    @property
    def own(self) -> Mapping[str, Path]:
        """The office's own: id → folder."""
        return dict(self._own)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the editions that come with the package, then of the office's own."""
        return (*_packaged(), *(name for name, _ in self._own))

    def folder_of(self, edition_id: str) -> Path:
        """Where an edition's files stand.  Raises FormError where there is none of that id."""
        found = _packaged().get(edition_id) or self.own.get(edition_id)
        if found is None:
            raise FormError(f"没有“{edition_id}”这个版式，可用的有：{'、'.join(self.ids)}")
        return found

    def load(self, edition_id: str = DEFAULT_EDITION) -> Edition:
        """The edition with this id.  Raises FormError when there is none or its files are wrong."""
        if edition_id in _packaged():
            return _loaded(edition_id, PACKAGED)
        self.folder_of(edition_id)
        return _loaded(edition_id, self)

    def with_folder(self, folder: Path) -> Editions:
        """These editions and those in a folder (itself one, or a folder of several).

        Raises FormError where one bears the id of an edition that comes with the package.
        """
        return Editions({**self.own, **_found_in(folder)})

    def usable(self) -> tuple[Edition, ...]:
        """All editions whose files are right, the usual one first.

        A wrong one that an office keeps beside its workbooks is no reason not to read the others.
        """
        found = []
        for edition_id in sorted(self.ids, key=lambda name: name != DEFAULT_EDITION):
            with suppress(FormError):
                found.append(self.load(edition_id))
        return tuple(found)

    def for_year(self, region: str, year: int) -> Edition | None:
        """The newest edition of a region that is not newer than the year; None where there is none."""
        heads = []
        for edition_id in self.ids:
            with suppress(FormError):
                heads.append((self._head(edition_id), edition_id))
        fitting = [
            (head.get("year", 0), edition_id)
            for head, edition_id in heads
            if head.get("region") == region and head.get("year", 0) <= year
        ]
        for _, edition_id in sorted(fitting, reverse=True):
            with suppress(FormError):
                return self.load(edition_id)
        return None

    def _head(self, edition_id: str, seen: tuple[str, ...] = ()) -> Mapping[str, Any]:
        """An edition's head without its tables: quick to read."""
        if edition_id in seen:
            raise FormError(f"{edition_id}/edition.toml：base 绕成了一圈")
        own = _toml(self.folder_of(edition_id), "edition.toml") or {}
        base = self._head(str(own["base"]), (*seen, edition_id)) if "base" in own else {}
        return {**base, **own}


PACKAGED = Editions()
"""The editions that come with the package."""


def editions_beside(folder: Path | None) -> Editions:
    """The package's editions, and those that an office keeps in ``editions`` beside its workbooks."""
    return PACKAGED if folder is None else PACKAGED.with_folder(folder / OWN_FOLDER)


def _found_in(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    if (folder / "edition.toml").is_file():
        folders = [folder]
    else:
        folders = sorted(f for f in folder.iterdir() if (f / "edition.toml").is_file())
    found = {}
    for place in folders:
        head = _toml(place, "edition.toml") or {}
        name = head.get("id")
        if not isinstance(name, str) or not name:
            raise FormError(f"{place.name}/edition.toml：缺少 id")
        if name in _packaged():
            raise FormError(f"{place.name}/edition.toml：代号“{name}”和自带的版式重名，请换一个")
        found[name] = place.resolve()
    return found


@lru_cache(maxsize=32)
def _loaded(edition_id: str, known: Editions) -> Edition:
    return _load(known.folder_of(edition_id), known)


def load_edition(edition_id: str = DEFAULT_EDITION) -> Edition:
    """The edition of the package with this id.  Raises FormError when there is none."""
    return PACKAGED.load(edition_id)


def edition_given(text: str, known: Editions = PACKAGED) -> tuple[Edition, Editions]:
    """The edition that a person asks for, by its id or its folder's path, and the editions with it.

    Never for what a file says: a file names no path.  Raises FormError.
    """
    if text not in known.ids and Path(text).is_dir():
        folder = Path(text)
        if not (folder / "edition.toml").is_file():
            raise FormError(f"“{folder}”里没有 edition.toml，不是版式文件夹")
        own = _found_in(folder)
        wider = Editions({**known.own, **own})
        return wider.load(next(iter(own))), wider
    return known.load(text), known


def editions() -> tuple[str, ...]:
    """Ids of the editions that come with the package."""
    return PACKAGED.ids


def common_text(*path: str) -> str | None:
    """A file that all editions have in common; None where there is none of that name."""
    file = file_in(package_file("editions"), *path)
    return file.read_text(encoding="utf-8") if file is not None else None
