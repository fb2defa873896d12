"""一生一档: all that is known of one child in order, as a page, by what its reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from notoneless.core.explain import stamp
from notoneless.core.paper import Block, Heading, Page, Pairs, Paragraph, Table
from notoneless.core.report_terms import LedgerKind
from notoneless.core.spells import exceptional_days
from notoneless.core.terms import AttendanceStatus, Stage
from notoneless.exchange.ledgers.layout import ledger_layout
from notoneless.records.access import GROUP_FIELDS, PURPOSE_FIELDS, Fields, Thing, Verb
from notoneless.records.histories import subjects
from notoneless.records.models import (
    ActRecord,
    CaseChange,
    Child,
    CloseOutAsked,
    Enrolment,
    JournalEntry,
    LeaveGranted,
    LedgerLine,
    Obligation,
    OnRoll,
    Pairing,
    PaperIssued,
    Person,
    ReliefAsked,
    SpecialRoute,
    TuitionPlan,
)
from notoneless.records.scopes import fields_for, visible_papers
from notoneless.services.change_standing import last_step
from notoneless.services.finding import last_class, the_person
from notoneless.services.key_groups import groups_shown
from notoneless.services.ledgers.kinds import LEDGERS
from notoneless.services.ledgers.sources import as_day
from notoneless.services.permissions import require
from notoneless.services.residence import home_of
from notoneless.services.transactions import one_act

PRIVATE = ("（私密记录）", "(private)")
Words = tuple[str, str]


def child_file(person: Person, child: Child, at: datetime, language: str = "zh") -> Page:
    """The file of a child as this person may read it; marked with who looks and when."""
    told = _Told(person, child, at, language)
    title = told("一生一档", "Child file") + f" · {child.name}"
    head = told("一个都不能少 · 内部资料，不得公开", "Not One Less · for official use only")
    return Page(title, f"{head} · {person.name} · {stamp(at)}", tuple(told.blocks()), dense=True)


@one_act
def take_child_file(*, by: Person | int, child: Child, at: datetime, form: str, language: str = "zh") -> Page:
    """The same to be handed out as a file, which the journal keeps. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.CHILD, Verb.EXPORT, child, at.date())
    body = {"what": "CHILD_FILE", "form": form, "fields": sorted(fields_for(person, child, at.date()))}
    JournalEntry.objects.create(
        at=at, by=person, act="EXPORT", subject_kind="child", subject_id=str(child.pk), body=body
    )
    return child_file(person, child, at, language)


class _Told:
    """One child's file in one language for one reader."""

    def __init__(self, person: Person, child: Child, at: datetime, language: str) -> None:
        self.person, self.child, self.at, self.on, self.language = person, child, at, at.date(), language
        self.fields = fields_for(person, child, at.date())

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language.startswith("en") else zh

    def blocks(self) -> Iterator[Block]:
        """The parts of the file in their order."""
        yield Pairs(tuple(self._who()))
        parts = (
            (("一、学籍和在校", "1. Roll and classes"), self._stays()),
            (("二、考勤", "2. Attendance"), self._attendance()),
            (("三、个案", "3. Case"), self._case()),
            (("四、联系、走访和劝返", "4. Contacts, visits, persuasion"), self._acts()),
            (("五、应办事项", "5. Obligations"), self._obligations()),
            (("六、文书", "6. Papers"), self._papers()),
            (("七、帮扶", "7. Support"), self._support()),
            (("八、台账编号", "8. Ledger numbers"), self._ledgers()),
        )
        for (zh, en), tables in parts:
            yield Heading(2, self(zh, en))
            found = [table for table in tables if table.rows]
            yield from found
            if not found:
                yield Paragraph(self("没有记录。", "Nothing recorded."))

    def table(self, head: tuple[Words, ...], rows: Iterator[tuple[str, ...]], *shares: int) -> Table:
        """A table with its headings in the reader's language."""
        return Table(tuple(self(zh, en) for zh, en in head), tuple(rows), shares)

    def _who(self) -> Iterator[tuple[str, str]]:
        child, group = self.child, last_class(self.child, self.on)
        sex = child.sex.label(self.language) if child.sex else ""
        case = getattr(child, "case", None)
        stage: Stage = case.stage if case else Stage.ATTENDING
        yield self("姓名", "Name"), child.name
        yield self("性别、出生日期", "Sex, born"), " ".join(filter(None, (sex, as_day(child.birth_on))))
        yield self("身份证件号", "Identity number"), child.identity_no_masked()
        yield self("学籍号", "Enrolment number"), child.enrolment_no or ""
        yield self("户籍类型", "Household register"), child.household.label(self.language)
        yield self("学校班级", "School and class"), f"{group.school.name} {group.name}" if group else ""
        yield self("个案和阶段", "Case and stage"), f"{case or '—'} · {stage.label(self.language)}"
        if Fields.CONTACT in self.fields:
            rows = child.guardians.order_by("pk")
            said = "；".join(" ".join(filter(None, (g.name, g.relation, g.phone))) for g in rows)
            home = home_of(child, self.on)
            yield self("监护人", "Guardians"), said
            yield self("现住", "Lives in"), home.name if home else ""
        if self.fields & frozenset(GROUP_FIELDS.values()):
            groups = groups_shown(child, self.fields, self.on)
            yield self("重点类别", "Key groups"), "、".join(r.group.label(self.language) for r in groups)

    # Enrolment.

    def _stays(self) -> Iterator[Table]:
        head: tuple[Words, ...]
        classes = Enrolment.objects.filter(child=self.child).select_related("class_group__school")
        head = (("在校", "Attended"), ("起", "From"), ("止", "Until"), ("说明", "Because"))
        yield self.table(
            head,
            (
                (f"{r.class_group.school.name} {r.class_group.name}", *_span(r.from_day, r.until), r.reason)
                for r in classes.order_by("from_day")
            ),
            *(40, 15, 15, 30),
        )
        rolls = OnRoll.objects.filter(child=self.child).select_related("school").order_by("from_day")
        head = (("学籍所在", "On the roll of"), ("起", "From"), ("止", "Until"))
        names = ((r.school.name if r.school else r.elsewhere, *_span(r.from_day, r.until)) for r in rolls)
        yield self.table(head, names, 60, 20, 20)
        yield self._changes()
        yield self._routes()

    def _changes(self) -> Table:
        rows = self.child.changes.prefetch_related("steps").order_by("from_day")
        head = (("学籍异动", "Enrolment change"), ("自", "From"), ("办理", "Stands at"), ("原因", "Because"))
        label = self.language
        return self.table(
            head,
            (
                (r.kind.label(label), as_day(r.from_day), last_step(r).label(label), r.reason)
                for r in rows
                if r.steps.all()
            ),
            *(25, 15, 20, 40),
        )

    def _routes(self) -> Table:
        rows = SpecialRoute.objects.filter(child=self.child, superseded_by__isnull=True).order_by("from_day")
        head = (("特殊安置", "Special route"), ("起", "From"), ("止", "Until"), ("批准", "Approved by"))
        return self.table(
            head,
            (
                (
                    r.kind.label(self.language),
                    *_span(r.from_day, r.until),
                    f"{r.approved_by} {r.paper}".strip(),
                )
                for r in rows
            ),
            *(25, 15, 15, 45),
        )

    # Attendance.

    def _attendance(self) -> Iterator[Table]:
        months = self._months()
        head = (("月份", "Month"), *((s.zh, s.en) for s in _COUNTED))
        rows = ((month, *(str(found[s]) for s in _COUNTED)) for month, found in sorted(months.items()))
        yield self.table(head, rows, 28, 24, 24, 24)
        leaves = LeaveGranted.objects.filter(child=self.child, recorded_at__lte=self.at)
        gone = set(leaves.filter(supersedes__isnull=False).values_list("supersedes_id", flat=True))
        head = (("请假", "Leave"), ("起", "From"), ("应到校", "Expected"), ("准假人", "Granted by"))
        granted = leaves.exclude(pk__in=gone).select_related("by").order_by("from_day")
        yield self.table(
            head,
            ((r.reason.label(self.language), *_span(r.from_day, r.until), r.by.name) for r in granted),
            *(25, 25, 25, 25),
        )

    def _months(self) -> dict[str, Counter[AttendanceStatus]]:
        """School days that were not simply present, by month and by what they were."""
        subject = subjects([self.child.pk], as_of=self.at).get(self.child.pk)
        found: dict[str, Counter[AttendanceStatus]] = {}
        if subject is not None:
            calendar = subject.home.calendar.as_known_at(self.at)
            for day in exceptional_days(subject.history.as_known_at(self.at), calendar, as_of=self.at):
                found.setdefault(f"{day.day:%Y-%m}", Counter())[day.outcome] += 1
        return found

    # The case, and what was done.

    def _case(self) -> Iterator[Table]:
        rows = CaseChange.objects.filter(case__child=self.child, recorded_at__lte=self.at).order_by("pk")
        head = (("时间", "When"), ("阶段", "Stage"), ("记录时间", "Learned"), ("说明", "Note"))
        label = self.language
        yield self.table(
            head,
            (
                (
                    stamp(r.at),
                    f"{r.stage_before.label(label)} → {r.stage.label(label)}",
                    stamp(r.recorded_at),
                    r.note,
                )
                for r in rows
            ),
            *(20, 30, 20, 30),
        )
        asked = CloseOutAsked.objects.filter(case__child=self.child, at__lte=self.at)
        head = (("销号申请", "Close-out asked"), ("类型", "Kind"), ("申请人", "By"), ("复核", "Reviewed"))
        yield self.table(
            head, (self._close_out(r) for r in asked.select_related("by").order_by("at")), *(25,) * 4
        )

    def _close_out(self, row: CloseOutAsked) -> tuple[str, str, str, str]:
        review = getattr(row, "reviewed", None)
        said = f"{review.decision.label(self.language)} {review.by.name} {stamp(review.at)}" if review else ""
        return stamp(row.at), row.kind.label(self.language), row.by.name, said

    def _acts(self) -> Iterator[Table]:
        rows = ActRecord.objects.filter(child=self.child, recorded_at__lte=self.at).select_related("by")
        corrected = set(rows.filter(supersedes__isnull=False).values_list("supersedes_id", flat=True))
        head = (("时间", "When"), ("动作", "Act"), ("办理人", "By"), ("结果", "Outcome"), ("内容", "Words"))
        shown = (r for r in rows.order_by("happened_at", "pk") if r.pk not in corrected)
        yield self.table(head, (self._act(r) for r in shown), 18, 14, 20, 14, 34)

    def _act(self, row: ActRecord) -> tuple[str, ...]:
        hidden = row.private and Fields.NOTES not in self.fields
        note = self(*PRIVATE) if hidden else row.note
        by = f"{row.by.name}（{row.by_post.label(self.language)}）"
        label = self.language
        return stamp(row.happened_at), row.act.label(label), by, row.outcome.label(label), note

    def _obligations(self) -> Iterator[Table]:
        rows = Obligation.objects.filter(child=self.child, opened_at__lte=self.at)
        head = (("应办", "Owed"), ("谁", "Who"), ("时限", "Due"), ("状态", "State"))
        label = self.language
        yield self.table(
            head,
            (
                (
                    r.act.label(label),
                    r.who.label(label),
                    stamp(r.due_at) if r.due_at else "",
                    r.state.label(label) + (self("（逾期）", " (late)") if r.late else ""),
                )
                for r in rows.order_by("arose_at", "due_at", "key")
            ),
            *(25, 25, 25, 25),
        )

    def _papers(self) -> Iterator[Table]:
        seen = visible_papers(self.person, self.on).filter(child=self.child, at__lte=self.at)
        rows = PaperIssued.objects.filter(pk__in=seen.values("pk")).select_related("place", "served")
        head = (("文书", "Paper"), ("文号", "No."), ("签发", "Issued"), ("送达", "Served"))
        yield self.table(
            head,
            (
                (
                    r.kind.label(self.language),
                    r.numbered,
                    f"{r.place.name} {stamp(r.at)}",
                    stamp(r.served.served_at) if hasattr(r, "served") else "",
                )
                for r in rows.order_by("at", "pk")
            ),
            *(25, 25, 30, 20),
        )

    # Support and ledgers.

    def _support(self) -> Iterator[Table]:
        head: tuple[Words, ...]
        if Fields.HARDSHIP in self.fields:
            yield self._relief()
        pairings = Pairing.objects.filter(child=self.child, at__lte=self.at).select_related("helper", "ended")
        head = (("结对帮扶", "Paired with"), ("起", "From"), ("止", "Until"), ("目的", "Purpose"))
        yield self.table(
            head,
            (
                (r.helper.name, as_day(r.from_day), as_day(_ended(r)), self._purpose(r))
                for r in pairings.order_by("from_day", "pk")
            ),
            *(25, 20, 20, 35),
        )
        if Fields.HEALTH in self.fields:
            plans = TuitionPlan.objects.filter(child=self.child, at__lte=self.at).order_by("at")
            head = (("送教学年", "Home tuition"), ("目标", "Goals"))
            years = ((f"{r.school_year}–{r.school_year + 1}", r.goals) for r in plans)
            yield self.table(head, years, 25, 75)

    def _purpose(self, row: Pairing) -> str:
        known = PURPOSE_FIELDS[row.purpose] <= self.fields
        return " ".join(filter(None, (row.purpose.label(self.language), row.goal))) if known else ""

    def _relief(self) -> Table:
        rows = ReliefAsked.objects.filter(child=self.child, at__lte=self.at).select_related("decided")
        head = (("减免缓助补", "Relief"), ("项目", "Of"), ("申请", "Asked"), ("审批", "Decided"))
        label = self.language
        return self.table(
            head,
            (
                (
                    r.kind.label(label),
                    r.of,
                    as_day(r.at),
                    r.decided.decision.label(label) if hasattr(r, "decided") else "",
                )
                for r in rows.order_by("at", "pk")
            ),
            *(25, 35, 20, 20),
        )

    def _ledgers(self) -> Iterator[Table]:
        rows = LedgerLine.objects.filter(child=self.child, at__lte=self.at).select_related("closed")
        rows = rows.exclude(ledger=LedgerKind.VISITS)  # part 4 has them one by one
        shown = [row for row in rows.order_by("pk") if self._may_know(row.ledger)]
        head = (("台账", "Ledger"), ("立账编号", "No."), ("立账日期", "Opened"), ("销号编号", "Closing no."))
        yield self.table(head, (self._line(row) for row in shown), 34, 24, 16, 26)

    def _may_know(self, kind: LedgerKind) -> bool:
        """To stand among the key children gives away that there is a reason, which may be any of them."""
        needed = frozenset(GROUP_FIELDS.values()) if kind is LedgerKind.KEY_CHILDREN else LEDGERS[kind].needs
        return needed <= self.fields

    def _line(self, row: LedgerLine) -> tuple[str, ...]:
        layout, closed = ledger_layout(row.ledger), getattr(row, "closed", None)
        number = layout.number(row.year, row.number)
        over = f"{layout.closing_number(closed.year, closed.number)} {closed.closed_on}" if closed else ""
        return row.ledger.label(self.language), number, as_day(row.opened_on), over


_COUNTED = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE, AttendanceStatus.UNRECORDED)


def _span(first: date, until: date | None) -> tuple[str, str]:
    return as_day(first), as_day(until)


def _ended(row: Pairing) -> date | None:
    ended = getattr(row, "ended", None)
    return ended.until if ended else None
