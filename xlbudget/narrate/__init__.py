"""The report in words: part three, the reasons that it asks for, and part five.

What other rooms need of it stands here; its modules are its own affair (held by the import linter).
"""

from .doubts import with_doubts
from .known_figures import ASKED, Figures
from .paragraphs import Narrative, Paragraph, evaluate, narrate, paragraph_edits
from .pen import Pen
from .reasons import ReasonLine, operating_applies, required_reasons
from .reasons_sheet import FIRST_ROW, reason_edits
from .sections import load_report
from .trace import Number
from .typed import is_numbered
from .typed import lines as typed_lines

__all__ = [
    "ASKED",
    "FIRST_ROW",
    "Figures",
    "Narrative",
    "Number",
    "Paragraph",
    "Pen",
    "ReasonLine",
    "evaluate",
    "is_numbered",
    "load_report",
    "narrate",
    "operating_applies",
    "paragraph_edits",
    "reason_edits",
    "required_reasons",
    "typed_lines",
    "with_doubts",
]
