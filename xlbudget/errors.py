"""Errors that a user can mend: each is one Chinese sentence naming the file and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Raised for what is wrong with a user's file or request; never for a bug of ours."""
