"""帮扶 of one child as one person may read it: relief, pairings, teaching at home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import get_language

from notoneless.core.case_terms import PairingPurpose
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AttendanceStatus, RouteKind, Stage
from notoneless.core.tuition import begun_in
from notoneless.records.access import PURPOSE_FIELDS, Fields, Thing, Verb
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    Case,
    Child,
    ClassGroup,
    Enrolment,
    Pairing,
    PairingContact,
    Person,
    PostHeld,
    ReliefAsked,
    RollCall,
    SpecialRoute,
    TuitionGiven,
    TuitionPlan,
)
from notoneless.records.scopes import fields_for, live, reach_to, verbs_through
from notoneless.services.helpers import HELPING_POSTS
from notoneless.services.pairings import COUNTS_AS, is_helper
from notoneless.services.permissions import Held, post_for_class
from notoneless.services.support_lists import (
    Paired,
    Taught,
    all_pairings,
    granted,
    open_pairings,
    taught_at_home,
    with_duty,
)
from notoneless.services.tuition import given_in, standing_plan, teaches
from notoneless.web.read.children import ChildFile

MOST_ACTS = 20  # of the records that a contact may point to; older ones were pointed to long ago


class PairedLine(NamedTuple):
    """An open pairing; what it is for only where the reader may know."""

    paired: Paired
    purpose: PairingPurpose | None


class ChildSupport(NamedTuple):
    """The page of one child."""

    relief: list[ReliefAsked] | None  # None for whoever is not shown hardship
    pairings: list[PairedLine]
    ended: list[Pairing]
    taught: Taught | None
    may_ask: bool
    may_decide: bool
    may_record: bool
    offer_return_care: bool


class PairingFile(NamedTuple):
    """The page of one pairing."""

    paired: PairedLine
    ended: bool
    contacts: list[PairingContact]
    words: bool  # whether what was said is shown
    may_record: bool
    may_end: bool
    supports: bool  # reads it as one who looks after the child, not as the helper


class Lesson(NamedTuple):
    """One time a child was taught at home; `at_school` when a roll call found it there that day."""

    given: TuitionGiven
    at_school: bool


class TuitionFile(NamedTuple):
    """The page of one child's teaching at home in a school year."""

    taught: Taught | None
    plan: TuitionPlan
    lessons: list[Lesson]
    words: bool  # whether what the child can and cannot do is shown
    may_record: bool
    may_review: bool


def child_support(person: Person, child: Child, at: datetime) -> ChildSupport:
    """The support of a child, for somebody who may see it."""
    on, fields = at.date(), fields_for(person, child, at.date())
    lines = [_line(each, fields) for each in with_duty(open_pairings(on).filter(child=child), on)]
    may = _may(person, child, on)
    hardship = Fields.HARDSHIP in fields
    paired = any(each.paired.pairing.purpose is PairingPurpose.RETURN_CARE for each in lines)
    return ChildSupport(
        _relief(child) if hardship else None,
        lines,
        list(Pairing.objects.filter(child=child, ended__until__lte=on).select_related("helper", "ended")),
        _taught(child, on),
        hardship and Verb.ASK in may,
        hardship and Verb.APPROVE in may,
        Verb.RECORD in may,
        Verb.RECORD in may and not paired and Case.objects.filter(child=child, stage=Stage.BACK).exists(),
    )


def pairing_file(person: Person, pairing: Pairing, at: datetime) -> PairingFile | None:
    """The page of a pairing as its helper or whoever supports the child sees it; None for others."""
    on = at.date()
    helps = is_helper(person, pairing, on)
    may = _may(person, pairing.child, on)
    if not helps and not may:
        return None
    fields = fields_for(person, pairing.child, on)
    [paired] = with_duty(all_pairings().filter(pk=pairing.pk), on)
    record = Verb.RECORD in may
    ended = hasattr(pairing, "ended") and pairing.ended.until <= on
    rows = pairing.contacts.select_related("act__by").order_by("-act__happened_at", "-pk")
    return PairingFile(
        PairedLine(paired, pairing.purpose) if helps else _line(paired, fields),
        ended,
        list(rows),
        helps or Fields.NOTES in fields,
        (helps or record) and not ended,
        record and not ended and PURPOSE_FIELDS[pairing.purpose] <= fields,
        bool(may),
    )


def to_point_to(pairing: Pairing, at: datetime) -> list[ActRecord]:
    """The helper's visits and calls of the child since the pairing, to which no contact points yet."""
    rows = ActRecord.objects.filter(child=pairing.child_id, by=pairing.helper_id, act__in=COUNTS_AS)
    pointed = PairingContact.objects.filter(pairing=pairing).values("act")
    corrected = ActRecord.objects.filter(supersedes__isnull=False, child=pairing.child_id).values(
        "supersedes"
    )
    found = rows.exclude(pk__in=pointed).exclude(pk__in=corrected).order_by("-happened_at")[:MOST_ACTS]
    return [row for row in found if row.happened_at.astimezone(CHINA_TIME).date() >= pairing.from_day]


def tuition_file(person: Person, plan: TuitionPlan, at: datetime) -> TuitionFile | None:
    """The page of a plan as its teachers or whoever supports the child see it; None for others."""
    on, child = at.date(), plan.child
    teacher = teaches(person, plan, on)
    may = _may(person, child, on)
    if not teacher and not may:
        return None
    record = Verb.RECORD in may
    given = list(given_in(child, plan.school_year).select_related("plan", "by"))
    there = called_present(child, [each.day for each in given])
    return TuitionFile(
        _taught(child, on) if plan.school_year == begun_in(on) else None,
        plan,
        [Lesson(each, each.day in there) for each in given],
        teacher or Fields.HEALTH in fields_for(person, child, on),
        (teacher or record) and standing_plan(child, plan.school_year) == plan,
        record,
    )


def called_present(child: Child, days: Iterable[date]) -> set[date]:
    """Those of the days on which a roll call of the child's class found it at school."""
    wanted = set(days)
    found: set[date] = set()
    stays = Enrolment.objects.filter(child=child)
    for stay in stays if wanted else ():
        in_class = {
            each for each in wanted if each >= stay.from_day and (not stay.until or each < stay.until)
        }
        calls = RollCall.objects.filter(class_group=stay.class_group_id, day__in=in_class, standing=True)
        called = set(calls.values_list("day", "session"))
        marks = AttendanceMark.objects.filter(child=child, day__in=in_class, speaks=True).order_by(
            "recorded_at"
        )
        said = {
            (day, session): status for day, session, status in marks.values_list("day", "session", "status")
        }
        there = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)
        found |= {each[0] for each in called if said.get(each, AttendanceStatus.PRESENT) in there}
    return found


class OnFile(NamedTuple):
    """What a child's own page says of support."""

    sees: bool
    pairings: list[PairedLine]
    own: list[PairedLine]  # in which the reader is the helper
    granted: list[ReliefAsked]
    offer_return_care: bool


def on_file(
    person: Person, file: ChildFile, held: list[Held], fields: frozenset[Fields], at: datetime
) -> OnFile:
    """The support of a child as far as the reader of its page, by the posts `held`, may know."""
    on, group = at.date(), file.class_group
    sees = group is not None and post_for_class(
        held, Thing.SUPPORT, Verb.SEE, group.pk, group.school.path or ""
    )
    open_ones = with_duty(open_pairings(on).filter(child=file.child), on)
    if not sees:
        mine = [each for each in open_ones if each.pairing.helper_id == person.pk and each.helper_in_post]
        return OnFile(False, [], [PairedLine(each, each.pairing.purpose) for each in mine], [], False)
    beside = any(each.pairing.purpose is PairingPurpose.RETURN_CARE for each in open_ones)
    return OnFile(
        True,
        [_line(each, fields) for each in open_ones],
        [],
        granted(file.child, on) if Fields.HARDSHIP in fields else [],
        file.stage is Stage.BACK and not beside and _records(held, group),
    )


def _records(held: list[Held], group: ClassGroup | None) -> bool:
    path = (group.school.path if group else None) or ""
    return group is not None and bool(post_for_class(held, Thing.SUPPORT, Verb.RECORD, group.pk, path))


def named(people: Iterable[Person], on: date) -> list[tuple[int, str]]:
    """People for a list to choose from, each with the posts held; two queries."""
    rows = list(people)
    held = PostHeld.objects.filter(live(on), person__in=rows, post__in=HELPING_POSTS).order_by("pk")
    posts: dict[int, list[str]] = defaultdict(list)
    for row in held:
        label = row.post.label(get_language() or "zh")
        if label not in posts[row.person_id]:
            posts[row.person_id].append(label)
    return [(row.pk, " ".join([row.name, *posts[row.pk]])) for row in rows]


def _may(person: Person, child: Child, on: date) -> frozenset[Verb]:
    """What the person may do about the support of a child; nothing for whoever may not see it."""
    return verbs_through(reach_to(person, child, on, Thing.SUPPORT, Verb.SEE), Thing.SUPPORT)


def _line(paired: Paired, fields: frozenset[Fields]) -> PairedLine:
    purpose = paired.pairing.purpose
    return PairedLine(paired, purpose if PURPOSE_FIELDS[purpose] <= fields else None)


def _relief(child: Child) -> list[ReliefAsked]:
    rows = ReliefAsked.objects.filter(child=child).select_related("by", "decided__by")
    return list(rows.order_by("-at", "pk"))


def _taught(child: Child, on: date) -> Taught | None:
    routes = SpecialRoute.objects.filter(
        Q(until__isnull=True) | Q(until__gt=on), child=child, kind=RouteKind.HOME_TUITION
    )
    return next(iter(taught_at_home(routes.filter(superseded_by__isnull=True), on)), None)
