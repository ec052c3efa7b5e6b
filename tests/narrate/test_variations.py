"""The wording that varies with the figures: one test per case."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.narrate.books import make_book, seed_book
from xlbudget.model.book import Book
from xlbudget.model.forms import load_edition
from xlbudget.narrate import narrate


def section(number: int, book: Book) -> str:
    return "\n".join(p.title or p.text for p in narrate(book).section(number))


def said(number: int, **changes: Any) -> str:
    """A section of the published sample with other figures."""
    return section(number, seed_book(**changes))


def missing(book: Book) -> list[str]:
    return [entry.key for entry in narrate(book).missing]


# -- changes


def test_increase() -> None:
    text = said(1, figures={"LAST.T01.30.amount": "1000.00"})
    assert "增加512.83万元，增长51.28%，主要原因是：一是" in text


def test_decrease() -> None:
    assert "减少398.03万元，下降20.83%，主要原因是：一是" in said(1)


def test_same_as_last_year_gives_no_reason() -> None:
    text = said(1, figures={"LAST.T01.30.amount": "1512.83"})
    assert text.endswith("均为1512.83万元，与上年持平。")


def test_last_year_zero_gives_the_amount_only() -> None:
    text = said(9, figures={"LAST.T06.public.amount": "0.00"})
    assert "与上年相比增加328.10万元，主要原因是" in text
    assert "%" not in text


def test_last_year_unknown_is_asked_for_once_and_no_reason_with_it() -> None:
    book = seed_book(figures={"LAST.T01.30.amount": None})
    text = section(1, book)
    assert text.endswith("与上年相比【待填：上年收、支总计】。")
    assert missing(book)[0] == "LAST.T01.30.amount"
    assert narrate(book).missing[0].sheet == "上年数"
    assert re.fullmatch(r"[A-Z]+\d+", narrate(book).missing[0].cell)


def test_last_year_line_absent() -> None:
    book = seed_book(figures={"LAST.T01.30.amount": ...})
    assert "【待填：上年收、支总计】" in section(1, book)
    assert (narrate(book).missing[0].sheet, narrate(book).missing[0].cell) == ("上年数", "")


def test_reason_missing_is_asked_for() -> None:
    book = seed_book(reasons={"T01.30.amount~LAST": "  "})
    assert "主要原因是：【待填：收、支总计比上年增减的原因】。" in section(1, book)
    finding = narrate(book).findings[0]
    assert (finding.rule, finding.severity) == ("N-missing", "warning")
    assert finding.cells[0].ref == "T01.30.amount~LAST"
    assert finding.cells[0].sheet == "原因说明"
    assert f"请在工作表“原因说明”的{finding.cells[0].cell}填写" in finding.message


def test_typed_reason_is_put_in_order() -> None:
    text = said(1, reasons={"T01.30.amount~LAST": "主要原因是:人员减少;;\n经费减少。 "})
    assert text.endswith("主要原因是：人员减少；经费减少。")


def test_negative_amounts() -> None:
    figures = {"T05.2040899.total": "-5.00", "T04.36.general": "-5.00"}
    text = said(5, figures=figures)
    assert "公共安全支出-5.00万元；" in text  # no share of a negative amount
    assert "年初预算数145.00万元，决算数-5.00万元。决算数小于年初预算数，主要原因" in text
    assert "--" not in text


def test_negative_base_gives_no_percentage() -> None:
    text = said(9, figures={"LAST.T06.public.amount": "-2.00"})
    assert "与上年相比增加330.10万元，主要原因是" in text


def test_income_and_spending_that_differ_are_both_told() -> None:
    text = said(1, figures={"T01.60.amount": "1512.82"})
    assert "收入总计1512.83万元，支出总计1512.82万元。收入总计与上年相比减少" in text


# -- shares and kinds


def test_single_kind() -> None:
    text = said(2, figures={"T02.total.appropriation": "1512.83", "T02.total.other": "0.00"})
    assert "本年收入合计1512.83万元，全部为财政拨款收入，占100.00%。本年没有上级补助收入、" in text


def test_zero_kinds_have_no_share() -> None:
    assert "本年没有上缴上级支出、经营支出和对附属单位补助支出。" in said(3)


def test_one_class_only() -> None:
    text = section(
        5,
        make_book(
            {"T05.total.total": "9.00", "T05.2010301.total": "9.00", "T04.33.general": "9.00"},
            codes={"T05": ["2010301"]},
        ),
    )
    assert "全部用于一般公共服务支出，占100.00%。" in text


def test_classes_without_04() -> None:
    """Where 04 is not filled in yet, a class is the sum of its 项."""
    cleared = {f"T04.{row}.general": None for row in range(33, 65)}
    assert "一般公共服务支出1218.18万元，占80.88%" in said(5, figures=cleared)


def test_shares_round_half_up() -> None:
    text = section(
        3,
        make_book(
            {"T03.total.total": "800.00", "T03.total.basic": "1.00", "T03.total.project": "799.00"}
        ),
    )
    assert "占0.13%" in text  # 0.125 %
    assert "占99.88%" in text  # 99.875 %


# -- budget


def test_budget_zero_has_no_rate() -> None:
    assert "年初预算数0.00万元，决算数50.00万元。决算数大于年初预算数，主要原因是：" in said(5)


def test_budget_equal_needs_no_reason() -> None:
    text = said(5, figures={"BUDGET.T05.2010302.total": "36.42"})
    assert "决算数36.42万元，完成年初预算的100.00%，决算数与年初预算数持平。" in text


def test_budget_unspent() -> None:
    text = said(5, figures={"T05.2040899.total": "0.00"})
    assert (
        "年初预算数145.00万元，本年没有支出，决算数0.00万元，完成年初预算的0.00%。决算数小于年初预算数"
        in text
    )


def test_budgeted_item_that_the_table_does_not_print() -> None:
    figures = {"BUDGET.T05.2010350.total": "3.00", "BUDGET.T05.total.total": "1305.27"}
    text = said(5, figures=figures)
    assert "年初预算数3.00万元，本年没有支出，决算数0.00万元" in text
    assert (
        "【待填：一般公共服务支出-政府办公厅（室）及相关机构事务-事业运行决算数与预算数差异的原因】"
        in text
    )


def test_budget_unknown() -> None:
    figures = {"BUDGET.T05.2010301.total": None, "BUDGET.T05.2010302.total": None}
    text = said(5, figures=figures)
    assert "行政运行的年初预算】，决算数1022.76万元。" in text
    assert text.count("【待填") == 2


def test_budget_blank_is_none_where_the_others_make_up_the_total() -> None:
    book = seed_book(figures={"BUDGET.T05.2010399.total": None})
    assert "年初预算数0.00万元，决算数50.00万元" in section(5, book)
    assert missing(book) == ["FACT.meetings.8"]


def test_no_general_budget_spending() -> None:
    text = section(5, make_book({"BUDGET.T05.total.total": "0.00"}))
    assert "没有一般公共预算财政拨款支出。" in text
    assert "待填" not in text
    assert "万元" not in text


# -- 06


def test_basic_spending_lists_only_what_is_not_zero() -> None:
    text = said(6)
    assert "基本工资、津贴补贴" in text
    for unused in ("绩效工资", "水费", "培训费"):
        assert unused not in text


def test_no_public_expenses() -> None:
    figures = {
        "T05.total.basic": "5.00",
        "T06.personnel.amount": "5.00",
        "T06.30101.amount": "5.00",
    }
    text = section(6, make_book(figures))
    assert "人员经费5.00万元，占基本支出的100.00%，包括基本工资。" in text
    assert "没有公用经费支出。" in text


# -- 三公


def test_kind_without_budget_and_spending() -> None:
    text = said(7)
    assert "2024年度没有安排公务用车购置费预算，也没有发生支出。全年" not in text
    assert "2024年度没有安排公务用车购置费预算，也没有发生支出。" in text


def test_kind_that_ended() -> None:
    figures = {
        "T09.budget.reception": "0.00",
        "T09.actual.reception": None,
        "FACT.reception.groups": "0",
    }
    text = said(7, figures=figures)
    assert (
        "没有安排公务接待费预算，也没有发生支出，与上年相比减少2.20万元，下降100.00%，主要原因是："
        in text
    )
    assert "没有发生国内公务接待。" in text


def test_budgeted_but_not_spent() -> None:
    text = said(7, figures={"T09.actual.reception": "0.00", "LAST.T09.actual.reception": "0.00"})
    assert "预算数3.00万元，决算数0.00万元，完成预算的0.00%。决算数小于预算数，主要原因是：" in text


def test_nothing_at_all() -> None:
    text = section(7, make_book({"FACT.vehicle.kept": "0"}))
    assert "没有安排财政拨款“三公”经费预算，也没有发生支出。" in text
    assert "没有安排因公出国（境）团组。" in text
    assert "待填" not in text
    assert "%" not in text


def test_counts_that_are_missing_are_asked_for() -> None:
    figures = dict.fromkeys(
        (
            "FACT.abroad.groups",
            "FACT.abroad.persons",
            "FACT.vehicle.kept",
            "FACT.reception.groups",
            "FACT.reception.persons",
        )
    )
    book = seed_book(figures=figures, facts={"vehicle.use": ..., "reception.use": ...}, records=())
    keys = missing(book)
    for key in (*figures, "vehicle.use", "reception.use", "trips", "meetings"):
        assert key in keys
    assert "None" not in section(7, book)


def test_vehicle_bought() -> None:
    figures = {
        "T09.budget.vehicle_purchase": "20.00",
        "T09.actual.vehicle_purchase": "18.00",
        "FACT.vehicle.purchased": "1",
    }
    assert "全年购置公务用车1辆。" in said(7, figures=figures)


def test_foreign_guests_only_where_there_were_any() -> None:
    assert "外宾" not in said(7)
    figures = {"FACT.reception.foreign_groups": "1", "FACT.reception.foreign_persons": "4"}
    assert "；其中外宾接待1批次、4人次。" in said(7, figures=figures)


# -- 07 and 08


def test_no_fund_and_no_capital() -> None:
    assert said(8).splitlines()[1:] == [
        "2024年度本单位没有政府性基金预算财政拨款收入和支出。",
        "2024年度本单位没有国有资本经营预算财政拨款支出。",
    ]


def _fund(*codes: str) -> Book:
    figures = {}
    for row, factor in (*((code, 1) for code in codes), ("total", len(codes))):
        for column, value in (("income", 10), ("total", 8), ("project", 8), ("closing", 2)):
            figures[f"T07.{row}.{column}"] = f"{value * factor}.00"
    return make_book(figures, codes={"T07": list(codes)})


def test_fund_with_one_item() -> None:
    text = section(8, _fund("2120803"))
    assert "本年收入10.00万元，本年支出8.00万元（基本支出0.00万元、项目支出8.00万元）" in text
    assert (
        "年末结转和结余2.00万元。以上全部为城乡社区支出-国有土地使用权出让收入安排的支出-" in text
    )


def test_fund_with_several_items() -> None:
    text = section(8, _fund("2120803", "2120804"))
    assert "本年收入20.00万元" in text
    assert len(re.findall(r"^\d\. 城乡社区支出-.*：年初结转和结余0\.00万元", text, re.M)) == 2


def test_capital() -> None:
    figures = {
        f"T08.{row}.{c}": "6.00" for row in ("2230105", "total") for c in ("total", "project")
    }
    text = section(8, make_book(figures, codes={"T08": ["2230105"]}))
    assert (
        "国有资本经营预算财政拨款支出6.00万元，其中：基本支出0.00万元，项目支出6.00万元。" in text
    )


def test_fund_in_04_but_not_in_07_is_not_called_none() -> None:
    text = said(8, figures={"T04.59.fund": "5.00", "T04.59.capital": "5.00"})
    assert "没有政府性基金预算" not in text
    assert text.count("【待填：") == 2


# -- 机关运行经费


def test_institution_has_no_running_expenses() -> None:
    text = said(9, kind="事业单位")
    assert text.endswith("本单位为事业单位，没有机关运行经费。")


def test_institution_under_the_civil_service_law_has() -> None:
    assert "机关运行经费支出328.10万元" in said(9, kind="参公事业单位")


def test_kind_of_unit_unknown() -> None:
    book = seed_book(kind="")
    assert "【待填：单位性质】" in section(9, book)
    assert "328.10" not in section(9, book)
    assert [m.sheet for m in narrate(book).missing if m.key == "kind"] == ["封面"]


# -- 一般性支出, 采购, 资产, 绩效


def test_meetings_with_all_counts_add_up() -> None:
    records = [
        ("meetings", {"name": "甲会", "times": "1", "persons": "30", "amount": "1.00"}),
        (
            "meetings",
            {
                "name": "乙会",
                "times": "2",
                "persons": "50",
                "amount": "2.00",
                "purpose": "部署工作。",
            },
        ),
        ("trainings", {"name": "丙班", "times": "1", "persons": "20", "amount": "0.5"}),
        ("meetings", {"name": "", "times": " "}),
    ]
    figures = {"FACT.meeting.amount": "3.00", "FACT.training.amount": "0.50"}
    lines = said(10, figures=figures, records=records).splitlines()
    assert lines[1:6] == [
        "2024年度本单位会议费支出3.00万元，共3场、80人，其中：",
        "1. 甲会，1场，30人，支出1.00万元。",
        "2. 乙会，2场，50人，支出2.00万元，内容为部署工作。",
        "2024年度本单位培训费支出0.50万元，其中：",
        "1. 丙班，1期，20人，支出0.50万元。",
    ]
    assert lines[6] == "2024年度本单位没有举办节庆、晚会、论坛、赛事活动。"


def test_amount_of_a_list_line_that_is_no_number() -> None:
    records = [("meetings", {"name": "甲会", "times": "1", "amount": "约三万"})]
    assert "支出【待填：“甲会”的支出金额】" in said(10, records=records)


def test_meetings_put_together_in_one_line_have_no_number() -> None:
    records = [
        ("meetings", {"name": "甲会", "times": "1", "persons": "30", "amount": "1.00"}),
        ("meetings", {"name": "办公会等", "times": "—", "persons": " - ", "amount": "2.00"}),
    ]
    text = said(10, records=records)
    assert "2. 办公会等，支出2.00万元。" in text
    assert "会议费支出33.04万元，其中：" in text  # no sum of what one line does not give
    assert "待填" not in text


def test_a_number_that_is_not_typed_is_asked_for() -> None:
    text = said(10, records=[("meetings", {"name": "甲会", "amount": "1.00"})])
    assert "1. 甲会，【待填：“甲会”的场次和人数（没有单独统计的填“—”）】，支出" in text


def test_amounts_asked_for_in_general_expenses() -> None:
    text = said(10, figures={"FACT.training.amount": None})
    assert "培训费支出【待填：培训费支出】" in text


def test_procurement_none() -> None:
    assert said(11, figures={"FACT.procurement.total": "0"}).endswith("没有政府采购支出。")


def test_procurement_shares() -> None:
    figures = {
        "FACT.procurement.sme": "300.00",
        "FACT.procurement.small": "100.00",
        "FACT.procurement.sme_works": "0.00",
        "FACT.procurement.sme_goods": "40.72",
    }
    text = said(11, figures=figures)
    assert "占政府采购支出总额的91.34%" in text
    assert "授予小微企业的合同金额100.00万元，占中小企业合同金额的33.33%" in text
    assert (
        "中小企业合同在货物采购支出中占50.00%，在服务采购支出中占100.00%；工程采购没有授予" in text
    )


def test_small_enterprises_share_of_the_total_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    from xlbudget.narrate import paragraphs

    report = paragraphs.load_report(load_edition())._replace(small_share_of="total")
    monkeypatch.setattr(paragraphs, "load_report", lambda _: report)
    text = said(11, figures={"FACT.procurement.small": "164.22"})
    assert "授予小微企业的合同金额164.22万元，占政府采购支出总额的50.00%。" in text


def test_no_contract_for_small_enterprises() -> None:
    zero = {"FACT.procurement.sme": "0.00", "FACT.procurement.small": "0.00"}
    assert "没有授予中小企业的合同。" in said(11, figures=zero)
    assert "没有授予小微企业的合同。" in said(11, figures={"FACT.procurement.small": "0"})


def test_procurement_unknown() -> None:
    book = seed_book(
        figures=dict.fromkeys(("FACT.procurement.total", "FACT.procurement.sme_goods"))
    )
    text = section(11, book)
    assert "政府采购支出总额【待填：政府采购支出总额】。按采购对象分，" in text
    assert "【待填：货物采购授予中小企业合同金额】" in text


def test_vehicles() -> None:
    assert "（其他用车为市长公务实物保障用车）。" in said(12)
    none = {"FACT.asset.vehicles": "0", "FACT.asset.vehicles_other": "0"}
    assert "有车辆0辆。单位价值100万元以上的设备" in said(12, figures=none)
    assert "其他用车为" not in said(12, figures=none)


def test_blank_kinds_of_vehicles() -> None:
    blank = {"FACT.asset.vehicles_leader": None, "FACT.asset.vehicles_special": None}
    assert "主要负责人用车0辆" in said(12, figures=blank)  # the others make up the total
    more = {**blank, "FACT.asset.vehicles": "3"}
    assert "主要负责人用车【待填：主要负责人用车】" in said(12, figures=more)


def test_performance_unknown_is_asked_for() -> None:
    book = make_book({})
    text = section(13, book)
    assert text.count("【待填") >= 9
    assert "。。" not in text


def test_performance_texts_of_one_line() -> None:
    text = said(13, facts={"performance.achievements": "完成了全部目标。"})
    assert "绩效目标完成情况：完成了全部目标。" in text


# -- what cannot be read is not called none


def test_missing_table() -> None:
    book = make_book({}, without=["T02", "T05"])
    text = section(2, book)
    assert "没有收入" not in text
    assert "【待填：收入决算表（没有读到这张表）】" in text
    assert "没有一般公共预算财政拨款支出" not in section(5, book)


def test_unreadable_amount() -> None:
    book = seed_book(figures={"T02.total.other": None}, unreadable={"T02.total.other": "#REF!"})
    text = section(2, book)
    assert "其他收入【待填：02收入表“合计”的“其他收入”（单元格里不是数）】" in text
    assert "和其他收入" not in text


def test_total_left_blank() -> None:
    text = said(3, figures={"T03.total.total": None})
    assert "本年支出合计【待填：03支出表“合计”的“本年支出合计”（合计没有填）】。" in text


# -- year, unit, self


def test_self_and_year() -> None:
    book = seed_book(facts={"self": ...}, year=2023)
    text = "".join(p.title + p.text for p in narrate(book).paragraphs)
    assert "本部门" in text
    assert "本单位" not in text
    assert set(re.findall(r"20\d\d", text)) == {"2023"}


def test_year_unknown() -> None:
    book = seed_book(year=None)
    assert "【待填：决算年度】年度" in section(1, book)
    assert missing(book)[0] == "year"


def test_workbook_in_yuan_is_told_in_ten_thousands() -> None:
    figures = {
        "T01.30.amount": "15128250.00",  # 1512.825 万元
        "T01.60.amount": "15128250.00",
        "LAST.T01.30.amount": "19108600.00",
        "FACT.asset.vehicles": "2",
        "FACT.performance.score": "95.2",
    }
    book = make_book(figures, unit="元")
    assert "均为1512.83万元，与上年相比减少398.03万元，下降20.83%" in section(1, book)
    assert "有车辆2辆" in section(12, book)
    assert "得分95.2分" in section(13, book)


def test_finer_amounts_are_told_as_shown() -> None:
    figures = {"T01.30.amount": "10.005", "T01.60.amount": "10.005", "LAST.T01.30.amount": "10.014"}
    assert "均为10.01万元，与上年持平。" in section(1, make_book(figures))
