"""个案办理: why the child stays away, what is planned, who has done their part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.case_terms import CaseReason
from notoneless.core.terms import Act, ActOutcome, Post, TellKind
from notoneless.records.access import Verb
from notoneless.records.models import Case, Person, PlanMade, PlanStep, PlanStepDone, ReasonStated
from notoneless.services.acting import Done, follow_act, with_written, write_act
from notoneless.services.assessments import Entry, hold, keep
from notoneless.services.case_finding import acting_as, posts_for, refuse_settled, school_of, the_case
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.posts import stand_for
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.telling import queue
from notoneless.services.took_part import TookPart, checked, posts_around
from notoneless.services.transactions import one_act

MOST_STEPS = 12


class Step(NamedTuple):
    """A step as it is planned: what, owed by which posts, by when, and by one of them by name."""

    what: str
    posts: Sequence[Post]
    due_on: date
    person: Person | None = None


@one_act
def state_reasons(
    *,
    by: Person | int,
    case: Case | int,
    reasons: Sequence[CaseReason],
    note: str = "",
    private: bool = False,
    at: datetime,
    key: str | None = None,
) -> ReasonStated:
    """State why the child stays away, the chief reason first; the last statement stands.

    That the school itself sent the child away is told to the county's supervision office. The same `key`
    again gives the first. Raises Refusal.
    """
    person, found, number = the_person(by), the_case(case), id_of(key)
    posts_for(person, found, Verb.CHANGE, at.date())
    hold([found.child_id])
    if (first := ReasonStated.objects.filter(pk=number).first()) is not None:
        if first.case_id != found.pk:
            raise key_used()
        return first
    refuse_settled(found)
    if not reasons:
        raise Refusal(
            "NO_REASON", "请至少选一个原因，最主要的放第一个。", "Choose a reason, the chief one first."
        )
    codes = [reason.value for reason in dict.fromkeys(reasons)]
    stated = ReasonStated.objects.create(
        pk=number, case=found, reasons=codes, note=note.strip(), private=private, by=person, at=at
    )
    _journal("STATE_REASONS", found, person, at, {"statement": str(stated.pk), "reasons": len(codes)})
    if CaseReason.SENT_AWAY in reasons:
        _tell_supervision(found, at)
    return stated


@one_act
def make_plan(
    *,
    by: Person | int,
    case: Case | int,
    goal: str,
    steps: Sequence[Step],
    review_on: date | None = None,
    taking_part: Iterable[Post] = (),
    by_post: Post | None = None,
    at: datetime,
    key: str | None = None,
) -> PlanMade:
    """Make the plan for one child; duties that ask for a plan end where those they name took part.

    The last plan stands. The same `key` again gives the first. Raises Refusal.
    """
    person, found = the_person(by), the_case(case)
    posts = posts_for(person, found, Verb.CHANGE, at.date())
    if key is not None and (first := PlanMade.objects.filter(key=key).first()) is not None:
        if first.case_id != found.pk:
            raise key_used()
        return first
    refuse_settled(found)
    _refuse_bad_plan(goal, steps, review_on, at.date())
    post = acting_as(posts, found, by_post)
    there = checked((TookPart(each) for each in taking_part), posts_around(found.child, at.date()), at.date())
    if there.not_held:
        raise there.not_held[0].why
    hold([found.child_id])
    plan = PlanMade.objects.create(
        case=found, goal=goal.strip(), review_on=review_on, by=person, by_post=post, at=at, key=key
    )
    PlanStep.objects.bulk_create(
        PlanStep(
            plan=plan,
            number=number,
            what=step.what.strip(),
            posts=[each.value for each in dict.fromkeys(step.posts)],
            person=step.person,
            due_on=step.due_on,
        )
        for number, step in enumerate(steps, 1)
    )
    done = Done(
        Act.PLAN, at, ActOutcome.DONE, post, there.posts, evidence=with_written(Act.PLAN, (), goal), note=goal
    )
    follow_act(write_act(found.child, person, done, None, at), at, plan=str(plan.pk), steps=len(steps))
    return plan


@one_act
def do_step(
    *, by: Person | int, step: PlanStep | int, post: Post, note: str = "", at: datetime
) -> PlanStepDone:
    """One post's part of a step is done; again gives the first. Raises Refusal.

    Whoever holds the post where the child is does it, or who stands above it in the same place.
    """
    person, number = the_person(by), step if isinstance(step, int) else step.pk
    owed = PlanStep.objects.select_related("plan__case__child").get(pk=number)
    case = owed.plan.case
    hold([case.child_id])
    if (first := PlanStepDone.objects.filter(step=owed, post=post).first()) is not None:
        return first
    refuse_settled(case)
    if post.value not in owed.posts:
        raise Refusal(
            "NOT_THEIR_STEP",
            f"这一步没有“{post.zh}”的份；请选这一步写明的岗位。",
            f"This step asks nothing of the {post.en}; choose a post it names.",
        )
    if not stand_for(post) & set(posts_for(person, case, Verb.SEE, at.date(), refuse=False)):
        raise Refusal(
            "NOT_YOUR_STEP",
            f"这一步由{post.zh}办，您没有担任这个岗位。",
            f"This part is for the {post.en}, a post you do not hold here.",
        )
    done = PlanStepDone.objects.create(step=owed, post=post, by=person, at=at, note=note.strip()[:300])
    _journal(
        "DO_STEP", case, person, at, {"plan": str(owed.plan_id), "step": owed.number, "post": post.value}
    )
    return done


def posts_missing(step: PlanStep) -> tuple[Post, ...]:
    """The posts that have not done their part of a step; none when the step is done."""
    there = {each.post for each in step.done.all()}
    known = {post.value: post for post in Post}
    return tuple(known[code] for code in step.posts if known[code] not in there)


def _refuse_bad_plan(goal: str, steps: Sequence[Step], review_on: date | None, today: date) -> None:
    if not goal.strip():
        raise Refusal("NO_GOAL", "请写明方案的目标。", "Say what the plan is to reach.")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Refusal(
            "NO_STEPS", f"方案要有 1 至 {MOST_STEPS} 步。", f"A plan has from 1 to {MOST_STEPS} steps."
        )
    for number, step in enumerate(steps, 1):
        if not step.what.strip() or not step.posts:
            raise Refusal(
                "STEP_INCOMPLETE",
                f"第 {number} 步要写明做什么、由哪个岗位做。",
                f"Say what step {number} is and which post does it.",
            )
        if step.due_on < today:
            raise Refusal(
                "STEP_IN_PAST",
                f"第 {number} 步的期限已经过去；请填今天或以后的日子。",
                f"Step {number} was due before today; name today or a later day.",
            )
    if review_on is not None and review_on < today:
        raise Refusal(
            "REVIEW_IN_PAST", "复查日已经过去；请填今天或以后的日子。", "The review day lies in the past."
        )


def _tell_supervision(case: Case, at: datetime) -> None:
    queue(
        key=f"case/{case.pk}/sent-away/{case.times_reopened}",
        kind=TellKind.CASE,
        at=at,
        posts=(Post.SUPERVISION_OFFICE,),
        place=school_of(case, at.date()).pk,
        child=case.child_id,
        about={"case": case.pk},
    )


def _journal(act: str, case: Case, person: Person, at: datetime, body: dict[str, object]) -> None:
    entry = Entry(act, "child", str(case.child_id), {"case": case.number, **body}, person)
    keep(Changes(), at=at, entry=entry)
