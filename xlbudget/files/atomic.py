"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from xlbudget.errors import UserError

IN_USE = "文件被占用，请先在 Excel 或 WPS 中关闭"


class WriteError(UserError):
    """The file was not written; the message is one Chinese sentence for the user."""


def write_whole(path: str | os.PathLike[str], data: bytes | Iterable[bytes]) -> None:
    """Put ``data`` (in pieces, perhaps) in the file, which holds either its old content or all of the new.

    The bytes go to a temporary file in the same folder, which then takes the file's place; the
    permissions of a file that was there are kept.  WriteError if that fails; the old file and
    the folder are then as they were.
    """
    try:
        # A link keeps pointing to its file, and the file it points to is what gets replaced.
        target = Path(os.path.realpath(path))
    except ValueError as error:  # a NUL in the path
        raise WriteError(f"“{path}”不是有效的文件名，请换一个名称。") from error
    import tempfile  # not every command writes

    temporary = None
    try:
        if target.is_dir():
            raise WriteError(f"“{target}”是文件夹，请给出文件名。")
        mode = _mode(target)
        # A short name of our own: the target's may be as long as the file system allows.
        handle, name = tempfile.mkstemp(prefix=".xlbudget-", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            for piece in (data,) if isinstance(data, bytes) else data:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
        temporary = None
    except OSError as error:
        raise WriteError(f"{_reason(error, target)}。") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
    _sync_folder(target.parent)


def _mode(target: Path) -> int:
    """The permissions the file is to have: those it has, or what ``open`` would give a new one.

    PermissionError if it is there and may not be written.
    """
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        # mkstemp lets the owner alone read; the mask can only be read by setting it.
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
    # Replacing needs no right to the file itself, so a read-only one would not be spared.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return mode


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that for a folder."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: OSError, target: Path) -> str:
    name = f"“{target}”"
    code = error.errno
    if isinstance(error, PermissionError) or code in (errno.EBUSY, errno.ETXTBSY):
        # Windows refuses to replace a file that Excel or WPS holds open.
        if sys.platform == "win32" and target.exists() and os.access(target, os.W_OK):
            return f"无法写入{name}：{IN_USE}"
        if code in (errno.EBUSY, errno.ETXTBSY):
            return f"无法写入{name}：{IN_USE}"
        if target.exists():
            return f"无法写入{name}：文件是只读的或没有写入权限，请取消“只读”或另存到其他位置"
        return f"无法写入{name}：没有写入这个文件夹的权限，请换一个位置保存"
    if code in (errno.ENOENT, errno.ENOTDIR):
        return f"无法写入{name}：文件夹“{target.parent}”不存在，请先建立文件夹或检查路径"
    if code in (errno.ENOSPC, errno.EDQUOT):
        return f"无法写入{name}：磁盘空间不足，请清理磁盘或换一个位置保存"
    if code == errno.EROFS:
        return f"无法写入{name}：所在磁盘是只读的，请换一个位置保存"
    if code == errno.ENAMETOOLONG:
        return f"无法写入{name}：文件名太长，请缩短文件名"
    return f"无法写入{name}：{error.strerror or '系统拒绝写入'}，请换一个位置保存"
