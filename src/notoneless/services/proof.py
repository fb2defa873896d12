"""可核验链条: one child from the register through rule and clause to the act and its place in the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.obligations import Obligation as Owed
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.spells import Day, exceptional_days
from notoneless.records.access import Thing, Verb
from notoneless.records.histories import Subject, subjects
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    Case,
    CaseChange,
    Child,
    CloseOutReviewed,
    JournalEntry,
    Obligation,
    PaperIssued,
    Person,
    RollCall,
)
from notoneless.services.finding import awaiting, last_class, the_person
from notoneless.services.fingerprints import fingerprint_of
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


class Done(NamedTuple):
    """An act with its fingerprint and its place in the journal; 0 where the journal does not name it."""

    act: ActRecord
    fingerprint: str
    seq: int


class Link(NamedTuple):
    """One obligation: as stored, as the facts still lead to it, the facts' places in the journal, the act."""

    row: Obligation
    owed: Owed | None
    facts: tuple[tuple[str, str, int], ...]  # Chinese, English, place in the journal
    met: Done | None


class Chain(NamedTuple):
    """Everything the proof of one child rests on."""

    child: Child
    case: Case | None
    class_name: str
    school_name: str
    calendar: SchoolCalendar
    packs: PacksInForce
    days: tuple[Day, ...]
    links: tuple[Link, ...]
    others: tuple[Done, ...]  # acts that met no obligation
    changes: tuple[CaseChange, ...]
    papers: tuple[PaperIssued, ...]
    close_outs: tuple[CloseOutReviewed, ...]
    journal: tuple[int, int]  # the first and the last place that the chain speaks of
    as_of: datetime


@one_act
def prove(*, by: Person | int, child: Child, at: datetime) -> Chain:
    """The chain of one child for somebody who may hand it out; journalled as an export. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.CASE, Verb.EXPORT, child, at.date())
    found = chain_of(child, as_of=at)
    JournalEntry.objects.create(
        at=at,
        by=person,
        act="EXPORT",
        subject_kind="child",
        subject_id=str(child.pk),
        body={"what": "PROOF", "obligations": len(found.links), "journal": list(found.journal)},
    )
    return found


def chain_of(child: Child, *, as_of: datetime) -> Chain:
    """The chain of one child as known at `as_of`. Raises Refusal for a child who was never in a class."""
    subject = subjects([child.pk], as_of=as_of).get(child.pk)
    if subject is None:
        raise Refusal(
            "NOTHING_TO_PROVE",
            "这名学生还没有编过班，没有点名和应办事项可核验。",
            "The child was never in a class; there is nothing to prove yet.",
        )
    home, waiting = last_class(child, as_of.date()), awaiting(child)
    school = home.school if home else waiting
    acts = {each.pk: each for each in child.acts.filter(recorded_at__lte=as_of).select_related("by")}
    places = _Places(child, as_of)
    links = _links(child, subject, acts, places, as_of)
    used = {link.met.act.pk for link in links if link.met}
    others = [_done(act, places) for act in sorted(acts.values(), key=_when) if act.pk not in used]
    case = Case.objects.filter(child=child).first()
    return Chain(
        child=child,
        case=case,
        class_name=home.name if home else "",
        school_name=school.name if school else "",
        calendar=subject.home.calendar,
        packs=subject.home.packs,
        days=tuple(_days(subject, as_of)),
        links=links,
        others=tuple(others),
        changes=tuple(CaseChange.objects.filter(case=case, recorded_at__lte=as_of).order_by("at", "pk")),
        papers=tuple(PaperIssued.objects.filter(child=child, at__lte=as_of).order_by("at", "pk")),
        close_outs=tuple(
            CloseOutReviewed.objects.filter(asked__case=case, at__lte=as_of)
            .select_related("asked", "asked__by", "by")
            .order_by("at")
        ),
        journal=places.between(),
        as_of=as_of,
    )


def _links(
    child: Child, subject: Subject, acts: dict[UUID, ActRecord], places: _Places, as_of: datetime
) -> tuple[Link, ...]:
    found = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of)
    owed = {each.key: each for each in found.obligations}
    rows = Obligation.objects.filter(child=child, opened_at__lte=as_of).order_by("arose_at", "due_at", "key")
    return tuple(_link(row, owed.get(row.pk), acts, places) for row in rows)


def _link(row: Obligation, owed: Owed | None, acts: dict[UUID, ActRecord], places: _Places) -> Link:
    met = acts.get(UUID(row.met_by)) if _is_uuid(row.met_by) else None
    facts = tuple((zh, en, places.of(fact)) for fact, zh, en in row.facts)
    return Link(row, owed, facts, _done(met, places) if met else None)


def _done(act: ActRecord, places: _Places) -> Done:
    return Done(act, fingerprint_of(act), places.of(str(act.pk)))


def _when(act: ActRecord) -> datetime:
    return act.happened_at


def _days(subject: Subject, as_of: datetime) -> Collection[Day]:
    calendar = subject.home.calendar.as_known_at(as_of)
    return list(exceptional_days(subject.history.as_known_at(as_of), calendar, as_of=as_of))


class _Places:
    """Where the journal tells each fact of one child: marks by their roll call, the rest by name."""

    def __init__(self, child: Child, as_of: datetime) -> None:
        self._seq: dict[str, int] = defaultdict(int)
        own = JournalEntry.objects.filter(subject_kind="child", subject_id=str(child.pk), at__lte=as_of)
        for seq, body in own.order_by("seq").values_list("seq", "body"):
            for value in body.values():
                for each in value if isinstance(value, list) else [value]:
                    if _is_uuid(each):
                        self._seq.setdefault(str(UUID(str(each))), seq)
        self._roll_calls(child, as_of)

    def _roll_calls(self, child: Child, as_of: datetime) -> None:
        marks = dict(
            AttendanceMark.objects.filter(child=child, recorded_at__lte=as_of)
            .exclude(roll_call=None)
            .values_list("pk", "roll_call")
        )
        calls = RollCall.objects.filter(pk__in=set(marks.values()))
        told = JournalEntry.objects.filter(
            act__startswith="TAKE_ROLL_CALL",
            subject_kind="class_group",
            subject_id__in={str(each.class_group_id) for each in calls},
            at__in={each.recorded_at for each in calls},
        )
        by_call = {str(body.get("roll_call")): seq for seq, body in told.values_list("seq", "body")}
        for mark, call in marks.items():
            if (seq := by_call.get(str(call))) is not None:
                self._seq.setdefault(str(mark), seq)

    def of(self, fact: str) -> int:
        """The place in the journal of the fact with this id; 0 where it has none of its own."""
        return self._seq.get(str(UUID(fact)), 0) if _is_uuid(fact) else 0

    def between(self) -> tuple[int, int]:
        """The first and the last place; (0, 0) without any."""
        return (min(self._seq.values()), max(self._seq.values())) if self._seq else (0, 0)


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def found_child(name: str) -> Child:
    """The child with this case number or id. Raises Refusal."""
    case = Case.objects.filter(number=name).select_related("child").first()
    if case is not None:
        return case.child
    child = Child.objects.filter(pk=name).first() if _is_uuid(name) else None
    if child is None:
        raise Refusal(
            "NO_SUCH_CASE",
            f"没有编号为“{name[:80]}”的个案；请写个案编号（如 示范县-2026-0001）或学生的内部编号，不写姓名。",
            f"There is no case {name[:80]}; give a case number or the child's internal id, never a name.",
        )
    return child


def fingerprints(chain: Chain) -> dict[str, object]:
    """Every act with its whole fingerprint and its place in the journal, for a machine to check."""
    acts = [link.met for link in chain.links if link.met] + list(chain.others)
    return {
        "as_of": chain.as_of.isoformat(),
        "case": chain.case.number if chain.case else "",
        "packs": chain.packs.version,
        "journal": list(chain.journal),
        "acts": {str(each.act.pk): [each.fingerprint, each.seq] for each in acts},
        "papers": {str(each.pk): each.digest for each in chain.papers},
    }
