"""A pack as a page an official can read, sign and send back: clause, reading, duties, examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.paper import (
    Answer,
    Block,
    Box,
    DayRow,
    Heading,
    Items,
    Page,
    Pairs,
    Paragraph,
    Signing,
    Table,
    markdown,
)
from notoneless.core.policy.describe_case_rules import AGREE, case_rule_blocks
from notoneless.core.policy.describe_report_rules import farther_report_rules, report_rule_blocks
from notoneless.core.policy.draw_days import LEGEND, day_row
from notoneless.core.policy.examples import at_moment
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.pack import (
    CAPABILITIES,
    DECIDED_BY_PEOPLE,
    PARTS,
    Clause,
    ClauseKind,
    Example,
    Expected,
    PolicyPack,
    Quota,
    QuotaExample,
    Rule,
)
from notoneless.core.policy.say import LEAVE, UNRECORDED, duty_line, quota_line, trigger_line
from notoneless.core.policy.say_facts import facts_told

KINDS = {
    ClauseKind.TARGET: "指标",
    ClauseKind.FORMULA: "公式",
    ClauseKind.LEDGER: "台账",
    ClauseKind.FORM: "表单",
    ClauseKind.CHAIN: "责任链",
    ClauseKind.PLACEMENT: "安置",
    ClauseKind.SUPPORT: "帮扶",
    ClauseKind.RECOGNITION: "评先",
    ClauseKind.CONSEQUENCE: "问责",
    ClauseKind.PUBLICITY: "宣传",
    ClauseKind.CONDUCT: "行为要求",
    ClauseKind.REFUSED: "不执行",
}
_PURPOSE = (
    "本页把文件逐条写成系统执行的规则：先用我们的话说条文的意思，再写怎样算、何时发生、谁在什么期限内办什么，并附算例。"
    "请逐条核对，在“审核”处打勾或写明应改为什么，签字盖章后寄回。"
)


def describe(pack: PolicyPack, packs: PacksInForce, calendar: SchoolCalendar) -> str:
    """The whole pack as a Chinese page in Markdown, in the order of its document."""
    return markdown(page_of(pack, packs, calendar))


def page_of(pack: PolicyPack, packs: PacksInForce, calendar: SchoolCalendar) -> Page:
    """The whole pack as a Chinese page, in the order of its document; any format can be made of it."""
    blocks: list[Block] = [_head(pack), Signing(("审核人（签字）", "日期", "盖章")), Paragraph(_PURPOSE)]
    blocks += [Heading(2, "计算口径"), Items(_counting(pack)), Heading(2, "条款")]
    blocks += _clauses(pack, calendar)
    blocks += case_rule_blocks(pack)
    blocks += report_rule_blocks(pack)
    blocks += _farther(packs)
    blocks += [
        Heading(2, "总的意见"),
        Answer("审核", ("全部同意", "按上面写明的修改后同意", "不同意，因为：")),
    ]
    blocks.append(Signing(("审核人（签字）", "日期", "盖章")))
    return Page(pack.title, f"{pack.title}　版本 {pack.version}", tuple(blocks))


def in_force_line(pack: PolicyPack) -> str:
    """`2014-09-01 起`, or the days between which the pack is in force."""
    until = f" 至 {pack.in_force_until}（不含）" if pack.in_force_until else " 起"
    return f"{pack.in_force_from}{until}"


def _head(pack: PolicyPack) -> Pairs:
    rows = [
        ("编号", f"`{pack.id}`，版本 `{pack.version}`"),
        ("制定", pack.issuer),
        ("来源", pack.document),
        ("生效", in_force_line(pack)),
        ("上位制度", f"`{pack.extends}`" if pack.extends else "无"),
    ]
    return Pairs(tuple(rows))


def _counting(pack: PolicyPack) -> tuple[str, ...]:
    rows = (LEAVE[pack.counting.leave], UNRECORDED[pack.counting.unrecorded], "迟到算到校")
    return (*(f"{row}。" for row in rows), f"算例中的图示：{LEGEND}；没有写明的，晨检 08:00 点名。")


# Clauses, in the order of the document.


def in_document_order(pack: PolicyPack) -> list[Rule | Quota | Clause]:
    """Rules, quotas and other clauses by their clause's number, which follows the document."""
    parts: list[Rule | Quota | Clause] = [*pack.rules, *pack.quotas, *pack.other_clauses]
    return sorted(parts, key=lambda part: min(_cited(part)))


def _cited(part: Rule | Quota | Clause) -> tuple[str, ...]:
    return (part.id,) if isinstance(part, Clause) else part.clause


def _clauses(pack: PolicyPack, calendar: SchoolCalendar) -> Iterator[Block]:
    for is_other, parts in groupby(in_document_order(pack), key=lambda part: isinstance(part, Clause)):
        if is_other:
            yield Heading(3, "未列为应办事项的条款")
            yield _table([part for part in parts if isinstance(part, Clause)])
            continue
        for part in parts:
            if isinstance(part, Rule):
                yield from _rule(part, pack, calendar)
            elif isinstance(part, Quota):
                yield from _quota(part, pack)


def _title(part: Rule | Quota) -> Heading:
    return Heading(3, f"{part.pointer}（{'、'.join(part.clause)}）")


def _rule(rule: Rule, pack: PolicyPack, calendar: SchoolCalendar) -> Iterator[Block]:
    yield _title(rule)
    yield Paragraph(rule.says, said=True)
    yield Pairs(tuple(_rule_lines(rule, pack)))
    examples = [example for example in pack.examples if example.rule == rule.id]
    for number, example in enumerate(examples, 1):
        yield _example(number, example, calendar)
    yield AGREE


def _rule_lines(rule: Rule, pack: PolicyPack) -> Iterator[tuple[str, str]]:
    yield "怎样算", rule.reading
    yield "何时发生", trigger_line(rule.when, pack)
    for duty in rule.obliges:
        yield "应办", duty_line(duty)
    if rule.stage:
        yield "阶段", f"列为“{rule.stage.zh}”"
    if rule.floor:
        yield "法定底线", "下级制度可以更严，不能更宽"
    yield "规则名", f"`{rule.id}`" + (f"，代替 `{rule.refines}`" if rule.refines else "")


def _example(number: int, example: Example, calendar: SchoolCalendar) -> Box:
    days = [day_row(example, calendar)] if example.drawn else []
    told = [Items(rows) for rows in [tuple(facts_told(example, calendar))] if rows]
    blocks: list[DayRow | Items | Paragraph] = [*days, *told, *_owed(example)]
    return Box(f"算例 {number}　{example.about}", tuple(blocks))


def _owed(example: Example) -> list[Items | Paragraph]:
    at = f"截至 {at_moment(example):%Y-%m-%d %H:%M}"
    owed = tuple(_expected(each) for each in example.expect)
    if len(owed) < 2:
        return [Paragraph(f"{at}：{owed[0] if owed else '没有应办的事'}。")]
    return [Paragraph(f"{at}，应办："), Items(owed)]


def _expected(expected: Expected) -> str:
    to = f"向{expected.to.zh} " if expected.to else ""
    state = f"，{expected.state.zh}" if expected.state else ""
    due = f"{expected.due} 前" if expected.due != "unknown" else "期限无法算出"
    return f"{expected.who.zh} {to}{expected.act.zh}，{due}{state}"


def _quota(quota: Quota, pack: PolicyPack) -> Iterator[Block]:
    yield _title(quota)
    yield Paragraph(quota.says, said=True)
    yield Pairs((("怎样算", quota.reading), ("数量", quota_line(quota)), ("名称", f"`{quota.id}`")))
    rows = tuple(_quota_row(each) for each in pack.quota_examples if each.quota == quota.id)
    yield Table(("算例", "学生数", "截至", "已办", "应办", "期限", "达到"), rows, (28, 9, 19, 8, 8, 19, 9))
    yield AGREE


def _quota_row(example: QuotaExample) -> tuple[str, ...]:
    done, needed, until, met = example.expect
    counts = (str(example.children), example.at[:16], str(done), str(needed))
    return (example.about, *counts, until, "是" if met else "否")


def _table(clauses: Iterable[Clause]) -> Table:
    rows = tuple((c.id, c.pointer, _says(c), KINDS[c.kind], clause_state(c)) for c in clauses)
    return Table(("条款", "位置", "内容", "类别", "处理"), rows, (9, 16, 36, 11, 28))


def _says(clause: Clause) -> str:
    figures = "，".join(filter(None, (clause.bound, clause.figure and f"公式 {clause.figure}")))
    bound = f"（{figures}）" if figures else ""
    because = f"（另有规则：{clause.because}）" if clause.because else ""
    return f"{clause.says}{bound}{because}"


def clause_state(clause: Clause) -> str:
    """What the product does with a clause that no rule counts."""
    if clause.state == "refused":
        return f"不执行：{clause.law}。改为：{clause.instead}"
    if clause.state == "waits":
        return f"待“{CAPABILITIES[clause.waits]}”建成"
    if clause.runs_in in DECIDED_BY_PEOPLE:
        return f"在“{PARTS[clause.runs_in]}”列出事实和报送情况，由人决定；不自动追责，不算钱，不排学生名次"
    if clause.runs_in:
        return f"在“{PARTS[clause.runs_in]}”办理"
    return "告知本页读者"


# What holds beside the clauses.


def _farther(packs: PacksInForce) -> list[Block]:
    own = packs.layers[0][0]
    rules = (f"{b.rule.pointer}：{b.rule.says}（`{b.ref}`）" for b in packs.rules if b.pack is not own)
    rows = tuple(dict.fromkeys([*rules, *farther_report_rules(packs)]))
    return [Heading(2, "同时有效的上位规定"), Items(rows)] if rows else []
