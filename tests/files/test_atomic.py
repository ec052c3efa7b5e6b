"""A file is written whole or not at all, and a failure is said in words."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from xlbudget.files.atomic import WriteError, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def failing(code: int) -> object:
    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_new_file_is_written(tmp_path: Path) -> None:
    write_whole(tmp_path / "决算.xlsx", b"new")
    assert files_in(tmp_path) == {"决算.xlsx": b"new"}


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"a longer old content")
    write_whole(str(target), b"new")
    assert files_in(tmp_path) == {"a.xlsx": b"new"}


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_permissions_of_an_old_file_are_kept(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    target.chmod(mode)
    write_whole(target, b"new")
    assert stat.S_IMODE(target.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    write_whole(tmp_path / "a.xlsx", b"new")
    usual = (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "a.xlsx").stat().st_mode == usual


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    (tmp_path / "link.xlsx").symlink_to("a.xlsx")
    write_whole(tmp_path / "link.xlsx", b"new")
    assert (tmp_path / "link.xlsx").is_symlink()
    assert (tmp_path / "a.xlsx").read_bytes() == b"new"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="是文件夹，请给出文件名"):
        write_whole(tmp_path, b"new")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"a\.xlsx.*文件夹.*没有.*不存在，请先建立文件夹"):
        write_whole(tmp_path / "没有" / "a.xlsx", b"new")


def test_a_file_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    with pytest.raises(WriteError, match="不存在，请先建立文件夹或检查路径"):
        write_whole(tmp_path / "f" / "a.xlsx", b"new")


def test_a_name_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="文件名太长"):
        write_whole(tmp_path / ("长" * 300 + ".xlsx"), b"new")
    assert files_in(tmp_path) == {}


def test_an_impossible_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="不是有效的文件名"):
        write_whole(f"{tmp_path}/a\0.xlsx", b"new")


@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        ("fsync", errno.ENOSPC, "磁盘空间不足"),
        ("fsync", errno.EDQUOT, "磁盘空间不足"),
        ("fsync", errno.EIO, "请换一个位置保存"),
        ("replace", errno.EBUSY, "文件被占用，请先在 Excel 或 WPS 中关闭"),
        ("replace", errno.EROFS, "所在磁盘是只读的"),
        ("replace", errno.EACCES, "只读的或没有写入权限"),
        ("chmod", errno.EPERM, "没有写入权限"),
    ],
)
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, words: str
) -> None:
    target = tmp_path / "决算.xlsx"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, call, failing(code))
    with pytest.raises(WriteError, match=rf"决算\.xlsx.*{words}"):
        write_whole(target, b"new")
    monkeypatch.undo()
    assert files_in(tmp_path) == {"决算.xlsx": b"old"}


def test_on_windows_a_refusal_means_the_file_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "决算.xlsx"
    target.write_bytes(b"old")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "replace", failing(errno.EACCES))
    with pytest.raises(WriteError, match=r"决算\.xlsx.*文件被占用，请先在 Excel 或 WPS 中关闭"):
        write_whole(target, b"new")
    assert files_in(tmp_path) == {"决算.xlsx": b"old"}


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "决算.xlsx"
    target.write_bytes(b"old")
    # The superuser may write to any file, so the answer is given here.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WriteError, match=r"决算\.xlsx.*请取消“只读”或另存到其他位置"):
        write_whole(target, b"new")
    assert files_in(tmp_path) == {"决算.xlsx": b"old"}


def test_an_interruption_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.xlsx", b"new")
    assert files_in(tmp_path) == {}
