"""Close-outs, placement, tuition and pairing: read from the file, their examples tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from notoneless.core.case_terms import PairingPurpose, PlacementKind
from notoneless.core.policy.case_rules import (
    MAY_REVIEW,
    REVIEWERS,
    Closing,
    ClosingExample,
    PairingExample,
    PairingRule,
    PlacementExample,
    PlacementRule,
    Tuition,
    TuitionExample,
    months_away,
)
from notoneless.core.policy.fields import Fields
from notoneless.core.policy.quota import read_clauses
from notoneless.core.terms import CloseOutKind, DayKind, Evidence, Post
from notoneless.core.time_limit import parse_limit

_SAID = "clause、pointer、says、reading、examples"


def read_closing(fields: Fields) -> Closing:
    """One `[[closing]]`; raises PackError with the key."""
    kind = fields.term("kind", CloseOutKind)
    closing = Closing(
        kind=kind,
        present_school_days=_days(fields, kind),
        clause=read_clauses(fields),
        reading=fields.text("reading"),
        evidence=fields.terms("evidence", Evidence),
        reviewers=_reviewers(fields),
        examples=tuple(_closing_example(each) for each in fields.tables("examples", "examples")),
    )
    fields.done("kind、present_school_days、clause、reading、evidence、reviewer、examples")
    if not closing.evidence and kind is not CloseOutKind.STABLE_RETURN:
        raise fields.error("evidence", f'“{kind.zh}”要凭佐证销号；请写 evidence = ["…"]')
    return closing


def _days(fields: Fields, kind: CloseOutKind) -> int:
    """Days are counted for a return alone; a certificate needs none."""
    if kind is CloseOutKind.STABLE_RETURN:
        return fields.number("present_school_days", 0)
    if "present_school_days" in fields.table:
        raise fields.error("present_school_days", f"只有“{CloseOutKind.STABLE_RETURN.zh}”计到校天数；请去掉")
    return 0


def _reviewers(fields: Fields) -> frozenset[Post]:
    named = fields.terms("reviewer", Post)
    if strange := sorted(named - MAY_REVIEW, key=list(Post).index):
        allowed = "、".join(f"{post.lower()}（{post.zh}）" for post in REVIEWERS)
        raise fields.error("reviewer", f"“{strange[0].zh}”不能复核销号；可用：{allowed}")
    return named or MAY_REVIEW


def _closing_example(fields: Fields) -> ClosingExample:
    example = ClosingExample(fields.whole("present"), fields.flag("met"))
    fields.done("present、met")
    return example


def read_placement(fields: Fields) -> PlacementRule:
    """One `[[placement]]`; raises PackError with the key."""
    rule = PlacementRule(
        months_from=fields.whole("months_from"),
        months_until=fields.number("months_until", 1) if "months_until" in fields.table else None,
        kind=fields.term("kind", PlacementKind),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        examples=tuple(_placement_example(each) for each in fields.tables("examples", "examples")),
    )
    fields.done(f"months_from、months_until、kind、{_SAID}")
    return rule


def _placement_example(fields: Fields) -> PlacementExample:
    example = PlacementExample(fields.day("left"), fields.day("back"))
    fields.done("left、back")
    return example


def refuse_broken_spans(rules: tuple[PlacementRule, ...], where: list[Fields]) -> None:
    """The spans of a pack join from the first day away on, without gap or overlap. Raises PackError."""
    begins = 0
    for number, (rule, fields) in enumerate(zip(rules, where, strict=True), 1):
        if rule.months_from != begins:
            raise fields.error("months_from", f"各段应首尾相接，从 0 个月起；这一段应写 {begins}")
        last = number == len(rules)
        if (rule.months_until is None) is not last:
            wanted = "最后一段不写止，多久都算" if last else "只有最后一段可以不写"
            raise fields.error("months_until", wanted)
        begins = rule.months_until or begins
        if rule.months_until is not None and begins <= rule.months_from:
            raise fields.error("months_until", f"应当大于 months_from（{rule.months_from}）")


def read_tuition(fields: Fields) -> Tuition:
    """One `[[tuition]]`; raises PackError with the key."""
    rule = Tuition(
        lessons_a_year=fields.number("lessons_a_year", 0),
        times_a_week=fields.number("times_a_week", 1) if "times_a_week" in fields.table else None,
        lessons_each=fields.number("lessons_each", 1) if "lessons_each" in fields.table else None,
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        examples=tuple(_tuition_example(each) for each in fields.tables("examples", "examples")),
    )
    fields.done(f"lessons_a_year、times_a_week、lessons_each、{_SAID}")
    if rule.lessons_each is not None and rule.times_a_week is None:
        raise fields.error("times_a_week", "写了每次几课时，就要写每周几次")
    return rule


def _tuition_example(fields: Fields) -> TuitionExample:
    if "week" in fields.table:
        example = TuitionExample(None, False, fields.number("week", 1))
    else:
        example = TuitionExample(fields.whole("lessons"), fields.flag("met"), None)
    fields.done("lessons、met，或 week")
    return example


def read_pairing(fields: Fields) -> PairingRule:
    """One `[[pairing]]`; raises PackError with the key."""
    rule = PairingRule(
        purpose=fields.term("purpose", PairingPurpose),
        contact_days=fields.parsed("contact", _calendar_days),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        examples=tuple(_pairing_example(each) for each in fields.tables("examples", "examples")),
    )
    fields.done(f"purpose、contact、{_SAID}")
    return rule


def _calendar_days(text: str) -> int:
    """Helpers are in touch in the holidays too, so only calendar days are taken."""
    limit = parse_limit(text)
    if limit.kind is not DayKind.CALENDAR_DAY:
        raise ValueError(f'假期里也要联系，只能按日历日计，写作 "{limit.count} calendar days"')
    return limit.count


def _pairing_example(fields: Fields) -> PairingExample:
    example = PairingExample(fields.day("contact"), fields.day("until"))
    fields.done("contact、until")
    return example


# Examples: each yields a problem in words, or "" when it comes out as written.

Tried = Iterator[tuple[str, str]]  # about, problem
NO_EXAMPLE = "没有算例；请至少写一个 examples = [{ … }]"


def try_closing(closing: Closing) -> Tried:
    """Where days are counted, each example's days against them."""
    if closing.present_school_days and not closing.examples:
        yield "", NO_EXAMPLE
    for example in closing.examples:
        met = not closing.missing_days(example.present)
        yield f"到校 {example.present} 个上课日", _unlike(example.met, met)


def try_placement(rule: PlacementRule) -> Tried:
    """Each example's absence lies in the span."""
    if not rule.examples:
        yield "", NO_EXAMPLE
    for example in rule.examples:
        months = months_away(example.left, example.back)
        about = f"{example.left} 离校，{example.back} 返校，满 {months} 个月"
        yield about, "" if rule.fits(months) else "不在这一段"


def try_tuition(rule: Tuition) -> Tried:
    """Each example's lessons against the minimum, or the week's against what is given in a week."""
    if not rule.examples:
        yield "", NO_EXAMPLE
    for example in rule.examples:
        if example.lessons is None:
            yield "每周课时", _unlike(example.week, rule.lessons_a_week)
        else:
            yield f"送教 {example.lessons} 课时", _unlike(example.met, example.lessons >= rule.lessons_a_year)
    if rule.times_a_week is not None and all(each.week is None for each in rule.examples):
        yield "每周课时", "写了每周几次，请用 { week = … } 写出每周共几课时"


def try_pairing(rule: PairingRule) -> Tried:
    """Each example's contact and the last day for the next one."""
    if not rule.examples:
        yield "", NO_EXAMPLE
    for example in rule.examples:
        until = example.contact + timedelta(days=rule.contact_days)
        yield f"{example.contact} 联系过", _unlike(example.until, until)


def _unlike(wanted: object, found: object) -> str:
    return "" if wanted == found else f"应为 {_said(wanted)}；算得 {_said(found)}"


def _said(value: object) -> str:
    return {True: "达到", False: "没有达到"}[value] if isinstance(value, bool) else str(value)
