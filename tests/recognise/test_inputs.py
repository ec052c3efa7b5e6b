"""The input sheets: 封面, 上年数, 年初预算, 补充资料, 原因说明."""

from __future__ import annotations

from xlbudget.model.money import WAN
from xlbudget.recognise import recognise

from .test_tables import seed_grids

Rows = list[list[object]]


def test_the_cover_is_known_by_id_or_label() -> None:
    cover: Rows = [
        ["部门决算公开工作簿"],
        ["department", "部门名称", "某局"],
        ["", "决算年度", 2024.0],
        ["", "金额单位", "万元"],
        ["", "单位性质", "事业单位"],
    ]
    book = recognise({"封面": cover, **seed_grids()})
    assert (book.department, book.year, book.unit, book.kind) == ("某局", 2024, WAN, "事业单位")


def test_last_year_s_figures_and_what_is_left_blank() -> None:
    rows: Rows = [
        ["编号", "项目", "金额"],
        ["T01.30.amount", "收入支出决算总表：收入总计（支出总计）", 1910.86],
        ["T01.59.amount", "收入支出决算总表：年末结转和结余", ""],
    ]
    book = recognise({"上年数": rows, **seed_grids()})
    figure = book.figures["LAST.T01.30.amount"]
    assert (figure.fen, figure.half, figure.place.cell) == (1910_860_000, WAN.half, "C2")
    assert book.figures["LAST.T01.59.amount"].fen is None
    assert "LAST.T04.32.amount" not in book.figures


def test_the_budget_by_item_with_its_total() -> None:
    rows: Rows = [
        ["科目代码", "科目名称", "年初预算"],
        ["", "合计", 982.62],
        [2010301.0, "行政运行", "922.62"],
        ["2010302", "一般行政管理事务", 60],
        ["2010302", "一般行政管理事务", 61],
    ]
    book = recognise({"年初预算": rows, **seed_grids()})
    assert book.figures["BUDGET.T05.total.total"].fen == 982_620_000
    assert book.figures["BUDGET.T05.2010301.total"].fen == 922_620_000
    assert book.figures["BUDGET.T05.2010302.total"].fen == 60_000_000
    finding, text = book.findings
    assert finding.rule == "A06"
    assert "2010302出现了两次" in finding.message
    assert (text.rule, text.severity) == ("A07", "info")
    assert "年初预算有1个数字是按文本存放的（第一个在C" in text.message


def test_facts_are_counts_amounts_and_texts() -> None:
    rows: Rows = [
        ["补充资料"],
        ["abroad.groups", "因公出国（境）团组数", 2.0],
        ["abroad.persons", "因公出国（境）累计人次", "三"],
        ["meeting.amount", "会议费支出", 33.04],
        ["vehicle.use", "公务用车运行维护费主要用于", "油费、维修"],
    ]
    book = recognise({"补充资料": rows, **seed_grids()})
    assert book.figures["FACT.abroad.groups"].fen == 2 * WAN.fen
    assert book.figures["FACT.abroad.groups"].half == 0
    assert book.figures["FACT.meeting.amount"].fen == 33_040_000
    assert book.facts["vehicle.use"].value == "油费、维修"
    assert "FACT.abroad.persons" in book.unreadable
    (finding,) = book.findings
    assert (finding.rule, finding.cells[0].cell) == ("A07", "C3")


def test_lists_of_facts_end_at_the_next_title() -> None:
    rows: Rows = [
        ["六、因公出国（境）团组明细"],
        ["前往国家（地区）", "团组数", "人次", "支出金额", "主要用于"],
        ["韩国、日本", 1.0, 2.0, 11.0, "友城交流"],
        ["", "", "", "", ""],
        ["七、会议费明细"],
        ["会议名称", "场次", "人数", "支出金额", "会议内容"],
        ["经济工作会议", "", 830.0, 12.0, ""],
    ]
    book = recognise({"补充资料": rows, **seed_grids()})
    first, second = book.records
    assert (first.list_id, first.fields["destination"], first.fields["amount"]) == (
        "trips",
        "韩国、日本",
        "11",
    )
    assert (second.list_id, second.fields["persons"], second.place.row) == ("meetings", "830", 7)


def test_reasons_are_read_by_key_and_blank_ones_keep_their_place() -> None:
    rows: Rows = [
        ["编号（自动）", "事项", "本年（决算）", "上年（预算）", "差额", "原因（请填写）"],
        ["T01.30.amount~LAST", "收、支总计", 1.0, 2.0, -1.0, "厉行节约"],
        ["T05.2010301.total~BUDGET", "行政运行", 1.0, 2.0, -1.0, ""],
    ]
    book = recognise({"原因说明": rows, **seed_grids()})
    assert [book.explained(key) for key in book.reasons] == ["厉行节约", ""]
    assert book.reasons["T05.2010301.total~BUDGET"].place.cell == "F3"
    assert book.reasons["T01.30.amount~LAST"].text == "厉行节约"
    assert book.reasons["T01.30.amount~LAST"].place.cell == "F2"


def test_a_longer_text_goes_on_until_the_next_entry() -> None:
    rows: Rows = [
        ["一、部门概况（公开第一部分）"],
        ["overview.duties", "部门职责", "起草文件。"],
        ["", "", "承办会议。\n值班。"],
        ["", "", ""],
        ["", "", "其他事项。"],
        ["", "内设机构", "3个。"],
        ["overview.units", "决算单位构成", ""],
        ["二、整体支出绩效自评报告（公开第五部分）", "", "不是正文"],
        ["evaluation.posts", "编制人数", 72.0],
        ["", "", "不属于任何一项"],
    ]
    book = recognise({"部门概况": rows, **seed_grids()})
    assert book.facts["overview.duties"].value == "起草文件。\n承办会议。\n值班。\n其他事项。"
    assert book.facts["overview.bodies"].value == "3个。"
    assert book.facts["overview.units"].value is None
    assert book.figures["FACT.evaluation.posts"].fen == 72 * WAN.fen


def test_the_ledger_of_06_is_in_yuan_whatever_the_unit() -> None:
    rows: Rows = [
        ["科目代码", "科目名称", "金额（元）"],
        ["302", "商品和服务支出", 130000],
        [30201.0, "办公费", 123456.78],
        ["30202", "印刷费", ""],
        ["30201", "办公费", 1000],
    ]
    book = recognise({"06明细账": rows, **seed_grids()})
    figure = book.figures["LEDGER.T06.30201.amount"]
    assert (figure.fen, figure.half, figure.place.cell) == (12_445_678, 0, "C3")
    assert book.figures["LEDGER.T06.30202.amount"].fen is None
    assert "LEDGER.T06.302.amount" not in book.figures
    assert set(book.tables) == {f"T0{n}" for n in range(1, 10)}
