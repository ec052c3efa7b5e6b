"""Errors that a user can mend: each is one Chinese sentence naming the file and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Raised for what is wrong with a user's file or request; never for a bug of ours."""


def incomplete_installation(error: ModuleNotFoundError) -> str | None:
    """What to say where a package that pip installs with ours is gone; None for a module of ours."""
    if not error.name or error.name.partition(".")[0] == "xlbudget":
        return None
    return f"xlbudget 没有装全，缺少组件“{error.name}”；请运行 pip install xlbudget 补上。"
