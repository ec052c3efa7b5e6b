"""The report in words: part three, the reasons that it asks for, and part five."""

from .paragraphs import Narrative, Paragraph, evaluate, narrate, paragraph_edits
from .reason_edits import reason_edits
from .reasons import ReasonLine, required_reasons

__all__ = [
    "Narrative",
    "Paragraph",
    "ReasonLine",
    "evaluate",
    "narrate",
    "paragraph_edits",
    "reason_edits",
    "required_reasons",
]
