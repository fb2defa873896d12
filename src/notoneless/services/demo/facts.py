"""Made-up roll calls, marks, leaves and acts as rows, each by the person who holds the post."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID, uuid5

from notoneless.batch.simulate.county import SESSION, County, LeaveMade, MarkMade, RollCallMade
from notoneless.core.case_terms import VisitTrigger
from notoneless.core.facts import ActDone
from notoneless.core.terms import Act, ActOutcome, AttendanceStatus, Post
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    ClassGroup,
    LeaveGranted,
    PostHeld,
    RollCall,
    Visit,
    VisitParticipant,
)
from notoneless.services.taking import mark_id
from notoneless.services.visits import KIND_OF

AT_ONCE = 500  # rows a statement
# What somebody would have written down; a visit or a persuasion without a word is none.
NOTES = {
    (Act.HOME_VISIT, ActOutcome.PROMISED_RETURN): "到家见到孩子和家长，问明原因，答应尽快返校。",
    (Act.HOME_VISIT, ActOutcome.CONFIRMED_DROPOUT): "到家核实，孩子已离校，家长暂不同意返校。",
    (Act.PERSUADE, ActOutcome.REFUSED): "讲明义务教育法的规定，家长暂不同意返校。",
    (Act.PERSUADE, ActOutcome.PROMISED_RETURN): "讲明义务教育法的规定，家长答应送孩子返校。",
    (Act.CONTACT_GUARDIAN, ActOutcome.REACHED): "电话联系上家长，已问明原因。",
    (Act.CONTACT_GUARDIAN, ActOutcome.UNREACHABLE): "电话多次无人接听。",
    (Act.VERIFY, ActOutcome.UNREACHABLE): "电话多次无人接听，原因未核实。",
    (Act.VERIFY, ActOutcome.DONE): "已核实未到校原因。",
}


class Holders(NamedTuple):
    """Who holds which post: by class group, and by place."""

    of_class: dict[tuple[Post, int], int]
    at_place: dict[tuple[Post, int], int]

    def who(self, post: Post, group: ClassGroup) -> int:
        """The person who holds `post` for a class: in it, at its school, or at the nearest place around."""
        found = self.of_class.get((post, group.pk))
        for place in reversed((group.school.path or "").strip("/").split("/")):
            found = found or self.at_place.get((post, int(place)))
        return found or self.of_class[Post.CLASS_TEACHER, group.pk]


def holders_now() -> Holders:
    """The posts as they stand in the demo, where they never change hands."""
    rows = PostHeld.objects.filter(held_until__isnull=True)
    of_class = {(r.post, r.class_group_id): r.person_id for r in rows if r.class_group_id}
    return Holders(of_class, {(r.post, r.place_id): r.person_id for r in rows if r.place_id})


class Facts:
    """Adds made-up facts of one county; `classes` are its class groups by the county's numbers."""

    def __init__(self, county: County, classes: Mapping[int, ClassGroup], holders: Holders) -> None:
        self._county = county
        self._classes = classes
        self._holders = holders
        self._pupils = {no: len(children) for no, children in county.pupils().items()}
        self._group_of = {child.id: classes[child.class_group] for child in county.children}
        self._marks: dict[UUID, list[MarkMade]] = defaultdict(list)
        for mark in county.marks:
            self._marks[mark.roll_call].append(mark)

    def add_roll_calls(self, calls: Iterable[RollCallMade]) -> None:
        """Roll calls that are not there yet, with what they said of each child."""
        kept = list(calls)
        RollCall.objects.bulk_create([self._roll_call(call) for call in kept], batch_size=AT_ONCE)
        marks = [mark for call in kept for mark in self._marks[call.id]]
        self.add_marks([mark for mark in marks if not mark.corrects])
        self.add_marks([mark for mark in marks if mark.corrects])

    def add_marks(self, marks: Iterable[MarkMade]) -> None:
        """Marks of roll calls that are there; corrections after what they correct."""
        AttendanceMark.objects.bulk_create([self._mark(mark) for mark in marks], batch_size=AT_ONCE)

    def add_leaves(self, leaves: Iterable[LeaveMade]) -> None:
        """Leaves granted."""
        LeaveGranted.objects.bulk_create([self._leave(leave) for leave in leaves], batch_size=AT_ONCE)

    def add_acts(self, acts: Iterable[tuple[UUID, ActDone]]) -> None:
        """Acts about children, by the people whose posts they name; visits with what makes them one."""
        rows = [self._act(child, act) for child, act in acts]
        ActRecord.objects.bulk_create(rows, batch_size=AT_ONCE)
        seen = [row for row in rows if row.act in KIND_OF]
        Visit.objects.bulk_create([_visit(row) for row in seen], batch_size=AT_ONCE)
        there = [each for row in seen for each in self._there(row)]
        VisitParticipant.objects.bulk_create(there, batch_size=AT_ONCE)

    def _there(self, row: ActRecord) -> list[VisitParticipant]:
        """Whoever recorded it first, then the others by the posts they hold."""
        group = self._group_of[row.child_id]
        others = [Post(code) for code in row.taking_part if code != row.by_post.value]  # type: ignore[call-arg]
        people = [(row.by_post, row.by_id), *((post, self._holders.who(post, group)) for post in others)]
        return [VisitParticipant(visit_id=row.pk, post=post, person_id=person) for post, person in people]

    def correction_id(self, mark: MarkMade) -> UUID:
        """The id of the row of a correcting mark."""
        return uuid5(mark_id(mark.roll_call, self._child(mark.child)), "corrects")

    def _child(self, no: int) -> UUID:
        return self._county.children[no].id

    def _roll_call(self, call: RollCallMade) -> RollCall:
        group = self._classes[call.class_group]
        said = Counter(mark.status for mark in self._marks[call.id] if not mark.corrects)
        return RollCall(
            id=call.id,
            class_group=group,
            day=call.day,
            session=SESSION,
            taken_at=call.taken_at,
            taken_by_id=self._holders.who(Post.CLASS_TEACHER, group),
            post=Post.CLASS_TEACHER,
            recorded_at=call.recorded_at,
            expected=self._pupils[call.class_group],
            absent=said[AttendanceStatus.ABSENT],
            leave=said[AttendanceStatus.LEAVE],
            late=said[AttendanceStatus.LATE],
            key=f"demo/{call.id}",
        )

    def _mark(self, mark: MarkMade) -> AttendanceMark:
        first = mark_id(mark.roll_call, self._child(mark.child))
        return AttendanceMark(
            id=self.correction_id(mark) if mark.corrects else first,
            roll_call_id=mark.roll_call,
            child_id=self._child(mark.child),
            day=mark.day,
            session=SESSION,
            status=mark.status,
            reason=mark.reason or "",
            at=mark.at,
            recorded_at=mark.recorded_at,
            note=_why_corrected(mark),
            supersedes_id=first if mark.corrects else None,
        )

    def _leave(self, leave: LeaveMade) -> LeaveGranted:
        child = self._child(leave.child)
        return LeaveGranted(
            id=self.leave_id(leave),
            child_id=child,
            from_day=leave.from_day,
            until=leave.until,
            reason=leave.reason,
            granted_at=leave.granted_at,
            recorded_at=leave.granted_at,
            by_id=self._holders.who(Post.CLASS_TEACHER, self._group_of[child]),
        )

    def leave_id(self, leave: LeaveMade) -> UUID:
        """The id of the row of a leave."""
        return uuid5(self._child(leave.child), f"leave/{leave.from_day}")

    def _act(self, child: UUID, act: ActDone) -> ActRecord:
        return ActRecord(
            id=act_id(child, act),
            child_id=child,
            act=act.act,
            happened_at=act.at,
            recorded_at=act.learned_at,
            by_id=self._holders.who(act.by, self._group_of[child]),
            by_post=act.by,
            taking_part=sorted(post.value for post in act.taking_part),
            to_post=act.to or "",
            outcome=act.outcome,
            evidence=sorted(kind.value for kind in act.evidence),
            note=NOTES.get((act.act, act.outcome), ""),
        )


def _visit(row: ActRecord) -> Visit:
    """The visit that an act was; what led to it in the made-up county is always that the child was away."""
    return Visit(act_id=row.pk, kind=KIND_OF[row.act], trigger=VisitTrigger.SPELL, findings=row.note)


def act_id(child: UUID, act: ActDone) -> UUID:
    """The id of the row of an act: the same act, the same row."""
    return uuid5(child, f"{act.act}/{act.at.isoformat()}/{act.id}")


def _why_corrected(mark: MarkMade) -> str:
    if not mark.corrects:
        return ""
    return "迟到，已到校" if mark.status is AttendanceStatus.LATE else "家长来电补假"
