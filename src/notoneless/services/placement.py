"""返校安置: where a child sits who came back, beside what the policy advises.

Advice orders nothing. Another class of the same grade is a matter of the school; another grade is an
enrolment change (留级, 跳级) with the guardian's written request, the school's assessment and the bureau's
word, and until that is done the child stays in its class.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from notoneless.core.case_clocks import case_clocks
from notoneless.core.case_terms import PlacementKind
from notoneless.core.enrolment import RULES, missing_papers
from notoneless.core.evaluate import evaluate
from notoneless.core.policy.case_rules import months_away
from notoneless.core.policy.pack import PlacementRule
from notoneless.core.stages import RETURNED
from notoneless.core.terms import ChangeKind, Paper, Stage
from notoneless.records.access import Thing, Verb
from notoneless.records.histories import subjects
from notoneless.records.models import Case, ClassGroup, Person, Placement
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.enrolment_changes import ask_change
from notoneless.services.finding import answering_at, class_on, the_person
from notoneless.services.on_roll import join_class
from notoneless.services.permissions import refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written

ONE_DAY = timedelta(days=1)
WHY = 300  # characters


class Advice(NamedTuple):
    """How long the child was away, and what the policy in force says to that."""

    left: date  # the first day away
    back: date
    days: int  # calendar days
    months: int  # whole calendar months
    rule: PlacementRule | None

    @property
    def kind(self) -> PlacementKind | None:
        """The advice, or None where the policy says nothing."""
        return self.rule.kind if self.rule else None


def advice(case: Case, *, at: datetime) -> Advice | None:
    """The advice for a child that is back; None for one that is not."""
    if case.stage not in RETURNED:
        return None
    subject = subjects([case.child_id], as_of=at)[case.child_id]
    packs, calendar = subject.home.packs, subject.home.calendar
    found = evaluate(subject.history, calendar, packs, as_of=at)
    clocks = case_clocks(found, subject.history, calendar, as_of=at)
    returns = [step.at.date() for step in found.path if step.stage is Stage.BACK]
    if clocks is None or not returns:
        return None
    left, back = min(clocks.statutory.since, returns[-1]), returns[-1]
    months = months_away(left, back)
    return Advice(left, back, (back - left).days, months, packs.placement(months))


def may_place(person: Person, case: Case, *, at: datetime) -> Refusal | None:
    """Why this person may not say where the child sits, or None."""
    where = answering_at(case.child, at.date())
    return refusal(person, Thing.CHANGE, Verb.ASK, where, at.date()) or _not_back(case)


@one_act
def place_on_return(
    *,
    by: Person | int,
    case: Case | int,
    kind: PlacementKind,
    from_day: date,
    at: datetime,
    class_group: ClassGroup | None = None,
    papers: Collection[Paper] = (),
    why: str = "",
    key: str | None = None,
) -> Placement:
    """Write down where the child sits from a day on; who departs from the advice says why. Raises Refusal.

    The same `key` again gives the first word. Another class of the same grade holds from then, not before
    tomorrow; another grade asks for the enrolment change, with its `papers`.
    """
    person, row = the_person(by), _held(case)
    now_in = class_on(row.child, at.date())
    require(person, Thing.CHANGE, Verb.ASK, now_in.school, at.date())
    if key and (first := Placement.objects.filter(pk=id_of(key)).first()) is not None:
        return _the_same(first, row, kind)
    if (no := _not_back(row)) is not None:
        raise no
    known, there = advice(row, at=at), class_group or now_in
    _refuse_unfit(kind, now_in, there)
    reason = written(why, WHY, "理由", "Reason", needed=_departs(known, kind))
    placed = Placement.objects.create(
        id=id_of(key),
        case=row,
        kind=kind,
        advised=known.kind if known and known.kind else "",
        days_away=known.days if known else 0,
        class_group=there,
        from_day=from_day,
        why=reason,
        by=person,
        at=at,
    )
    _move(placed, now_in, papers, reason, person, at)
    body: dict[str, object] = {"case": row.number, "kind": kind.value, "class_group": there.pk}
    follow_up([row.child_id], as_of=at, entry=Entry("PLACE", "child", str(row.child_id), body, person))
    return placed


def changes_grade(now_in: ClassGroup, there: ClassGroup) -> ChangeKind | None:
    """The enrolment change that sitting there needs: none within the grade."""
    if there.grade == now_in.grade:
        return None
    return ChangeKind.REPEAT if there.grade < now_in.grade else ChangeKind.SKIP


def _move(
    placed: Placement,
    now_in: ClassGroup,
    papers: Collection[Paper],
    reason: str,
    person: Person,
    at: datetime,
) -> None:
    child, there = placed.case.child, placed.class_group
    assert there is not None  # created with one
    change = changes_grade(now_in, there)
    if change is not None:
        _refuse_silent_change(change, papers)
        asked = f"返校安置：{placed.kind.zh}，拟编入{there.name}。{reason}"
        ask_change(
            by=person, child=child, kind=change, from_day=placed.from_day, at=at, papers=papers, reason=asked
        )
    elif there.pk != now_in.pk:
        join_class(child, there, max(placed.from_day, at.date() + ONE_DAY), placed.kind.zh, at)


def _departs(known: Advice | None, kind: PlacementKind) -> bool:
    return known is not None and known.kind is not None and known.kind is not kind


def _held(case: Case | int) -> Case:
    number = case if isinstance(case, int) else case.pk
    hold([Case.objects.values_list("child_id", flat=True).get(pk=number)])
    return Case.objects.select_related("child").get(pk=number)


def _the_same(first: Placement, case: Case, kind: PlacementKind) -> Placement:
    if (first.case_id, first.kind) != (case.pk, kind):
        raise key_used()
    return first


# Refusals.


def _not_back(case: Case) -> Refusal | None:
    if case.stage in RETURNED:
        return None
    return Refusal(
        "NOT_BACK",
        f"{case.child.name}还没有返校（{case.stage.zh}）；返校以后再安置。",
        f"{case.child.name} is not back yet ({case.stage.en}); placement follows the return.",
    )


def _refuse_unfit(kind: PlacementKind, now_in: ClassGroup, there: ClassGroup) -> None:
    if there.school_id != now_in.school_id:
        raise Refusal(
            "OTHER_SCHOOL",
            f"{there.name}是另一所学校的；换学校请办转学。",
            f"{there.name} is in another school; ask for a transfer.",
        )
    if kind is PlacementKind.SAME_CLASS and there.pk != now_in.pk:
        raise Refusal(
            "NOT_SAME_CLASS",
            f"回原班就是{now_in.name}；编入{there.name}请选别的安置方式。",
            f"Its class is {now_in.name}; for {there.name} choose another placement.",
        )
    if kind is PlacementKind.GRADE_BELOW and there.grade != now_in.grade - 1:
        raise Refusal(
            "NOT_GRADE_BELOW",
            f"低一年级是 {now_in.grade - 1} 年级；{there.name}是 {there.grade} 年级。",
            f"One grade below is grade {now_in.grade - 1}; {there.name} is grade {there.grade}.",
        )


def _refuse_silent_change(kind: ChangeKind, papers: Collection[Paper]) -> None:
    """Nobody changes grade against the guardian's will, nor without anybody having looked."""
    missing = missing_papers(RULES[kind], frozenset(papers))
    if missing:
        zh, en = "、".join(each.zh for each in missing), ", ".join(each.en for each in missing)
        raise Refusal(
            "GUARDIAN_NOT_ASKED",
            f"改变年级要有{zh}，由县教育局核准；没有的先回原班。",
            f"Another grade needs {en} and the bureau's approval; until then the child sits in its class.",
        )
