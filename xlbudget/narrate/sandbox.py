"""Where an edition's templates are rendered: they may come by mail, and decide nothing but words.

No template reaches Python behind what it is given, changes it, reads a file outside its edition, or runs
or writes without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..errors import UserError

ROUNDS = 200_000
"""Rounds of all loops of one rendering; the longest report of ours takes a few thousand."""
LENGTH = 1_000_000
"""Characters that one template may write."""
_COUNTED = "counted_rounds"
_FILTERS = ("default", "d", "first", "join", "last", "length", "count", "replace", "trim", "round", "int", "string", "sort", "reverse", "list", "listed")  # fmt: skip


class TemplateError(UserError):
    """A template of an edition that does what none may; one Chinese sentence."""


class _TooMuchError(Exception):
    """A rendering went on for too long or wrote too much."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without a way out: immutable, with few filters, loops counted and texts bounded."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self, load: Callable[[str], str | None], **filters: Callable[..., Any]) -> None:
        super().__init__(
            loader=jinja2.FunctionLoader(load),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # plain Chinese text, not markup
        )
        known = {**self.filters, **filters}
        self.filters = {name: known[name] for name in _FILTERS if name in known}
        namespace = self.globals["namespace"]
        self.globals = {"namespace": namespace, "range": _short_range}

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Every loop goes through ``counted_rounds``: no template can loop past its account."""
        for loop in source.find_all(nodes.For):
            loop.iter = nodes.Call(nodes.Name(_COUNTED, "load"), [loop.iter], [], None, None)
        source.set_environment(self)
        return super()._generate(source, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if not all(isinstance(value, (int, float)) for value in (left, right)) or operator == "**":
            raise SecurityError(f"no {operator} here")
        return super().call_binop(context, operator, left, right)

    def written(self, template: str, **given: object) -> str:
        """What a template writes.

        TemplateError where it tries what no template may, is not written rightly or names what does not
        exist: faults of the edition's files, never of the user's workbook.
        """
        account = _Account()
        pieces: list[str] = []
        length = 0
        try:
            found = self.get_template(template)
            for piece in found.generate({**given, _COUNTED: account.counted}):
                length += len(piece)
                if length > LENGTH:
                    raise _TooMuchError
                pieces.append(piece)
        except (_TooMuchError, RecursionError, MemoryError) as error:
            raise TemplateError(
                f"版式的说明模板“{template}”写得没有尽头，没有执行；请检查它的循环。"
            ) from error
        except SecurityError as error:
            raise TemplateError(
                f"版式的说明模板“{template}”要做模板不该做的事（{error}），没有执行；"
                "不是自己单位写的版式，请删掉。"
            ) from error
        except (
            jinja2.TemplateSyntaxError,
            jinja2.TemplateNotFound,
            jinja2.TemplateAssertionError,
            jinja2.UndefinedError,
        ) as error:
            raise TemplateError(f"版式的说明模板“{template}”写错了：{error}。") from error
        return "".join(pieces)


class _Account:
    """Counts the rounds of all loops of one rendering."""

    def __init__(self) -> None:
        self._left = ROUNDS

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """The items, each taken from the account."""
        if isinstance(items, jinja2.Undefined):
            yield from items
            return
        for item in items:
            self._left -= 1
            if self._left < 0:
                raise _TooMuchError
            yield item


def _short_range(*limits: int) -> range:
    found = range(*limits)
    if len(found) > ROUNDS:
        raise _TooMuchError
    return found
