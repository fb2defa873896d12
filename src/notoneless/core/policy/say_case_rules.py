"""Close-outs, placement, tuition and pairing in plain Chinese, one line each."""

from __future__ import annotations

from notoneless.core.policy.case_rules import MAY_REVIEW, Closing, PairingRule, PlacementRule, Tuition

NOT_SAID = "没有规定"


def closing_line(closing: Closing) -> str:
    """What a close-out needs: `要连续到校 5 个上课日，须有到校记录，由校长复核`."""
    days = f"要连续到校 {closing.present_school_days} 个上课日" if closing.present_school_days else ""
    needs = "、".join(sorted(each.zh for each in closing.evidence))
    named = closing.reviewers != MAY_REVIEW
    review = f"由{reviewers_line(closing)}复核" if named else ""
    return "，".join(filter(None, (days, f"须有{needs}" if needs else "", review)))


def reviewers_line(closing: Closing) -> str:
    """The posts of whom one must review: `校长或县教育局`."""
    return "或".join(post.zh for post in closing.nearest_reviewers)


def placement_line(rule: PlacementRule) -> str:
    """`离校满 3 个月、不满 12 个月：低一年级`."""
    until = f"不满 {rule.months_until} 个月" if rule.months_until is not None else ""
    begins = f"满 {rule.months_from} 个月" if rule.months_from else ""
    return f"离校{'、'.join(filter(None, (begins, until))) or '多久都'}：{rule.kind.zh}"


def tuition_line(rule: Tuition) -> str:
    """`每学年不少于 216 课时，每周 2 次，每次 3 课时`."""
    week = f"每周 {rule.times_a_week} 次" if rule.times_a_week else ""
    each = f"每次 {rule.lessons_each} 课时" if rule.lessons_each else ""
    return "，".join(filter(None, (f"每学年不少于 {rule.lessons_a_year} 课时", week, each)))


def pairing_line(rule: PairingRule) -> str:
    """`每 7 个日历日至少联系一次`."""
    return f"每 {rule.contact_days} 个日历日至少联系一次"
