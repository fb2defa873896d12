"""走访: one record of a visit, a call or a persuasion: who took part, who signed, what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.case_terms import RecordFlag, VisitItem, VisitKind, VisitTrigger
from notoneless.core.explain import stamp
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Act, ActOutcome, Evidence, PlaceKind, Post
from notoneless.records.calendars import calendar_at
from notoneless.records.constants import of_classes
from notoneless.records.models import (
    LIVE,
    ActRecord,
    Child,
    ClassGroup,
    Obligation,
    Person,
    Place,
    Visit,
)
from notoneless.services.acting import (
    Done,
    acting_posts,
    follow_act,
    recorded_before,
    with_written,
    write_act,
)
from notoneless.services.assessments import hold
from notoneless.services.attachments import PictureReady, keep_picture
from notoneless.services.finding import answering_at, refuse_future, the_child, the_person
from notoneless.services.flags import ACT, FlagGiven, is_back_dated, put_flags
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of
from notoneless.services.signatures import Signed, keep_signatures
from notoneless.services.took_part import Checked, TookPart
from notoneless.services.transactions import one_act
from notoneless.services.visit_people import (
    Recorder,
    doubted,
    keep_people,
    named_there,
    recorder_of,
    those_there,
)
from notoneless.services.written import written

__all__ = ["Signed", "TookPart", "record_group_visit", "record_visit", "still_missing"]

# Which act each kind of visit is; the act is what a rule asks for.
ACT_OF: Mapping[VisitKind, Act] = {
    VisitKind.HOME: Act.HOME_VISIT,
    VisitKind.GROUP: Act.HOME_VISIT,
    VisitKind.HOLIDAY: Act.HOME_VISIT,
    VisitKind.PHONE: Act.CONTACT_GUARDIAN,
    VisitKind.LEAVE_FOLLOW_UP: Act.FOLLOW_UP_CALL,
    VisitKind.HOSPITAL: Act.HOSPITAL_VISIT,
    VisitKind.PERSUASION: Act.PERSUADE,
}
# And the kind of which nothing more is known than the act.
KIND_OF: Mapping[Act, VisitKind] = {
    Act.HOME_VISIT: VisitKind.HOME,
    Act.CONTACT_GUARDIAN: VisitKind.PHONE,
    Act.FOLLOW_UP_CALL: VisitKind.LEAVE_FOLLOW_UP,
    Act.HOSPITAL_VISIT: VisitKind.HOSPITAL,
    Act.PERSUADE: VisitKind.PERSUASION,
}


class _Said(NamedTuple):
    """The words of a visit as they are kept, and those of them that stand for all in a line."""

    note: str
    columns: dict[str, Any]


@one_act
def record_visit(
    *,
    by: Person | int,
    child: Child | UUID,
    kind: VisitKind,
    happened_at: datetime,
    at: datetime,
    trigger: VisitTrigger | None = None,
    people: Sequence[TookPart] = (),
    purpose: str = "",
    appointed_at: datetime | None = None,
    appointed_how: str = "",
    where: str = "",
    village: Place | None = None,
    items: Mapping[VisitItem, str] | None = None,
    findings: str = "",
    guardian_view: str = "",
    child_view: str = "",
    agreed: str = "",
    promised_on: date | None = None,
    outcome: ActOutcome = ActOutcome.DONE,
    next_contact_on: date | None = None,
    private: bool = False,
    signatures: Sequence[Signed] = (),
    pictures: Sequence[PictureReady] = (),
    ordered: UUID | None = None,
    by_post: Post | None = None,
    group: UUID | None = None,
    key: str | None = None,
    lenient: bool = False,
    written_after: datetime | None = None,
    flags: Sequence[FlagGiven | RecordFlag] = (),
    evidence: Iterable[Evidence] = (),
    supersedes: ActRecord | None = None,
) -> Visit:
    """Record a visit in which whoever records it took part; obligations that it meets end.

    `people` are the others; a post counts only when it was held around the child on the day. `ordered` is the
    obligation it was made for. The same `key` again gives the first record. Raises Refusal; with `lenient`
    what was written without signal is kept, and what does not fit becomes a flag beside it. `written_after`
    is the last moment at which it was certainly not yet written, where that is not when it arrives.
    """
    person, pupil = the_person(by), the_child(child)
    if (first := _recorded_before(key, pupil, person, kind, at)) is not None:
        return first
    happened_at, doubts = _moment(happened_at, at, lenient)
    on, order = day_of(happened_at), _order(ordered, pupil)
    who = recorder_of(person, pupil, on, at, by_post, _asking(pupil, kind, order), bool(people), lenient)
    there = those_there(people, who, on, lenient)
    doubts += [*who.flags, *doubted(there), *_before(order, happened_at, lenient)]
    doubts += _late(who, on, written_after or at)
    doubts += [each if isinstance(each, FlagGiven) else FlagGiven(each) for each in flags]
    said = _said(items or {}, findings, guardian_view, child_view, agreed)
    done = Done(
        ACT_OF[kind],
        happened_at,
        outcome,
        who.post,
        there.posts - {who.post},
        named_there(there),
        evidence=with_written(ACT_OF[kind], evidence, said.note),
        note=said.note,
        private=private,
        next_contact_on=next_contact_on,
        supersedes=supersedes,
    )
    hold([pupil.pk])
    visit = Visit.objects.create(
        act=write_act(pupil, person, done, key, at),
        kind=kind,
        trigger=trigger or "",
        purpose=written(purpose, 300, "走访目的", "Purpose"),
        appointed_at=appointed_at,
        appointed_how=written(appointed_how, 100, "怎么约的", "How it was agreed"),
        where=written(where, 100, "地点", "Where"),
        village=_village(village),
        promised_on=promised_on,
        ordered=ordered,
        group=group,
        **said.columns,
    )
    keep_people(visit, who, there)
    keep_signatures(visit, signatures)
    put_flags(ACT, str(visit.pk), doubts, at)
    for picture in pictures:
        keep_picture(by=person, child=pupil, picture=picture, act=visit.act, at=at)
    _follow(visit, there, doubts, len(pictures), at)
    return visit


@one_act
def record_group_visit(
    *,
    by: Person | int,
    children: Sequence[Child],
    happened_at: datetime,
    at: datetime,
    key: str | None = None,
    **told: object,
) -> list[Visit]:
    """Record one visit to several children: an act for each, all or none; `told` as in `record_visit`.

    Raises Refusal.
    """
    if not children:
        raise Refusal("NO_CHILDREN", "请选走访了哪些学生。", "Choose the children who were visited.")
    group = id_of(key and f"group/{key}")
    return [
        record_visit(
            by=by,
            child=child,
            kind=VisitKind.GROUP,
            happened_at=happened_at,
            at=at,
            group=group,
            key=key and id_of(f"group/{key}/{child.pk}").hex,
            **told,  # type: ignore[arg-type]
        )
        for child in dict.fromkeys(children)
    ]


def still_missing(visit: Visit) -> frozenset[Post]:
    """The posts that the obligation it was made for asks for, and that did not take part."""
    order = visit.order()
    if order is None or order.act is not visit.act.act:
        return frozenset()
    there = {*visit.act.taking_part, visit.act.by_post.value}
    return frozenset(Post(code) for code in order.taking_part if code not in there)  # type: ignore[call-arg]


def day_of(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(CHINA_TIME).date()


def said(moment: datetime) -> str:
    """The moment in China, in words that both languages read."""
    return stamp(moment.astimezone(CHINA_TIME))


def _recorded_before(
    key: str | None, pupil: Child, person: Person, kind: VisitKind, at: datetime
) -> Visit | None:
    """The visit that this key made. Raises Refusal when it made another record, or is not theirs to see."""
    first = recorded_before(key, pupil, ACT_OF[kind])
    if first is None:
        return None
    if first.by_id != person.pk:
        acting_posts(person, pupil, answering_at(pupil, at.date()), at.date())
    return Visit.objects.get(act=first)


def _said(
    items: Mapping[VisitItem, str], findings: str, guardian_view: str, child_view: str, agreed: str
) -> _Said:
    """Raises Refusal for words that are too many."""
    by_item = {item.value: written(text, 1000, item.zh, item.en) for item, text in items.items()}
    by_item = {item: text for item, text in by_item.items() if text}
    found = written(findings, 4000, "走访情况", "Findings")
    columns = {
        "items": by_item,
        "findings": found,
        "guardian_view": written(guardian_view, 2000, "家长意见", "What the guardian says"),
        "child_view": written(child_view, 2000, "学生意见", "What the child says"),
        "agreed": written(agreed, 2000, "商定的做法", "What was agreed"),
    }
    return _Said(found or "；".join(by_item.values()), columns)


def _moment(happened_at: datetime, at: datetime, lenient: bool) -> tuple[datetime, list[FlagGiven]]:
    """When it happened; a phone's clock cannot make it later than its arrival. Raises Refusal."""
    if happened_at > at and lenient:
        return at, [FlagGiven(RecordFlag.CLOCK_AHEAD, said(happened_at))]
    refuse_future(happened_at, at, "走访时间", "The moment")
    return happened_at, []


def _order(ordered: UUID | None, pupil: Child) -> Obligation | None:
    """The obligation it was made for; None where it was derived away since. Raises Refusal."""
    found = Obligation.objects.filter(pk=ordered).first() if ordered else None
    if found is not None and found.child_id != pupil.pk:
        raise Refusal(
            "OTHER_CHILD", "这项应办事项是另一名学生的。", "This obligation is about another child."
        )
    return found


def _asking(pupil: Child, kind: VisitKind, order: Obligation | None) -> list[Obligation]:
    """What is owed about the child that this visit may meet, what it was made for first."""
    others = Obligation.objects.filter(child=pupil, act=ACT_OF[kind], state__in=LIVE).order_by(
        "due_at", "key"
    )
    return [order, *others] if order is not None else list(others)


def _before(order: Obligation | None, happened_at: datetime, lenient: bool) -> list[FlagGiven]:
    """The doubt about a visit that was made before it was asked for. Raises Refusal unless `lenient`."""
    if order is None or happened_at >= order.arose_at.replace(second=0, microsecond=0):
        return []
    since = said(order.arose_at)
    if lenient:
        return [FlagGiven(RecordFlag.BEFORE_ORDERED, since)]
    raise Refusal(
        "BEFORE_ORDERED",
        f"这项工作 {since} 才提出，走访时间应在其后；若是此前的走访，请从学生页另记一次。",
        f"This was asked for at {since}; a visit made before it is recorded from the child's page.",
    )


def _late(who: Recorder, on: date, at: datetime) -> list[FlagGiven]:
    """The flag of what was written down later than at once."""
    calendar = _calendar(who.where)
    return [FlagGiven(RecordFlag.BACK_DATED, said(at))] if is_back_dated(calendar, on, at.date()) else []


def _calendar(where: ClassGroup | Place) -> SchoolCalendar:
    if isinstance(where, Place):
        return calendar_at(where, ())
    return of_classes([where.pk])[where.pk].calendar


def _village(village: Place | None) -> Place | None:
    if village is not None and village.kind is not PlaceKind.VILLAGE:
        raise Refusal("NOT_A_VILLAGE", "大致地点请选村。", "The rough place of a visit is a village.")
    return village


def _follow(visit: Visit, there: Checked, doubts: Sequence[FlagGiven], pictures: int, at: datetime) -> None:
    follow_act(
        visit.act,
        at,
        visit=visit.kind.value,
        people=len(there.people) + 1,
        pictures=pictures,
        flags=sorted({each.flag.value for each in doubts}),
    )
