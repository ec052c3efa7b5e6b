"""Workbook cells → Book: tables, labels and amounts recognised whoever made the workbook."""

from .assemble import recognise

__all__ = ["recognise"]
