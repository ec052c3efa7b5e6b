"""What can be wrong with a workbook file: each error is one Chinese sentence that says what to do."""

from __future__ import annotations

from ..errors import UserError


class ReadError(UserError):
    """A file that cannot be read; the message is one Chinese sentence naming it."""
