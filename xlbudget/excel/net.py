"""The outermost net: whatever a button runs into, the user gets a Chinese sentence and no debugger."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import UserError, incomplete_installation
from ..log import write_log
from .dialogs import Dialogs
from .session import Session, attach

Action = Callable[[Session], "str | None"]

connect: Callable[[], Session] = attach
"""How a button finds its workbook."""


def run(label: str, action: Action) -> None:
    """Do a button's work on the active workbook and say what came of it.

    ``action`` returns what to say, or None where the sheet shows it.
    """
    session: Session | None = None
    try:
        session = connect()
        said = action(session)
        if said:
            session.dialogs.tell(said)
    except UserError as error:
        _tell(session, str(error))
    except Exception as error:  # noqa: BLE001  outermost: VBA would show a traceback
        if isinstance(error, ModuleNotFoundError) and (gone := incomplete_installation(error)):
            _tell(session, gone)
            return
        path = write_log(label, error)
        where = f"详细情况记在“{path}”，请把它发给帮你维护的人。" if path else ""
        _tell(session, f"“{label}”没有做完：程序出了意外的错误（{type(error).__name__}）。{where}")


def _tell(session: Session | None, text: str) -> None:
    if session is not None:
        session.dialogs.tell(text, wrong=True)
        return
    dialogs = _bare_dialogs()
    if dialogs is not None:
        dialogs.tell(text, wrong=True)


def _bare_dialogs() -> Dialogs | None:
    """A message box of the Excel that runs, where no workbook could be reached."""
    import xlwings

    from .dialogs import ExcelDialogs

    app = xlwings.apps.active
    return ExcelDialogs(app) if app is not None else None
