"""How far an enrolment change has come: whose turn it is, at which place, and what that step needs."""

from __future__ import annotations

from datetime import date

from notoneless.core.enrolment import FINAL, LETTERS, RULES, SIDES, Effect, Side
from notoneless.core.terms import ChangeKind, ChangeStep, Paper, PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    ChangeStepTaken,
    Child,
    ClassGroup,
    EnrolmentChange,
    Person,
    Place,
)
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal

VERBS = {
    ChangeStep.ASKED: Verb.ASK,
    ChangeStep.SCHOOL_AGREED: Verb.CONFIRM,
    ChangeStep.RECEIVER_CONFIRMED: Verb.CONFIRM,
    ChangeStep.BUREAU_AGREED: Verb.APPROVE,
}
ORDER = list(ChangeStep)


def last_step(change: EnrolmentChange) -> ChangeStep:
    """How far it has come; a final step comes after all others."""
    steps = [taken.step for taken in change.steps.all()]
    final = [step for step in steps if step in FINAL]
    return final[0] if final else max(steps, key=ORDER.index, default=ChangeStep.ASKED)


def next_step(change: EnrolmentChange) -> ChangeStep | None:
    """The step whose turn it is; None when the change is at an end."""
    return RULES[change.kind].next_after(last_step(change))


def place_of(change: EnrolmentChange, side: Side) -> Place:
    """The place of one side; for a school that we do not keep the other one speaks, by its letter."""
    ours = change.school or change.receiver
    assert ours is not None  # a change without any school of ours is refused
    if side is Side.RECEIVER:
        return change.receiver or ours
    if side is Side.BUREAU:
        return ours.above(PlaceKind.COUNTY) or ours
    return ours


def needs_class(change: EnrolmentChange) -> Place | None:
    """The school one of whose classes the step whose turn it is must name, or None."""
    effect, step = RULES[change.kind].effect, next_step(change)
    if effect is Effect.MOVES and step is ChangeStep.RECEIVER_CONFIRMED:
        return change.receiver
    enters = effect in (Effect.ENTERS_CLASS, Effect.CHANGES_CLASS)
    return change.school if enters and step is ChangeStep.SCHOOL_AGREED else None


def letter_needed(change: EnrolmentChange, step: ChangeStep) -> Paper | None:
    """The paper that speaks for a school we do not keep, where it is that school's turn."""
    side = SIDES.get(step)
    if not RULES[change.kind].between_schools or side not in LETTERS:
        return None
    absent = change.school is None if side is Side.SCHOOL else change.receiver is None
    return LETTERS[side] if absent else None


def last_taken(change: EnrolmentChange) -> ChangeStepTaken:
    """The last step that was not an end."""
    steps = [taken for taken in change.steps.all() if taken.step not in FINAL]
    return max(steps, key=lambda taken: ORDER.index(taken.step))


def suspended(child: Child) -> bool:
    """Whether the last change that was done put the child out of class for a time."""
    done = ChangeStepTaken.objects.filter(change__child=child, step=ChangeStep.DONE).order_by("-at")
    last = done.select_related("change").first()
    return last is not None and last.change.kind is ChangeKind.SUSPENSION


def class_named(change: EnrolmentChange) -> ClassGroup | None:
    """The class an earlier step named."""
    named = (
        change.steps.filter(class_group__isnull=False).select_related("class_group").order_by("-at").first()
    )
    return named.class_group if named else None


# Who may take a step.


def may_take_step(person: Person, change: EnrolmentChange, on: date) -> Refusal | None:
    """Why this person may not take the step whose turn it is, or None."""
    step = next_step(change)
    if step is None:
        return at_an_end(change)
    return refusal(person, Thing.CHANGE, VERBS[step], place_of(change, SIDES[step]), on)


def may_withdraw(person: Person, change: EnrolmentChange, on: date) -> Refusal | None:
    """Why this person may not take the request back, or None."""
    if next_step(change) is None:
        return at_an_end(change)
    return refusal(person, Thing.CHANGE, Verb.ASK, asking_place(change), on)


def asking_place(change: EnrolmentChange) -> Place:
    """The place that asks for it. Raises Refusal."""
    side = RULES[change.kind].asked_by
    if side is Side.RECEIVER and change.receiver is None:
        raise Refusal(
            "NO_RECEIVER",
            "转入由接收学校申请；请写明接收学校。",
            "The receiving school asks for a transfer in.",
        )
    if change.school is None and change.receiver is None:
        raise Refusal(
            "NO_SCHOOL",
            f"{change.child.name}不在本县任何学校的学籍或班级里；请由接收学校办理转入。",
            f"{change.child.name} is in no school here; the receiving school asks to take it in.",
        )
    return place_of(change, side)


def at_an_end(change: EnrolmentChange) -> Refusal:
    """The sentence for a change that nobody can move any more."""
    step = last_step(change)
    return Refusal(
        "AT_AN_END",
        f"这项{change.kind.zh}{step.zh}；要再办请重新申请。",
        f"This change is at an end ({step.en}); ask again if it is still wanted.",
    )
