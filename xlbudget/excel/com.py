"""The error that Excel's object model raises, and nothing else of it."""

from __future__ import annotations

try:
    from pywintypes import com_error as ComError  # noqa: N812
except ImportError:  # not Windows: nothing raises it there

    class ComError(Exception):  # type: ignore[no-redef]
        """Stands in where there is no Excel."""


__all__ = ["ComError"]
