"""Whatever network, telephones and people do: what was told to be kept is kept, and recorded once."""

from __future__ import annotations

from random import Random

import pytest
from builders_db import a_school
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bench.offline.schedule import MOST_PHONES, live_through
from bench.offline.valley import KINDS, Fate, Ground, Valley, a_ground
from notoneless.core.outbound import Answer
from notoneless.records.models import Place

pytestmark = pytest.mark.django_db
SMALL = st.integers(0, 7)


@pytest.fixture
def place() -> Place:
    return a_school(pupils=0).place


class Weeks(RuleBasedStateMachine):
    """Hypothesis chooses what happens in the valley, and shortens what goes wrong to its few steps."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.valley = Valley(self.ground)
        self.valley.new_phone(self.ground.teacher)

    def phone(self, number: int):  # type: ignore[no-untyped-def]
        return self.valley.phones[number % len(self.valley.phones)]

    @rule(phone=SMALL, kind=st.sampled_from(KINDS), pupil=SMALL, again=st.booleans())
    def write(self, phone: int, kind: str, pupil: int, again: bool) -> None:
        self.valley.write(self.phone(phone), kind, pupil, again=again)

    @rule(phone=SMALL, fate=st.sampled_from(Fate), at=st.floats(0, 1))
    def send(self, phone: int, fate: Fate, at: float) -> None:
        self.valley.send(self.phone(phone), fate, at)

    @rule(
        phone=SMALL, what=st.sampled_from(("kill", "disk_is_full", "take_off", "asks", "sign_out", "sign_in"))
    )
    def happens_to_a_phone(self, phone: int, what: str) -> None:
        getattr(self.valley, what)(self.phone(phone))

    @rule(phone=SMALL)
    def copy(self, phone: int) -> None:
        if len(self.valley.phones) < MOST_PHONES:
            self.valley.copy(self.phone(phone))

    @rule(number=SMALL, what=st.sampled_from(("land", "arrive_late")))
    def comes_in(self, number: int, what: str) -> None:
        getattr(self.valley, what)(number)

    @rule(phone=SMALL, number=SMALL)
    def mislead(self, phone: int, number: int) -> None:
        self.valley.mislead(self.phone(phone), number)

    @rule()
    def reassign(self) -> None:
        self.valley.reassign()

    @rule(hours=st.sampled_from((1, 3, 24, 72, 168)))
    def wait(self, hours: int) -> None:
        self.valley.wait(hours)

    @rule()
    def colleague_gets_a_phone(self) -> None:
        if len(self.valley.phones) < MOST_PHONES:
            self.valley.new_phone(self.ground.colleague)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.valley.lost() == []

    def teardown(self) -> None:
        try:
            self.valley.heal()
            assert list(self.valley.faults()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)


def test_no_schedule_that_hypothesis_finds_loses_a_record(place: Place) -> None:
    Weeks.ground = a_ground(place, 1)
    run_state_machine_as_test(
        Weeks,
        settings=settings(
            max_examples=40, stateful_step_count=20, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )


def test_no_drawn_schedule_loses_a_record(place: Place) -> None:
    faults = {}
    for seed in range(40):
        valley = live_through(a_ground(place, seed), Random(seed))
        if found := list(valley.faults()):
            faults[seed] = found
    assert faults == {}


@pytest.mark.parametrize("fate", [Fate.FORGED, Fate.IMPOSTOR])
def test_an_answer_that_the_server_did_not_sign_deletes_nothing(place: Place, fate: Fate) -> None:
    valley = Valley(a_ground(place, 1))
    phone = valley.new_phone(valley.ground.teacher)
    valley.write(phone, "VISIT", 0)
    valley.send(phone, fate)
    assert (len(phone.texts), phone.queue.items[0].tries) == (1, 1)


def test_the_answer_for_another_record_deletes_nothing(place: Place) -> None:
    valley = Valley(a_ground(place, 1))
    phones = [valley.new_phone(person) for person in (valley.ground.teacher, valley.ground.colleague)]
    for phone in phones:
        valley.write(phone, "VISIT", 0)
    valley.send(phones[0], Fate.ANSWER_LATE)
    answer = valley.late[0]
    assert phones[1].hear(phones[1].queue.items[0].id, answer.status, answer.content) is Answer.NOT_HELD
    assert [len(phone.texts) for phone in phones] == [1, 1]
    valley.arrive_late(0)
    assert [len(phone.texts) for phone in phones] == [0, 1]


def test_the_receipt_for_other_bytes_under_the_same_id_deletes_nothing(place: Place) -> None:
    valley = Valley(a_ground(place, 1))
    phone = valley.new_phone(valley.ground.teacher)
    valley.copy(phone)
    valley.write(phone, "VISIT", 0)
    valley.wait(1)
    valley.write(valley.phones[1], "VISIT", 1, again=True)
    valley.send(phone, Fate.ARRIVES)
    valley.send(valley.phones[1], Fate.IMPOSTOR)
    assert [len(each.texts) for each in valley.phones] == [0, 1]
    valley.heal()
    assert list(valley.faults()) == []


@pytest.mark.parametrize("fate", [Fate.REQUEST_CUT, Fate.ANSWER_CUT])
def test_a_cut_at_any_byte_loses_nothing(place: Place, fate: Fate) -> None:
    valley = Valley(a_ground(place, 1))
    phone = valley.new_phone(valley.ground.teacher)
    for part in range(0, 100, 7):
        valley.write(phone, "VISIT", part)
        valley.kill(phone)
        valley.send(phone, fate, part / 100)
        assert valley.lost() == []
    valley.heal()
    assert list(valley.faults()) == []
