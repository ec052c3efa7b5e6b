"""The report in words: part three, and the reasons that it asks for."""

from .paragraphs import Narrative, Paragraph, narrate, paragraph_edits
from .reason_sheet import reason_edits
from .reasons import ReasonLine, required_reasons

__all__ = [
    "Narrative",
    "Paragraph",
    "ReasonLine",
    "narrate",
    "paragraph_edits",
    "reason_edits",
    "required_reasons",
]
