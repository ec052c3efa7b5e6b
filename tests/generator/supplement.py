"""补充资料 of a made-up department: counts that go with the amounts, lists that add up, texts."""

from __future__ import annotations

import random

from xlbudget.model.money import YUAN

from .atoms import LEAST, amount, shares
from .tables import Figures

_WORDS = {
    "trips": ("新加坡", "日本", "德国"),
    "meetings": ("年度工作会议", "业务推进会议", "总结评审会议"),
    "trainings": ("业务骨干培训班", "新进人员培训班", "专题培训班"),
}


def supplement(
    rng: random.Random, t: Figures
) -> tuple[dict[str, str], list[tuple[str, dict[str, str]]]]:
    """补充资料: counts that go with the amounts, lists that add up."""
    texts: dict[str, str] = {"self": "本单位"}
    records: list[tuple[str, dict[str, str]]] = []

    def money(name: str, fen: int) -> None:
        t[f"FACT.{name}"] = fen

    def count(name: str, number: int) -> None:
        t[f"FACT.{name}"] = number * YUAN.fen

    def listed(list_id: str, fen: int, title: str, **more: str) -> int:
        parts = shares(rng, fen, rng.randint(1, 3)) if fen else []
        for word, part in zip(_WORDS[list_id], parts, strict=False):
            records.append((list_id, {**more, title: word, "amount": YUAN.text(part)}))
        return len(parts)

    abroad = t["T09.actual.abroad"]
    groups = listed("trips", abroad, "destination", groups="1", persons="2", purpose="学习交流")
    count("abroad.groups", groups)
    count("abroad.persons", groups * 2)
    count("vehicle.purchased", int(t["T09.actual.vehicle_purchase"] > 0))
    kept = rng.randint(1, 4) if t["T09.actual.vehicle_running"] else 0
    count("vehicle.kept", kept)
    receptions = max(1, t["T09.actual.reception"] // 200_000) * (t["T09.actual.reception"] > 0)
    count("reception.groups", receptions)
    count("reception.persons", receptions * 12)
    texts["vehicle.use"] = "燃油、维修、保险和过路过桥费"
    texts["reception.use"] = "上级调研和兄弟单位交流的接待"
    for fact, list_id, code in (
        ("meeting", "meetings", "30215"),
        ("training", "trainings", "30216"),
    ):
        fen = t.get(f"T06.{code}.amount", 0) + amount(rng, 1) * rng.randrange(2)
        money(f"{fact}.amount", fen)
        listed(list_id, fen, "name", times="1", persons="40", purpose="业务工作")
    money("festival.amount", 0)
    kinds = ("goods", "works", "services")
    bought = [amount(rng, 10) * rng.randrange(2) for _ in kinds]
    money("procurement.total", sum(bought))
    small = 0
    for kind, fen in zip(kinds, bought, strict=True):
        money(f"procurement.{kind}", fen)
        money(f"procurement.sme_{kind}", fen)
        small += fen
    money("procurement.sme", small)
    money("procurement.small", small // 2 if small >= 2 * LEAST else 0)
    for kind in ("minister", "leader", "courier", "emergency", "enforcement", "special", "retired"):
        count(f"asset.vehicles_{kind}", 0)
    count("asset.vehicles_courier", kept)
    count("asset.vehicles_other", 0)
    count("asset.vehicles", kept)
    count("asset.equipment", rng.randint(0, 2))
    total, project = t["T03.total.total"], t.get("T03.total.project", 0)
    money("performance.budget", t["BUDGET.T05.total.total"])
    money("performance.adjusted", total + amount(rng, 20))
    basic = t.get("T03.total.basic", 0)
    planned, adjusted = t["FACT.performance.budget"], t["FACT.performance.adjusted"]
    money("performance.budget_basic", min(basic, planned))
    money("performance.budget_project", planned - min(basic, planned))
    money("performance.adjusted_basic", basic)
    money("performance.adjusted_project", adjusted - basic)
    for kind, table in (("general", "T05"), ("fund", "T07"), ("capital", "T08")):
        fen = t.get(f"{table}.total.project", 0)
        count(f"performance.projects_{kind}", int(fen > 0))
        money(f"performance.amount_{kind}", fen)
    money("performance.project_budget", project + amount(rng, 5) if project else 0)
    money("performance.project_actual", project)
    count("performance.score", 95)
    texts["performance.grade"] = "优"
    texts["performance.achievements"] = "年初确定的各项目标已经完成"
    texts["performance.problems"] = "个别项目的执行进度偏慢"
    texts["performance.measures"] = "加强预算执行的跟踪和督促"
    count("evaluation.posts", 50)
    count("evaluation.staff", 48)
    texts["overview.duties"] = "贯彻有关法律法规和政策。\n拟订工作计划并组织实施。"
    texts["overview.bodies"] = "内设办公室、财务科、业务科3个机构。"
    texts["overview.units"] = "纳入部门决算的只有本级。"
    texts["evaluation.projects"] = "项目按计划实施，已经完成。"
    texts["evaluation.management"] = "资金专款专用，支出先审批后报销。"
    return texts, records
