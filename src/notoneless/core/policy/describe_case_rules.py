"""Close-outs, placement, tuition and pairing on the page of a pack, each with its examples."""

from __future__ import annotations

from collections.abc import Iterator

from notoneless.core.paper import Answer, Block, Heading, Items, Pairs, Paragraph, Table
from notoneless.core.policy.case_rules import PairingRule, PlacementRule, Tuition
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.say_case_rules import (
    pairing_line,
    placement_line,
    reviewers_line,
    tuition_line,
)

AGREE = Answer("审核", ("同意", "应改为："))


def case_rule_blocks(pack: PolicyPack) -> Iterator[Block]:
    """What holds beside the clauses; nothing where a pack does not speak of it."""
    if pack.closings:
        yield from _closings(pack)
    if pack.placements:
        yield Heading(2, "返校安置")
        for placement in pack.placements:
            yield from _rule(placement, placement_line(placement), tuple(_placement_rows(placement)))
        yield AGREE
    if pack.tuitions:
        yield Heading(2, "送教上门")
        for tuition in pack.tuitions:
            yield from _rule(tuition, tuition_line(tuition), tuple(_tuition_rows(tuition)))
        yield AGREE
    if pack.pairings:
        yield Heading(2, "结对帮扶")
        for pairing in pack.pairings:
            line = f"{pairing.purpose.zh}：{pairing_line(pairing)}"
            yield from _rule(pairing, line, tuple(_pairing_rows(pairing)))
        yield AGREE


def _closings(pack: PolicyPack) -> Iterator[Block]:
    rows = tuple(
        (
            c.kind.zh,
            f"连续到校 {c.present_school_days} 个上课日" if c.present_school_days else "不计天数",
            "、".join(sorted(each.zh for each in c.evidence)) or "—",
            reviewers_line(c),
            c.reading,
            "、".join(c.clause),
        )
        for c in pack.closings
    )
    yield Heading(2, "销号条件")
    yield Table(
        ("类型", "天数", "佐证", "复核（与申请人不是同一人）", "怎样算", "条款"),
        rows,
        (11, 12, 13, 18, 36, 10),
    )
    tried = tuple(
        f"{c.kind.zh}：到校 {each.present} 个上课日，{'可以' if each.met else '还不能'}申请"
        for c in pack.closings
        for each in c.examples
    )
    if tried:
        yield Items(tried)
    yield AGREE


def _rule(
    rule: PlacementRule | Tuition | PairingRule, line: str, examples: tuple[str, ...]
) -> Iterator[Block]:
    yield Heading(3, f"{rule.pointer}（{'、'.join(rule.clause)}）")
    yield Paragraph(rule.says, said=True)
    yield Pairs((("规定", line), ("怎样算", rule.reading)))
    if examples:
        yield Items(examples)


def _placement_rows(rule: PlacementRule) -> Iterator[str]:
    for each in rule.examples:
        yield f"算例：{each.left} 起没有到校，{each.back} 返校，{rule.kind.zh}"


def _tuition_rows(rule: Tuition) -> Iterator[str]:
    for each in rule.examples:
        if each.lessons is None:
            yield f"算例：一周共 {each.week} 课时"
        else:
            yield f"算例：一学年送教 {each.lessons} 课时，{'达到' if each.met else '没有达到'}"


def _pairing_rows(rule: PairingRule) -> Iterator[str]:
    for each in rule.examples:
        yield f"算例：{each.contact} 联系过，下一次不晚于 {each.until}"
