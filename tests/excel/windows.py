"""pywin32 as far as xlwings needs it, over pyOpenVBA's in-memory Excel.

xlwings' own engine for Windows runs on it unchanged.  ``load`` must come before anything else
imports xlwings' Windows parts; ``attach`` makes an in-memory Excel the one that runs.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

from pyopenvba.exceptions import PyOpenVBAError
from pyopenvba.interpreter._objects import VBAObject
from pyopenvba.interpreter._values import (
    EMPTY,
    NOTHING,
    NULL,
    VBAArray,
    VBADate,
    VBAErrorValue,
    VBAInt,
)

HWND = 4242
_APPLICATION_ERROR = -2146827284
_running: list[Any] = []
calls: list[tuple[str, str]] = []
"""What was asked of ranges: (member, read, write or call)."""


class com_error(Exception):
    def __init__(self, message: str) -> None:
        self.hresult = -2147352567
        excepinfo = (0, None, message, None, 0, _APPLICATION_ERROR)
        super().__init__(self.hresult, message, excepinfo, None)


class CDispatch:
    """Late-bound COM object: what xlwings wraps to try again when Excel is busy."""


class _Anything:
    def __getattr__(self, name: str) -> _Anything:
        return _Anything()

    def __call__(self, *args: object, **kwargs: object) -> int:
        return 0


def _module(name: str, **content: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(content)
    sys.modules[name] = module
    return module


def load() -> Any:
    """xlwings with its Windows engine."""
    import xlwings

    if "pywintypes" in sys.modules:
        return xlwings
    _module("pywintypes", com_error=com_error, error=com_error, TimeType=dt.datetime, IID=str)
    _module(
        "pythoncom",
        CoInitialize=lambda: None,
        ole_error=com_error,
        __file__="",
        IID_IDispatch="",
        CoMarshalInterThreadInterfaceInStream=lambda iid, proxy: proxy,
        CoGetInterfaceAndReleaseStream=lambda stream, iid: stream,
    )
    _module("win32api", MessageBox=_message_box)
    flags = {"MB_OK": 0, "MB_OKCANCEL": 1, "MB_YESNOCANCEL": 3, "MB_YESNO": 4}
    _module("win32con", MB_ICONINFORMATION=64, MB_ICONWARNING=48, **flags)
    _module("win32event")
    _module("win32gui", FindWindowEx=lambda *a: 1)
    _module("win32process", GetWindowThreadProcessId=lambda hwnd: (1, hwnd))
    utc = SimpleNamespace(utc=lambda: dt.UTC)
    _module("win32timezone", TimeZoneInfo=utc)
    client = _module(
        "win32com.client",
        CDispatch=CDispatch,
        DispatchBaseClass=CDispatch,
        Dispatch=lambda found, **_: found,
        DispatchEx=lambda name: _running[-1],
    )
    _module("win32com", client=client)
    _module("xlwings.com_server", loop=None)
    library = ctypes.PyDLL
    ctypes.windll = ctypes.oledll = _Anything()  # type: ignore[attr-defined,assignment]
    ctypes.PyDLL = lambda *a: _Anything()  # type: ignore[misc,assignment]
    try:
        engine = importlib.import_module("xlwings._xlwindows")
    finally:
        ctypes.PyDLL = library  # type: ignore[misc]
        del ctypes.windll, ctypes.oledll  # type: ignore[attr-defined]
    engine.Apps.cleanup = staticmethod(lambda: None)
    engine.get_excel_hwnds = lambda: iter([HWND] if _running else [])
    engine.get_xl_app_from_hwnd = lambda hwnd: _running[-1]
    xlwings._xlwindows = engine
    if "excel" not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.Engine(impl=engine.engine))
    xlwings.engines["excel"].activate()
    udfs = importlib.import_module("xlwings.udfs")
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    return xlwings


def attach(application: VBAObject) -> None:
    """Make it the Excel that runs; its message boxes go to its own list of dialogs."""
    _running[:] = [wrap(application)]
    calls.clear()


def _message_box(hwnd: int, text: str, title: str, style: int) -> int:
    return int(vba(_running[-1]).message_box(text, style))  # type: ignore[attr-defined]


# ---------------------------------------------------------------- values


def wrap(value: Any) -> Any:
    """A value of the in-memory Excel as pywin32 hands it to Python."""
    if isinstance(value, VBAObject):
        return Proxy(value)
    if value is EMPTY or value is NULL or value is NOTHING:
        return None
    if isinstance(value, VBAArray):
        return _rows(value)
    if isinstance(value, VBAErrorValue):
        return -2146828288 + int(value.number)
    if isinstance(value, VBADate):
        return dt.datetime(1899, 12, 30) + dt.timedelta(days=value.serial)
    if isinstance(value, VBAInt):
        return int(value)
    return value


def _rows(array: VBAArray) -> tuple[Any, ...]:
    if array.dimensions == 1:
        ((low, high),) = array.bounds
        return tuple(wrap(array.get([i])) for i in range(low, high + 1))
    (top, bottom), (left, right) = array.bounds
    return tuple(
        tuple(wrap(array.get([row, column])) for column in range(left, right + 1))
        for row in range(top, bottom + 1)
    )


def vba(value: Any) -> Any:
    """A value of Python as pywin32 hands it to Excel."""
    inner = getattr(value, "_inner", value)  # xlwings' wrapper that tries again
    if isinstance(inner, Proxy):
        return object.__getattribute__(inner, "_vba")
    if isinstance(value, (list, tuple)):
        rows = [list(row) if isinstance(row, (list, tuple)) else [row] for row in value]
        if value and not isinstance(value[0], (list, tuple)):
            rows = [list(value)]
        array = VBAArray([(1, len(rows)), (1, len(rows[0]))])
        for i, row in enumerate(rows, 1):
            for j, cell in enumerate(row, 1):
                array.items[array.offset([i, j])] = vba(cell)
        return array
    if value is None:
        return EMPTY
    if isinstance(value, int) and not isinstance(value, bool):
        return VBAInt(value, "Long")
    return value


_ATTRIBUTES = SimpleNamespace(iid="{00020846-0000-0000-C000-000000000046}")
_TYPE_OF_RANGE = SimpleNamespace(
    GetTypeInfo=lambda: SimpleNamespace(GetTypeAttr=lambda: _ATTRIBUTES)
)


class Proxy(CDispatch):
    """One object of the in-memory Excel."""

    def __init__(self, target: VBAObject, call: Callable[..., Any] | None = None) -> None:
        object.__setattr__(self, "_vba", target)
        object.__setattr__(self, "_call", call)

    def __getattr__(self, name: str) -> Any:
        target: VBAObject = object.__getattribute__(self, "_vba")
        if name == "_oleobj_" and target.vba_type_name == "Range":
            return _TYPE_OF_RANGE
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "CLSID":
            return ""
        spec = target.vba_member(name)
        if spec is None:
            raise com_error(f"{target.vba_type_name}.{name}")

        def call(*args: Any, **named: Any) -> Any:
            _note(target, name, "call")
            given = {key: vba(value) for key, value in named.items()}
            return _asked(target.vba_get, name, [vba(a) for a in args], given or None)

        if spec.kind == "method":
            return call
        try:
            value = _asked(target.vba_get, name)
        except com_error:
            if spec.parameters or spec.varargs:
                return call  # a property that needs arguments: Range(…)
            raise
        _note(target, name, "read")
        if spec.parameters and isinstance(value, Proxy):
            return Proxy(object.__getattribute__(value, "_vba"), call)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        target: VBAObject = object.__getattribute__(self, "_vba")
        _note(target, name, "write")
        _asked(target.vba_set, name, vba(value))

    def __call__(self, *args: Any, **named: Any) -> Any:
        call = object.__getattribute__(self, "_call")
        if call is not None:
            return call(*args, **named)
        target: VBAObject = object.__getattribute__(self, "_vba")
        spec = target.vba_member("Item") or target.vba_default_member()
        assert spec is not None
        return _asked(target.vba_get, spec.name, [vba(a) for a in args])

    def __iter__(self) -> Iterator[Any]:
        return (wrap(item) for item in object.__getattribute__(self, "_vba").vba_iterate())


def _asked(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return wrap(function(*args))
    except PyOpenVBAError as error:
        raise com_error(str(error)) from error


def _note(target: VBAObject, name: str, how: str) -> None:
    if target.vba_type_name == "Range":
        calls.append((name, how))


__all__ = ["HWND", "attach", "calls", "com_error", "load", "vba", "wrap"]
