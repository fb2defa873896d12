"""The demo county in a database: what stands there on its first morning, and what its clock may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from builders_db import at
from django.db import transaction
from pytest_django import DjangoDbBlocker

from notoneless.batch.simulate import County, shipped_params, simulate
from notoneless.core.calendar import BeyondCalendar, default_calendar
from notoneless.core.case_terms import Decision
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    AttendanceStatus,
    ObligationState,
    PlaceKind,
    Post,
    Stage,
)
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    LIVE,
    ActRecord,
    AttendanceMark,
    Case,
    Child,
    ClassGroup,
    ClosureDeclared,
    JournalEntry,
    Obligation,
    PackAdopted,
    Person,
    Place,
    RollCall,
)
from notoneless.services import casework, closing, demo, roll_calls
from notoneless.services.due import tick
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.roll_calls import MarkGiven

MORNING = at("2026-11-20 08:05")
MONDAY = at("2026-11-23 08:05")
PASSWORDS = {"teacher": "one", "office": "two", "county": "three"}


def county(pupils: int = 180) -> County:
    return simulate(
        shipped_params(),
        seed=1,
        schools=3,
        pupils=pupils,
        until=MORNING,
        calendar=default_calendar(),
    )


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's clock file, showing the first morning."""
    file = tmp_path / "clock"
    demo.set_clock(file, show=MORNING, real_now=MORNING)
    monkeypatch.setenv("NOTONELESS_DEMO_CLOCK_FILE", str(file))
    return file


@pytest.fixture(scope="module")
def standing_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[County]:
    """The demo county, loaded once for all tests of the file."""
    made = county()
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(made, at=MORNING, passwords=PASSWORDS)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def loaded(standing_county: County, db: None, clock: Path) -> County:
    """The demo county; what a test does to it is undone after the test."""
    return standing_county


def story_class() -> ClassGroup:
    return ClassGroup.objects.get(school__name="云岭完小", name="三年级2班")


def test_everything_of_the_county_is_there(loaded: County) -> None:
    assert Child.objects.count() == len(loaded.children)
    assert RollCall.objects.count() == len(loaded.roll_calls)
    assert AttendanceMark.objects.count() == len(loaded.marks)
    assert ActRecord.objects.filter(key=None).count() == len(loaded.acts)
    assert set(PackAdopted.objects.values_list("place__name", "pack_id")) == {
        ("石桥完小", "fujian/jianning-2024"),
        ("云岭完小", "seeds/shanshu-2014"),
        ("清溪初级中学", "seeds/xxx-township"),
    }


def test_loading_is_one_entry_in_the_journal(loaded: County) -> None:
    entry = JournalEntry.objects.get(act="DEMO_LOADED")
    assert (entry.act, entry.body["seed"], entry.body["pupils"]) == ("DEMO_LOADED", 1, 180)


def test_no_identity_number_of_a_real_area_is_stored(loaded: County) -> None:
    numbers = {child.identity_no() for child in Child.objects.exclude(identity_no_sealed=None)}
    assert {number[:6] for number in numbers} == {"000000"}
    assert all(number not in repr(JournalEntry.objects.values_list("body", flat=True)) for number in numbers)


def test_little_is_owed_and_hardly_anything_overdue(loaded: County) -> None:
    states = Counter(Obligation.objects.filter(child__isnull=False).values_list("state", flat=True))
    assert states[ObligationState.MET] > 50
    assert states[ObligationState.OPEN] + states[ObligationState.OVERDUE] < 20


def test_most_cases_are_closed_out(loaded: County) -> None:
    stages = Counter(Case.objects.values_list("stage", flat=True))
    assert stages[Stage.CLOSED] > sum(stages.values()) / 2


def test_the_story_class_can_be_called_by_its_teacher_today(loaded: County) -> None:
    teacher = Person.objects.get(user__username="teacher")
    assert refusal(teacher, Thing.ROLL_CALL, Verb.TAKE, story_class(), MORNING.date()) is None
    assert not RollCall.objects.filter(class_group=story_class(), day=MORNING.date()).exists()


def test_logins_are_shown_with_their_passwords_again_after_a_restart(loaded: County) -> None:
    shown = {login.username: login for login in demo.logins(PASSWORDS)}
    assert list(shown) == ["teacher", "office", "county"]
    teacher = shown["teacher"]
    assert (teacher.password, teacher.post, teacher.where) == (
        "one",
        Post.CLASS_TEACHER,
        "云岭完小三年级2班",
    )
    person = Person.objects.get(user__username="county")
    assert person.user is not None
    assert person.user.check_password("three")


def test_the_next_morning_moves_only_the_demo_clock(loaded: County, clock: Path) -> None:
    shown = demo.next_morning(at=MORNING + timedelta(minutes=42))
    assert shown == MONDAY
    assert demo.clock_shows(clock, MORNING) == MONDAY - timedelta(minutes=42)
    assert JournalEntry.objects.filter(act="DEMO_NEXT_MORNING").count() == 1


def test_the_next_morning_the_other_classes_have_been_called(loaded: County, clock: Path) -> None:
    demo.next_morning(at=MORNING)
    friday = set(RollCall.objects.filter(day=MORNING.date()).values_list("class_group", flat=True))
    others = set(ClassGroup.objects.exclude(pk=story_class().pk).values_list("pk", flat=True))
    assert story_class().pk not in friday
    assert len(others - friday) <= 2  # now and then a roll call is handed in late, or never


def test_a_roll_call_that_a_visitor_took_stays_as_it_was(loaded: County, clock: Path) -> None:
    called = RollCall.objects.filter(day=MORNING.date()).values_list("class_group", flat=True)
    group = ClassGroup.objects.exclude(pk__in=[*called, story_class().pk]).first()
    assert group is not None
    mine = RollCall.objects.create(
        class_group=group,
        day=MORNING.date(),
        session="MORNING",
        taken_at=MORNING,
        taken_by=Person.objects.get(user__username="teacher"),
        post=Post.SUBJECT_TEACHER,
        recorded_at=MORNING,
        expected=1,
        key="visitor",
    )
    demo.next_morning(at=MORNING)
    assert RollCall.objects.get(class_group=group, day=MORNING.date()) == mine


def test_mornings_go_on_to_the_end_of_a_week(loaded: County, clock: Path) -> None:
    shown = MORNING
    for _ in range(6):
        shown = demo.next_morning(at=shown)
    assert shown == at("2026-11-30 08:05")
    owed = Obligation.objects.filter(child__isnull=False, state=ObligationState.OVERDUE)
    assert owed.count() < 25


def test_a_closure_declared_in_the_demo_is_no_morning(loaded: County, clock: Path) -> None:
    ClosureDeclared.objects.create(
        place=Place.objects.get(kind=PlaceKind.COUNTY),
        from_day=date(2026, 11, 23),
        until=date(2026, 11, 24),
        reason="大雪停课",
        declared_at=MORNING,
    )
    assert demo.next_morning(at=MORNING) == at("2026-11-24 08:05")
    assert not RollCall.objects.filter(day=date(2026, 11, 23)).exists()


def test_outside_the_demo_no_clock_moves(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTONELESS_DEMO_CLOCK_FILE", raising=False)
    with pytest.raises(Refusal, match="只有演示系统"):
        demo.next_morning(at=MORNING)


@pytest.mark.parametrize(
    ("really", "shown"),
    [
        ("2026-11-20 08:04", "2026-11-19 08:05"),  # the morning check has only just begun
        ("2026-11-20 08:05", "2026-11-20 08:05"),
        ("2026-11-22 15:00", "2026-11-20 08:05"),  # a Sunday
        ("2026-10-05 12:00", "2026-09-30 08:05"),  # a public holiday
        ("2026-08-10 09:00", "2026-07-01 08:05"),  # the summer: ten school days of the year must be left
        ("2026-12-31 09:00", "2026-12-17 08:05"),  # the next year's holidays are not announced
        ("2029-03-01 09:00", "2026-12-17 08:05"),
    ],
)
def test_the_demo_begins_on_the_latest_school_morning(really: str, shown: str) -> None:
    assert demo.demo_moment(at(really), default_calendar()) == at(shown)


def test_a_demo_before_the_calendar_begins_is_refused() -> None:
    with pytest.raises(BeyondCalendar, match="没有可以演示的上课日"):
        demo.demo_moment(datetime(2010, 1, 1, tzinfo=CHINA_TIME), default_calendar())


def test_the_clock_runs_on_from_where_it_was_set(tmp_path: Path) -> None:
    demo.set_clock(tmp_path / "clock", show=MORNING, real_now=MONDAY)
    later = MONDAY + timedelta(minutes=3)
    assert demo.clock_shows(tmp_path / "clock", later) == MORNING + timedelta(minutes=3)


def test_the_whole_story_can_be_told(loaded: County, clock: Path) -> None:
    group, teacher = story_class(), Person.objects.get(user__username="teacher")
    office = Person.objects.get(user__username="office")
    settled = Case.objects.values_list("child_id", flat=True)
    child = Child.objects.filter(enrolments__class_group=group).exclude(pk__in=settled).first()
    assert child is not None
    away = [MarkGiven(child.pk, AttendanceStatus.ABSENT, AbsenceReason.UNEXCUSED)]
    shown = call(group, teacher, MORNING, away)
    report, visit = Obligation.objects.filter(child=child).order_by("due_at")
    assert (report.act, report.due_at) == (Act.REPORT, at("2026-11-20 09:05"))
    assert (visit.act, visit.due_at) == (Act.HOME_VISIT, at("2026-11-20 23:59"))
    casework.fulfil(by=teacher, obligation=report.key, happened_at=shown, at=shown)
    casework.fulfil(
        by=office, obligation=visit.key, happened_at=shown, at=shown, note="家里有人，答应明天来。"
    )
    for _ in range(5):
        shown = call(group, teacher, demo.next_morning(at=shown), [])
    case = Case.objects.get(child=child)
    assert case.stage == Stage.HELD
    principal = Person.objects.get(posts_held__post=Post.PRINCIPAL, posts_held__place=group.school_id)
    assert closing.may_ask(office, case, at=shown) is None
    asked = closing.ask_close_out(by=office, case=case, at=shown)
    closing.review_close_out(by=principal, asked=asked, decision=Decision.AGREED, at=shown)
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED


def call(group: ClassGroup, teacher: Person, moment: datetime, marks: list[MarkGiven]) -> datetime:
    """The story class called by its teacher; gives the moment back."""
    roll_calls.take(
        by=teacher,
        class_group=group,
        day=moment.date(),
        session="MORNING",
        marks=marks,
        taken_at=moment,
        at=moment,
        key=f"story/{moment}",
    )
    return moment


def test_after_the_next_morning_nobody_owes_a_roll_call_that_was_taken(loaded: County, clock: Path) -> None:
    tick(now=MORNING)
    demo.next_morning(at=MORNING)
    owed = Obligation.objects.filter(act=Act.TAKE_ROLL_CALL, state__in=LIVE)
    for obligation in owed:
        day = date.fromisoformat(obligation.occasion[:10])
        assert not RollCall.objects.filter(class_group=obligation.class_group, day=day).exists()
    assert owed.filter(class_group=story_class()).count() == 2  # the visitor's: Friday's and today's
