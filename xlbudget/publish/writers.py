"""The three kinds of file that a publication is written as; each writer is loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from .document import Publication

KINDS: Mapping[str, str] = {".docx": "docx", ".pdf": "pdf", ".html": "html", ".htm": "html"}
"""Extension → the module here that writes it."""
NAMES: Mapping[str, str] = {"docx": "Word", "pdf": "PDF", "html": "网页"}
"""Module → what a reader calls the kind."""


def written(publication: Publication, kind: str) -> bytes:
    """The publication as the bytes of a file: ``docx``, ``pdf`` or ``html``."""
    write: Callable[[Publication], bytes] = import_module(f".{kind}", __package__).write
    return write(publication)
