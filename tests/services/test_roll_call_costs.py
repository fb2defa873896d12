"""What a roll call costs the database, and that looking at few children misses none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from builders_db import School, a_school, at
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.records.models import Case, Child, Obligation
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


DATES = ["09-08", "09-09", "09-10", "09-11", "09-12", "09-15"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pack=st.sampled_from(["seeds/shanshu-2014", "seeds/xxx-township", "fujian/jianning-2024"]),
    order=st.permutations(range(len(DATES))),
    letters=st.lists(st.text("AL.TU", max_size=3), min_size=len(DATES), max_size=len(DATES)),
    called=st.integers(2, len(DATES)),
)
def test_looking_at_a_few_children_finds_what_looking_at_all_would(
    pack: str, order: list[int], letters: list[str], called: int
) -> None:
    school = a_school(pupils=3, pack=pack, name=f"校{Child.objects.count()}")
    for place, i in enumerate(order[:called]):
        school.roll_call(letters[i], f"2025-{DATES[i]} 08:05", recorded=f"2025-09-16 {9 + place:02}:00")
        before = state()
        reassess([p.pk for p in school.pupils], as_of=at(f"2025-09-16 {9 + place:02}:00"))
        assert state() == before
