"""The database itself refuses to change or delete a fact, whoever asks and however."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import pytest
from builders_db import School, a_school, at
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ChangeKind,
    ContestKind,
    ContestOutcome,
    EventKind,
    Paper,
    Post,
    RouteKind,
    TipFinding,
)
from notoneless.records.append_only import FACTS, lay_triggers
from notoneless.records.models import (
    Case,
    Child,
    Contest,
    ContestAnswered,
    Explained,
    ExplainedTaken,
    Guardian,
    JournalEntry,
    Person,
    PostHeld,
    Tip,
    TipAnswered,
    TipForwarded,
    TipReply,
)
from notoneless.services import casework, roll_calls
from notoneless.services.break_glass import break_glass
from notoneless.services.enrolment_changes import ask_change
from notoneless.services.hand_over import hand_over, receive
from notoneless.services.place_acts import record_place_act
from notoneless.services.special_routes import approve_route

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_fact() -> School:
    """A school with a row in every table of facts."""
    school = a_school()
    school.roll_call("A")
    rival = school.roll_call(".A", "2025-09-08 08:10", by=school.office)
    first = school.class_group.roll_calls.get(standing=True)
    moment = at("2025-09-08 08:30")
    roll_calls.settle(by=school.office, chosen=first, other=rival.roll_call, reason="核实", at=moment)
    child = school.pupils[0]
    casework.record_act(by=school.teacher, child=child, act=Act.REPORT, happened_at=moment, at=moment)
    casework.record_event(
        by=school.teacher, child=child, kind=EventKind.WEARY_OF_SCHOOL, happened_at=moment, at=moment
    )
    roll_calls.grant_leave(
        by=school.teacher,
        child=child,
        from_day=moment.date().replace(day=9),
        until=moment.date().replace(day=10),
        reason=AbsenceReason.SICK,
        granted_at=moment,
        at=moment,
    )
    record_place_act(by=school.office, about=school.place, act=Act.MEET, happened_at=moment, at=moment)
    enrolment_life(school, child, moment)
    families_and_public(school, child, moment)
    handed_over_and_looked_at(school, moment)
    a_row_in_each_table_still_empty()
    return school


def handed_over_and_looked_at(school: School, moment: datetime) -> None:
    """The class has a new teacher, and the office of another school looked at its first pupil."""
    new = Person.objects.create(name="新老师")
    left = PostHeld.objects.get(person=school.teacher)
    made = hand_over(by=school.principal, held=left, to=new, from_day=moment.date(), at=moment)
    receive(by=new, hand_over=made, at=moment)
    number = Case.objects.get(child=school.pupils[0]).number
    stranger = a_school(name="石门完小").office
    break_glass(by=stranger, number=number, reason="孩子独自出现在本校门口", at=moment)


def families_and_public(school: School, child: Child, moment: datetime) -> None:
    """A guardian explained and contested, somebody gave a tip, and all of it was answered."""
    elder = Guardian.objects.create(child=child, name="安祖母")
    said = {"child": child, "guardian": elder, "at": moment}
    done = {"by": school.office, "at": moment}
    days = {"from_day": moment.date(), "until": moment.date()}
    explained = Explained.objects.create(reason=AbsenceReason.SICK, key="e", **days, **said)
    ExplainedTaken.objects.create(explained=explained, **done)
    contest = Contest.objects.create(school=school.place, kind=next(iter(ContestKind)), key="c", **said)
    outcome, post = next(iter(ContestOutcome)), {"by_post": Post.SCHOOL_OFFICE}
    ContestAnswered.objects.create(contest=contest, outcome=outcome, words="已核实", **post, **done)
    tip = Tip.objects.create(receipt="T1", place=school.township, seen="有孩子在放羊", at=moment, key="t")
    passed = TipForwarded.objects.create(tip=tip, to=school.place, words="请核实", key="f", **done)
    TipReply.objects.create(forwarded=passed, words="已核实", **post, **done)
    TipAnswered.objects.create(tip=tip, finding=next(iter(TipFinding)), words="已核实", **done)


def enrolment_life(school: School, child: Child, moment: datetime) -> None:
    """A change asked for and a special route."""
    given = {"by": school.office, "child": child, "from_day": moment.date(), "at": moment}
    ask_change(kind=ChangeKind.DEATH, papers=[Paper.DEATH_CERTIFICATE], **given)
    approve_route(kind=RouteKind.INCLUSIVE_PLACEMENT, school=school.place, approved_by="县教育局", **given)


def a_row_in_each_table_still_empty() -> None:
    """Whatever table of facts nobody filled by an act gets a row made up from its fields."""
    for model in apps.get_app_config("records").get_models():
        if model._meta.db_table in FACTS and not model._default_manager.exists():
            made_up(model)


def made_up(model: type[Model]) -> Model:
    """A row with something in every field that must not be empty, and the rows it points to."""
    given = {f.attname: value for f in model._meta.concrete_fields if (value := something(f)) is not None}
    return model._default_manager.create(**given)


def something(field: Any) -> object:
    """A value for the field, or None where it fills itself or may be empty."""
    if field.is_relation:
        if field.null:
            return None
        free = field.related_model._default_manager.all()
        if field.one_to_one:
            free = free.exclude(pk__in=field.model._default_manager.values(field.attname))
        return (free.first() or made_up(field.related_model)).pk
    if field.has_default() or field.null or field.auto_created:
        return None
    if term := getattr(field, "term", None):
        return next(iter(term))
    return SAMPLES[field.get_internal_type()]()


SAMPLES: dict[str, Any] = {
    "CharField": lambda: "x",
    "TextField": lambda: "x",
    "JSONField": list,
    "BooleanField": bool,
    "UUIDField": uuid.uuid4,
    "BinaryField": lambda: b"x",
    "DecimalField": lambda: 1,
    "DateField": lambda: date(2025, 9, 8),
    "DateTimeField": lambda: at("2025-09-08 08:30"),
    **dict.fromkeys(("PositiveSmallIntegerField", "PositiveIntegerField", "BigIntegerField"), lambda: 1),
}


def refused(sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.usefixtures("every_fact")
@pytest.mark.parametrize("table", FACTS)
def test_a_fact_is_neither_changed_nor_deleted(table: str) -> None:
    column = FACTS[table][0]
    refused(f"UPDATE {table} SET {column} = {column}")
    refused(f"DELETE FROM {table}")


@pytest.mark.usefixtures("every_fact")
@pytest.mark.parametrize("table", FACTS)
def test_a_fact_is_not_replaced_or_swept_away(table: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL has another reason to refuse
        refused(f"TRUNCATE {table} CASCADE")
    else:
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.usefixtures("every_fact")
@pytest.mark.parametrize("table", FACTS)
def test_replacing_is_refused_on_a_connection_that_does_not_fire_triggers_twice(table: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = OFF")
        try:
            refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers = ON")
    else:
        refused(
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({FACTS[table][0]}) "
            f"DO UPDATE SET {FACTS[table][0]} = EXCLUDED.{FACTS[table][0]}"
        )


def test_the_orm_is_refused_too() -> None:
    a_school().roll_call("")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        JournalEntry.objects.update(reason="改口")


def test_laying_the_triggers_again_changes_nothing() -> None:
    lay_triggers(connection)
    a_school().roll_call("")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        JournalEntry.objects.all().delete()
