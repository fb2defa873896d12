"""Who may take which step: whoever holds the post that the policy names, and nobody two posts' steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from notoneless.core.report_terms import ReportStep
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, PostHeld, ReportDrawn
from notoneless.records.packs import places_on
from notoneless.records.scopes import live
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.posts import stand_for
from notoneless.services.refusals import Refusal
from notoneless.services.reports.standing import Turn

VERBS: Mapping[ReportStep, Verb] = {
    ReportStep.DRAWN: Verb.DRAW_UP,
    ReportStep.CHECKED: Verb.CHECK,
    ReportStep.REVIEWED: Verb.CHECK,
    ReportStep.SIGNED: Verb.SIGN,
    ReportStep.ACCEPTED: Verb.CONFIRM,
}
# Who keeps a school's numbers may draw up for one another when a post stands empty.
_DRAWERS = frozenset({Post.SCHOOL_OFFICE, Post.ENROLMENT_OFFICER, Post.REPORTING_OFFICER})


def holders(post: Post, where: Place | ClassGroup, on: date) -> set[int]:
    """Who holds the post for the class, or at or around the place, on a day."""
    spot = (
        {"class_group": where}
        if isinstance(where, ClassGroup)
        else {"place__in": places_on(where.path or "")}
    )
    return set(PostHeld.objects.filter(live(on), post=post, **spot).values_list("person", flat=True))


def may_draw(person: Person, place: Place, drawer: Post, on: date) -> Refusal | None:
    """Why this person may not draw up a report of the place, or None."""
    return _may(person, Turn(ReportStep.DRAWN, drawer), place, on)


def may_take(person: Person, report: ReportDrawn, turn: Turn, on: date) -> Refusal | None:
    """Why this person may not take this step, or None; nobody takes two posts' steps of one report."""
    where = turn.class_group or report.place
    return _may(person, turn, where, on) or _two_steps(person, report, turn, where, on)


def stands_in(person: Person, turn: Turn, where: Place | ClassGroup, on: date) -> Post | None:
    """The other post by which somebody takes the step because nobody holds the one it falls to."""
    held = posts_in(person, Thing.REPORT, VERBS[turn.step], where, on)
    return None if turn.post in held else next((post for post in held if post in _instead(turn)), None)


def _may(person: Person, turn: Turn, where: Place | ClassGroup, on: date) -> Refusal | None:
    held = posts_in(person, Thing.REPORT, VERBS[turn.step], where, on)
    if not held:
        return may_not(Thing.REPORT, VERBS[turn.step], where.name)
    if turn.post in held:
        return None
    if not holders(turn.post, where, on) and _instead(turn) & set(held):
        return None
    return Refusal(
        "NOT_YOUR_STEP",
        f"这一步由{where.name}的{turn.post.zh}办理。",
        f"This step is for the {turn.post.en} of {where.name}.",
    )


def _two_steps(
    person: Person, report: ReportDrawn, turn: Turn, where: Place | ClassGroup, on: date
) -> Refusal | None:
    """Somebody who took another post's step leaves this one to whoever else may take it."""
    taken = {report.by_post} if report.by_id == person.pk else set()
    taken |= {step.post for step in report.steps.all() if step.by_id == person.pk}
    if not taken - {turn.post} or not _others(person, turn, where, on):
        return None
    return Refusal(
        "TWO_STEPS",
        f"您已在这份报表上办过另一个岗位的一步；这一步请由另一位{turn.post.zh}办理。",
        f"You have taken another post's step of this report; another {turn.post.en} takes this one.",
    )


def _others(person: Person, turn: Turn, where: Place | ClassGroup, on: date) -> set[int]:
    found = holders(turn.post, where, on)
    return found - {person.pk}


def _instead(turn: Turn) -> frozenset[Post]:
    """The posts that take the step while nobody holds the one it falls to."""
    others = stand_for(turn.post) - {turn.post}
    return others | (_DRAWERS if turn.step is ReportStep.DRAWN and turn.post in _DRAWERS else frozenset())
