"""一班一档: a class as it stands: roster, the month's attendance, open duties, cases, visits, changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.explain import stamp
from notoneless.core.paper import Block, Heading, Page, Pairs, Paragraph, Table
from notoneless.core.spells import exceptional_days
from notoneless.core.stages import SETTLED
from notoneless.core.terms import AttendanceStatus, ChangeStep
from notoneless.exchange.ledger_xlsx import ListSheet
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.histories import subjects
from notoneless.records.models import (
    LIVE,
    Case,
    ChangeStepTaken,
    Child,
    ClassGroup,
    Enrolment,
    Guardian,
    JournalEntry,
    Obligation,
    Person,
    PostHeld,
    RollCall,
    Visit,
)
from notoneless.records.scopes import during, fields_in, live
from notoneless.services.finding import the_person
from notoneless.services.ledgers.entry import day_begins
from notoneless.services.ledgers.roll_lines import school_year_begins
from notoneless.services.ledgers.sources import as_day
from notoneless.services.permissions import require
from notoneless.services.transactions import one_act

_COUNTED = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE, AttendanceStatus.UNRECORDED)
Words = tuple[str, str]


class Part(NamedTuple):
    """A part of the file: its heading, and its table."""

    title: str
    table: Table


class ClassFile(NamedTuple):
    """The file of a class: its title, who and what it is, and its parts."""

    title: str
    running_head: str
    who: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    nothing: str  # what an empty part says

    def page(self) -> Page:
        """The file as a page."""
        return Page(self.title, self.running_head, tuple(self._blocks()), dense=True)

    def sheets(self) -> list[ListSheet]:
        """The file as the sheets of a workbook."""
        return [
            ListSheet(
                part.title,
                self.who,
                part.table.head,
                tuple(s // 2 + 6 for s in part.table.shares),
                part.table.rows,
            )
            for part in self.parts
        ]

    def _blocks(self) -> Iterator[Block]:
        yield Pairs(self.who)
        for part in self.parts:
            yield Heading(2, part.title)
            yield part.table if part.table.rows else Paragraph(self.nothing)


def class_file(person: Person, group: ClassGroup, at: datetime, language: str = "zh") -> ClassFile:
    """The file of a class as this person may read it; marked with who looks and when."""
    told = _Told(person, group, at, language)
    title = told("一班一档", "Class file") + f" · {group.school.name} {group.name}"
    head = told("一个都不能少 · 内部资料，不得公开", "Not One Less · for official use only")
    nothing = told("没有记录。", "Nothing recorded.")
    return ClassFile(title, f"{head} · {person.name} · {stamp(at)}", tuple(told.who()), told.parts(), nothing)


@one_act
def take_class_file(
    *, by: Person | int, group: ClassGroup, at: datetime, form: str, language: str = "zh"
) -> ClassFile:
    """The same to be handed out as a file, which the journal keeps. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.LEDGER, Verb.EXPORT, group, at.date())
    body = {"what": "CLASS_FILE", "form": form, "fields": sorted(fields_in(person, group, at.date()))}
    JournalEntry.objects.create(
        at=at, by=person, act="EXPORT", subject_kind="class_group", subject_id=str(group.pk), body=body
    )
    return class_file(person, group, at, language)


class _Told:
    """One class's file in one language for one reader."""

    def __init__(self, person: Person, group: ClassGroup, at: datetime, language: str) -> None:
        self.group, self.at, self.on, self.language = group, at, at.date(), language
        self.fields = fields_in(person, group, at.date())
        seated = Enrolment.objects.filter(during(self.on), class_group=group)
        rows = Child.objects.filter(pk__in=seated.values("child"))
        self.children = list(rows.order_by("name_pinyin", "name", "pk"))
        self.ids = [child.pk for child in self.children]
        self.names = {child.pk: child.name for child in self.children}

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language.startswith("en") else zh

    def who(self) -> Iterator[tuple[str, str]]:
        """What stands above all parts."""
        held = PostHeld.objects.filter(live(self.on), class_group=self.group).select_related("person")
        posts = "；".join(f"{h.post.label(self.language)} {h.person.name}" for h in held.order_by("pk"))
        yield self("学校", "School"), self.group.school.name
        yield self("班级", "Class"), f"{self.group.name}（{self.group.school_year}）"
        yield self("任课", "Teachers"), posts
        yield self("人数", "Children"), str(len(self.children))
        yield self("截至", "As of"), stamp(self.at)

    def parts(self) -> tuple[Part, ...]:
        """The parts in their order."""
        return (
            Part(self("学生名册", "Roster"), self._roster()),
            Part(self("本月考勤", "Attendance this month"), self._attendance()),
            Part(self("未办事项", "Open duties"), self._duties()),
            Part(self("在办个案", "Open cases"), self._cases()),
            Part(self("本学年走访", "Visits this school year"), self._visits()),
            Part(self("本学年异动", "Changes this school year"), self._changes()),
        )

    def _table(self, head: tuple[Words, ...], rows: Iterator[tuple[str, ...]], *shares: int) -> Table:
        return Table(tuple(self(zh, en) for zh, en in head), tuple(rows), shares)

    def _roster(self) -> Table:
        head: tuple[Words, ...] = (("姓名", "Name"), ("性别", "Sex"), ("出生日期", "Born"), ("学籍号", "No."))
        if Fields.CONTACT not in self.fields:
            return self._table(head, (self._basics(child) for child in self.children), 30, 10, 25, 35)
        guardians: dict[UUID, list[str]] = {}
        for row in Guardian.objects.filter(child__in=self.ids).order_by("pk"):
            said = " ".join(filter(None, (row.name, row.relation, row.phone)))
            guardians.setdefault(row.child_id, []).append(said)
        rows = ((*self._basics(c), "；".join(guardians.get(c.pk, ()))) for c in self.children)
        return self._table((*head, ("监护人和电话", "Guardians")), rows, 16, 8, 16, 28, 32)

    def _basics(self, child: Child) -> tuple[str, ...]:
        sex = child.sex.label(self.language) if child.sex else ""
        return child.name, sex, as_day(child.birth_on), child.enrolment_no or ""

    def _attendance(self) -> Table:
        """School days of the month; whoever was neither absent nor on leave is left out."""
        first = self.on.replace(day=1)
        found: dict[UUID, Counter[AttendanceStatus]] = {}
        for child, subject in subjects(self.ids, as_of=self.at).items():
            calendar = subject.home.calendar.as_known_at(self.at)
            days = exceptional_days(subject.history.as_known_at(self.at), calendar, as_of=self.at)
            counted = Counter(day.outcome for day in days if day.day >= first)
            if counted[AttendanceStatus.ABSENT] or counted[AttendanceStatus.LEAVE]:
                found[child] = counted
        taken = RollCall.objects.filter(class_group=self.group, day__gte=first, day__lte=self.on).count()
        head = (("姓名", "Name"), *((each.zh, each.en) for each in _COUNTED))
        rows = [
            (self.names[child], *(str(found[child][each]) for each in _COUNTED))
            for child in self.ids
            if child in found
        ]
        total = (self(f"合计（点名 {taken} 次）", f"All ({taken} roll calls)"), *_sums(found))
        return self._table(head, iter([*rows, total]), 40, 20, 20, 20)

    def _duties(self) -> Table:
        rows = Obligation.objects.filter(class_group=self.group, state__in=LIVE).select_related("child")
        head = (("应办", "Owed"), ("学生", "Child"), ("谁", "Who"), ("时限", "Due"), ("状态", "State"))
        label = self.language
        return self._table(
            head,
            (
                (
                    row.act.label(label),
                    row.child.name if row.child else "",
                    row.who.label(label),
                    stamp(row.due_at) if row.due_at else "",
                    row.state.label(label),
                )
                for row in rows.order_by("due_at", "key")
            ),
            *(25, 20, 20, 20, 15),
        )

    def _cases(self) -> Table:
        rows = Case.objects.filter(child__in=self.ids).exclude(stage__in=SETTLED).select_related("child")
        head = (("学生", "Child"), ("个案编号", "Case"), ("阶段", "Stage"), ("开案", "Opened"))
        label = self.language
        return self._table(
            head,
            (
                (row.child.name, row.number, row.stage.label(label), as_day(row.opened_at))
                for row in rows.order_by("opened_at", "pk")
            ),
            *(20, 40, 20, 20),
        )

    def _visits(self) -> Table:
        """Each child with how often it was visited since 1 September: what quotas are counted from."""
        since = day_begins(school_year_begins(self.on))
        rows = Visit.objects.filter(act__child__in=self.ids, act__happened_at__gte=since)
        corrected = rows.filter(act__supersedes__isnull=False).values("act__supersedes")
        seen: dict[UUID, list[datetime]] = {}
        for child, moment in rows.exclude(pk__in=corrected).values_list("act__child_id", "act__happened_at"):
            seen.setdefault(child, []).append(moment)
        head = (("姓名", "Name"), ("走访次数", "Visits"), ("最近一次", "Last"))
        told = ((self.names[child], seen.get(child, [])) for child in self.ids)
        lines = ((name, str(len(times)), as_day(max(times)) if times else "") for name, times in told)
        return self._table(head, lines, 40, 30, 30)

    def _changes(self) -> Table:
        since = school_year_begins(self.on)
        been = Enrolment.objects.filter(class_group=self.group).values("child")
        done = ChangeStepTaken.objects.filter(
            change__child__in=been, step=ChangeStep.DONE, change__from_day__gte=since, at__lte=self.at
        )
        head = (("学生", "Child"), ("异动", "Change"), ("自", "From"), ("原因", "Because"))
        label = self.language
        return self._table(
            head,
            (
                (
                    row.change.child.name,
                    row.change.kind.label(label),
                    as_day(row.change.from_day),
                    row.change.reason,
                )
                for row in done.select_related("change__child").order_by("at", "pk")
            ),
            *(20, 20, 20, 40),
        )


def _sums(found: dict[UUID, Counter[AttendanceStatus]]) -> tuple[str, ...]:
    return tuple(str(sum(each[status] for each in found.values())) for status in _COUNTED)
