"""What a roll call costs the database, and that looking at few children misses none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from builders import in_a_pack, rule
from builders_db import School, a_school, at
from django.db import connection

from notoneless.records import constants
from notoneless.records.models import Case, Obligation
from notoneless.services.assessments import reassess

pytestmark = pytest.mark.django_db
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent meanwhile, without those that only mark a transaction."""
    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(SAVEPOINTS):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def counted(school: School, letters: str, moment: str) -> int:
    with statements() as seen:
        school.roll_call(letters, moment)
    return len(seen)


@pytest.mark.parametrize("letters", ["", "A", "AAAA", "ALTU"])
def test_a_roll_call_is_one_read_and_one_write(letters: str) -> None:
    school = a_school(pupils=8)
    school.calls("09-08 A", "09-09 .A")  # the packs, the calendar and the class are in memory now
    cost = counted(school, letters, "2025-09-10 08:05")
    if connection.vendor == "postgresql":
        assert cost == 2
    else:
        # SQLite's statements are calls into our own process, one a kind of row, however many children; a case
        # that is opened takes two.
        opened = Case.objects.filter(opened_at__gte=at("2025-09-10 00:00")).count()
        assert cost <= 9 + 2 * opened


def test_a_roll_call_sent_again_is_one_read_more() -> None:
    school = a_school()
    school.roll_call("A", key="k")
    with statements() as seen:
        school.roll_call("A", key="k")
    assert len(seen) == 2


def state() -> list[tuple[object, ...]]:
    """Everything derived, without what moves by the clock alone."""
    owed = [
        (o.key, "LIVE" if o.state in ("OPEN", "OVERDUE") else str(o.state)) for o in Obligation.objects.all()
    ]
    return [*sorted(owed), *sorted((c.number, str(c.stage)) for c in Case.objects.all())]


DATES = ["09-08", "09-09", "09-10", "09-11", "09-12"]
PACKS = ["seeds/shanshu-2014", "seeds/xxx-township", "fujian/jianning-2024"]
PUPILS = 6


@pytest.mark.parametrize("seed", range(12))
def test_looking_at_a_few_children_finds_what_looking_at_all_would(seed: int) -> None:
    """Whatever the order the roll calls arrive in: late ones come between those that are there."""
    # Shrinking draws would nearly all have the whole class alike; six pupils who differ find more.
    dice = Random(seed)
    school = a_school(pupils=PUPILS, pack=PACKS[seed % len(PACKS)])
    order = DATES if seed % 2 else dice.sample(DATES, len(DATES))
    for hour, day in enumerate(order, 9):
        letters = "".join(dice.choices("A.LTU", [6, 8, 1, 1, 1], k=PUPILS))
        now = f"2025-09-12 {hour:02}:00"
        school.roll_call(letters, f"2025-{day} 08:05", recorded=now)
        before = state()
        reassess([p.pk for p in school.pupils], as_of=at(now))
        assert state() == before


def test_a_late_roll_call_between_two_absences_is_seen_even_without_a_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packs = in_a_pack(rule('absence = "2 school days"'))
    monkeypatch.setattr(constants, "packs_of", lambda adopted: packs)
    school = a_school()
    school.calls("09-08 A", "09-10 A")
    assert school.states(0) == ["VERIFY OPEN"]
    school.roll_call("", "2025-09-09 08:05", recorded="2025-09-10 09:00")
    assert school.states(0) == ["VERIFY WITHDRAWN"]
