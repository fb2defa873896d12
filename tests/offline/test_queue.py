"""The telephone's queue as a model: what leaves it, what never does, and what the page shows of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import at
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.outbound import EVENTS, Answer, ItemState, Queue, happen, waiting

MONDAY = at("2025-09-08 08:05")
NAMES = st.sampled_from(["a", "b", "c"])
DIGESTS = st.sampled_from(["1", "2"])
SEEN = {"seq": st.integers(0, 9), "token": st.just("t")}
WITH: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "write": {"record": NAMES, "digest": DIGESTS, "at": st.just(MONDAY)},
    "receipt": {"record": NAMES, "digest": DIGESTS, "verified": st.booleans(), **SEEN},
    "refused": {"record": NAMES, "problem": st.just("不完整")},
    "register": {"device": st.sampled_from(["one", "other"])},
    "see": SEEN,
}
EVENT = st.sampled_from(sorted(EVENTS)).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(WITH.get(name, {})))
)


@given(st.lists(EVENT, max_size=40))
def test_a_record_leaves_only_on_a_signed_receipt_for_its_own_bytes(events: list[Any]) -> None:
    queue = Queue("one")
    for name, more in events:
        before = {item.id: item.digest for item in queue.items}
        queue, answer = happen(queue, name, **more)
        gone = before.keys() - {item.id for item in queue.items}
        right = answer is Answer.DELETED and more["verified"] and before[more["record"]] == more["digest"]
        assert gone == ({more["record"]} if right else set())


@given(st.lists(EVENT, max_size=40))
def test_numbers_go_up_without_a_gap_and_one_record_is_sent_at_a_time(events: list[Any]) -> None:
    queue, numbers = Queue("one"), []
    for name, more in events:
        last = queue
        queue, answer = happen(queue, name, **more)
        if queue.device != last.device:
            numbers.clear()
        if answer is Answer.SAVED:
            numbers.append(queue.items[-1].sequence)
        assert numbers == list(range(1, len(numbers) + 1))
        assert sum(item.state is ItemState.SENDING for item in queue.items) <= 1
        assert queue.checkpoint.seq >= last.checkpoint.seq


def test_a_full_disk_keeps_nothing_and_uses_no_number() -> None:
    full = happen(Queue("one"), "storage_full").queue
    after = happen(full, "write", record="a", digest="1", at=MONDAY)
    assert (full.full, full.items, full.next_sequence) == (True, (), 1)
    assert (after.answer, after.queue.full, after.queue.items[0].sequence) == (Answer.SAVED, False, 1)


def test_a_record_that_is_no_record_does_not_hold_up_the_others() -> None:
    queue = Queue("one")
    for name in "ab":
        queue = happen(queue, "write", record=name, digest=name, at=MONDAY).queue
    queue = happen(happen(queue, "start_send").queue, "refused", record="a", problem="不完整").queue
    sending = happen(queue, "start_send").queue
    assert [item.state.value for item in sending.items] == ["REFUSED", "SENDING"]
    assert [item.state.value for item in happen(sending, "restart").queue.items] == ["WAITING", "WAITING"]


def test_a_late_receipt_still_deletes_its_record() -> None:
    queue = happen(Queue("one"), "write", record="a", digest="1", at=MONDAY).queue
    queue = happen(happen(queue, "start_send").queue, "cut").queue
    assert happen(queue, "receipt", record="a", digest="1", verified=True).queue.items == ()


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        (MONDAY, 0),
        (MONDAY + timedelta(hours=23, minutes=59), 0),
        (MONDAY + timedelta(days=1), 1),
        (MONDAY + timedelta(days=3, hours=5), 3),
        (MONDAY - timedelta(days=400), 0),  # somebody turned the clock back
    ],
)
def test_how_long_the_oldest_has_waited_is_said_in_whole_days(moment: datetime, days: int) -> None:
    queue = Queue("one")
    for name, written in (("a", MONDAY), ("b", MONDAY + timedelta(days=2))):
        queue = happen(queue, "write", record=name, digest="1", at=written).queue
    assert waiting(queue, moment) == (2, days)
    assert waiting(Queue("one"), moment) == (0, 0)
