"""Typed texts are put in order before they go into a sentence."""

from __future__ import annotations

import pytest

from xlbudget.narrate.typed import lines, reason, sentence


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("人员增加。", "人员增加"),
        ("人员增加；；", "人员增加"),
        ("  人员 增加 \n", "人员增加"),
        ("人员增加,经费增加;", "人员增加，经费增加"),
        ("主要原因是人员增加", "人员增加"),
        ("主要原因是：人员增加。", "人员增加"),
        ("主要是主要是人员增加", "人员增加"),
        ("原因：人员增加", "人员增加"),
        ("决算数大于年初预算数的主要原因是人员增加", "人员增加"),
        ("主要原因一是人员增加；二是调标", "一是人员增加；二是调标"),
        ("一是人员增加。\n二是调标。", "一是人员增加；二是调标"),
        ("支出5万元元，，其中其中补助3万元。。", "支出5万元，其中补助3万元"),
        ("购置 ThinkPad X1 电脑", "购置ThinkPad X1电脑"),
        ("支出1,200.50元", "支出1,200.50元"),
        ("人员增加，。调标", "人员增加。调标"),
        ("人员增加、；调标", "人员增加；调标"),
        ("主要原因是：", ""),
        ("。", ""),
        ("", ""),
    ],
)
def test_reason(typed: str, written: str) -> None:
    assert reason(typed) == written


def test_sentence_keeps_lead_ins() -> None:
    assert sentence("主要是燃油费。") == "主要是燃油费"


def test_lines() -> None:
    assert lines("一、完成甲。\n\n二、完成乙；\r\n") == ["一、完成甲", "二、完成乙"]


def test_marks_of_our_own_cannot_be_typed() -> None:
    assert sentence("甲\ue000乙\ue001丙\ue002") == "甲乙丙"
    assert sentence("# 标题") == "标题"
