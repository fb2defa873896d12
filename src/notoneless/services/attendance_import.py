"""考勤表 in: each class, day and session it covers is a roll call; committed whole or not at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from os import PathLike
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from notoneless.core.terms import AttendanceStatus, Post
from notoneless.exchange.attendance import read_attendance
from notoneless.exchange.marks import Attendance, Covered, SheetMark
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil
from notoneless.records import constants
from notoneless.records.access import Thing, Verb
from notoneless.records.calendars import county_calendar
from notoneless.records.histories import subjects
from notoneless.records.models import AttendanceMark, ClassGroup, Enrolment, Person, Place, RollCall
from notoneless.services.assessments import CORRECTED, Entry, hold, keep
from notoneless.services.deriving import Changes, derive
from notoneless.services.finding import the_person
from notoneless.services.imported_once import digest_of, earlier, refuse_import, remember
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.roster_import import school_year_of
from notoneless.services.taking import ROLL_CALL_IDS, mark_id
from notoneless.services.transactions import one_act

KIND = "ATTENDANCE"
PRESENT, UNRECORDED = AttendanceStatus.PRESENT, AttendanceStatus.UNRECORDED


class AttendancePreview(NamedTuple):
    """An attendance file as it would be taken in; commit only if nothing in it is an error."""

    file: str
    school: Place
    attendance: Attendance
    children: tuple[UUID, ...]  # the children that marks point at by their place
    problems: tuple[Problem, ...]
    digest: str

    @property
    def usable(self) -> bool:
        """Whether nothing keeps the file out."""
        return all(problem.severity != "ERROR" for problem in self.problems)


def preview_attendance(
    path: str | PathLike[str], school: Place, at: datetime, *, file: str = ""
) -> AttendancePreview:
    """What an attendance file would bring to a school; writes nothing. Raises Unreadable."""
    roster, children = _roster_of(school)
    attendance = read_attendance(path, roster=roster, calendar=_calendar(school), as_of=at, file=file)
    said = [repr((children[m.pupil], *m[1:7])) for m in attendance.marks]
    digest = digest_of([*said, *(repr(tuple(covered)) for covered in attendance.covered)])
    return AttendancePreview(attendance.file, school, attendance, children, attendance.problems, digest)


@one_act
def commit_attendance(*, by: Person | int, preview: AttendancePreview, at: datetime) -> dict[str, Any]:
    """Take the file in: {"roll_calls": n, "marks": n, "competing": n, "same": n}.

    The same file again changes nothing and gives the same answer.
    A session that was called already and otherwise is kept as a competing account. Raises Refusal, and then
    nothing of the file is taken in.
    """
    person, school = the_person(by), preview.school
    refuse_import(person, school, preview.problems, at)
    if (before := earlier(school, KIND, preview.digest)) is not None:
        return before
    hold(preview.children)
    taking = _Taking(person, school, at)
    taking.take(preview)
    result = dict(taking.tally)
    remember(school, KIND, preview.digest, preview.file, at, person, result)
    entry = Entry("IMPORT_ATTENDANCE", "place", str(school.pk), {"digest": preview.digest, **result}, person)
    keep(taking.changes, at=at, entry=entry)
    _assess(preview.children, school, at, person)
    return result


def _assess(children: Iterable[UUID], school: Place, at: datetime, person: Person) -> None:
    changes = Changes()
    for subject in subjects(list(children), as_of=at).values():
        derive(subject, as_of=at, why=CORRECTED, into=changes)
    if changes.said:
        keep(changes, at=at, entry=Entry("REASSESS", "place", str(school.pk), {}, person))


class _Taking:
    """The roll calls of one file, made into rows."""

    def __init__(self, person: Person, school: Place, at: datetime) -> None:
        self.person, self.at = person, at
        self.post = _post(person, school, at.date())
        self.changes = Changes()
        self.tally: Counter[str] = Counter(roll_calls=0, marks=0, competing=0, same=0)
        self.classes: dict[tuple[str, str], ClassGroup] = {}
        for group in ClassGroup.objects.filter(school=school):
            self.classes[group.name, group.school_year] = group
        self.pupils: dict[int, list[Enrolment]] = defaultdict(list)
        for row in Enrolment.objects.filter(class_group__school=school):
            self.pupils[row.class_group_id].append(row)

    def take(self, preview: AttendancePreview) -> None:
        """Rows for every session the file covers, in order of happening."""
        marks: dict[tuple[UUID, date, str], SheetMark] = {
            (preview.children[mark.pupil], mark.day, mark.session): mark for mark in preview.attendance.marks
        }
        covered = sorted(preview.attendance.covered, key=lambda c: (c.day, c.session, c.class_name))
        standing = self._standing(covered)
        for each in covered:
            self._one(each, marks, standing)

    def _standing(self, covered: Iterable[Covered]) -> dict[tuple[int, date, str], RollCall]:
        days = {each.day for each in covered}
        calls = RollCall.objects.filter(
            class_group__in=self.classes.values(), day__in=days, standing=True
        ).prefetch_related("marks")
        return {(call.class_group_id, call.day, call.session): call for call in calls}

    def _one(
        self,
        each: Covered,
        marks: dict[tuple[UUID, date, str], SheetMark],
        standing: dict[tuple[int, date, str], RollCall],
    ) -> None:
        group = self._class(each)
        there = [e.child_id for e in self.pupils[group.pk] if _enrolled(e, each.day)]
        said = {child: _status(marks.get((child, each.day, each.session)), each) for child in there}
        said = {child: mark for child, mark in said.items() if mark[0] is not PRESENT}
        before = standing.get((group.pk, each.day, each.session))
        if before is not None and _says(before) == {child: mark[0] for child, mark in said.items()}:
            self.tally["same"] += 1
            return
        self._keep(each, group, len(there), said, before is None)

    def _class(self, each: Covered) -> ClassGroup:
        found = self.classes.get((each.class_name, school_year_of(each.day)))
        if found is None:
            year = school_year_of(each.day)
            raise Refusal(
                "NO_SUCH_CLASS",
                f"{year}学年没有{each.class_name}；请先导入该学年的花名册。",
                f"There is no {each.class_name} in {year}; take in that year's roster first.",
            )
        return found

    def _keep(
        self,
        each: Covered,
        group: ClassGroup,
        expected: int,
        said: dict[UUID, tuple[AttendanceStatus, str, datetime]],
        stands: bool,
    ) -> None:
        key = _key(group, each, said)
        number = uuid5(ROLL_CALL_IDS, key)
        if RollCall.objects.filter(pk=number).exists():
            self.tally["same"] += 1
            return
        counts = Counter(status for status, _, _ in said.values())
        numbers = [counts[AttendanceStatus(code)] for code in ("ABSENT", "LEAVE", "LATE", "UNRECORDED")]  # type: ignore[call-arg]
        head = (number, group.pk, each.day, each.session, each.at, self.person.pk, self.post.value, self.at)
        self.changes.writes.roll_call.append((*head, expected, *numbers, 0, key, stands))
        for child, (status, reason, at) in said.items():
            self.changes.writes.mark.append(
                (
                    mark_id(number, child),
                    number,
                    child,
                    each.day,
                    each.session,
                    status.value,
                    reason,
                    at,
                    self.at,
                    "",
                    None,
                    stands,
                )
            )
        self.tally["marks"] += len(said)
        self.tally["roll_calls" if stands else "competing"] += 1


def _roster_of(school: Place) -> tuple[Roster, tuple[UUID, ...]]:
    """The school's pupils as the reader knows pupils, and their ids in the same order."""
    rows = Enrolment.objects.filter(class_group__school=school, until__isnull=True)
    enrolled = list(
        rows.select_related("child", "class_group").order_by("class_group__name", "child__name", "pk")
    )
    pupils = [
        RosterPupil(
            row.child.enrolment_no or "",
            row.child.name,
            None,
            None,
            school.name,
            "",
            row.class_group.name,
            "",
            "",
            "",
            "",
            0,
        )
        for row in enrolled
    ]
    return Roster("本校名册", tuple(pupils), ()), tuple(row.child_id for row in enrolled)


def _calendar(school: Place) -> Any:
    """The calendar of the school's first class; closures of single classes are judged by the evaluator."""
    first = ClassGroup.objects.filter(school=school).order_by("-school_year", "name").first()
    return constants.of_classes([first.pk])[first.pk].calendar if first else county_calendar()


def _post(person: Person, school: Place, on: date) -> Post:
    return require(person, Thing.ROSTER, Verb.IMPORT, school, on)


def _enrolled(row: Enrolment, day: date) -> bool:
    return row.from_day <= day and (row.until is None or day < row.until)


def _status(mark: SheetMark | None, each: Covered) -> tuple[AttendanceStatus, str, datetime]:
    """What the file says of a pupil; a blank is unrecorded, unless it says that the rest were there."""
    if mark is None:
        return (PRESENT if each.rest_present else UNRECORDED), "", each.at
    return mark.status, mark.reason.value if mark.reason else "", mark.at


def _says(call: RollCall) -> dict[UUID, AttendanceStatus]:
    own: Iterable[AttendanceMark] = (mark for mark in call.marks.all() if mark.supersedes_id is None)
    return {mark.child_id: mark.status for mark in own}


def _key(group: ClassGroup, each: Covered, said: dict[UUID, tuple[AttendanceStatus, str, datetime]]) -> str:
    """The same words about the same session have the same key."""
    words = sorted(
        f"{child} {status} {reason} {at.isoformat()}" for child, (status, reason, at) in said.items()
    )
    text = "\n".join([str(group.pk), str(each.day), each.session, each.at.isoformat(), *words])
    return f"sheet/{sha256(text.encode()).hexdigest()}"
