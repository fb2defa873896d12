"""未上传: the queue of records on a telephone, as a pure model that its JavaScript is held to.

Each function takes the queue as it is and gives what it becomes, with one word for what happened. An item
leaves the queue in one place only: `receipt`, when the server signed for this very record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

DONE_KEPT = 50  # ids of delivered records that are remembered, for a form that is saved a second time


class ItemState(StrEnum):
    """Where a record on the telephone stands."""

    WAITING = "WAITING"
    SENDING = "SENDING"  # a request is under way; nobody knows whether it arrived
    REFUSED = "REFUSED"  # the server said why it takes it for no record; kept, and tried after a restart


class Answer(StrEnum):
    """What became of an event."""

    SAVED = "SAVED"
    SAVED_BEFORE = "SAVED_BEFORE"
    FULL = "FULL"
    REVOKED = "REVOKED"
    SEND = "SEND"
    BUSY = "BUSY"
    NOTHING = "NOTHING"
    SIGNED_OUT = "SIGNED_OUT"
    DELETED = "DELETED"
    NOT_SIGNED = "NOT_SIGNED"
    NOT_HELD = "NOT_HELD"
    OTHER_RECORD = "OTHER_RECORD"
    KEPT = "KEPT"
    NOTED = "NOTED"


class Checkpoint(NamedTuple):
    """The last moment of the server's that the telephone has seen."""

    seq: int = 0
    token: str = ""


class Item(NamedTuple):
    """One record that is not yet known to have arrived."""

    id: str
    sequence: int
    digest: str
    checkpoint: str
    written_at: datetime
    state: ItemState = ItemState.WAITING
    tries: int = 0
    problem: str = ""


class ToCheck(NamedTuple):
    """A record that arrived and that a person at the school will look at."""

    id: str
    problem: str


class Queue(NamedTuple):
    """What a telephone holds for one person."""

    device: str
    next_sequence: int = 1
    items: tuple[Item, ...] = ()
    checkpoint: Checkpoint = Checkpoint()
    signed_in: bool = True
    revoked: bool = False
    full: bool = False
    done: tuple[str, ...] = ()
    to_check: tuple[ToCheck, ...] = ()


class Step(NamedTuple):
    """The queue after an event, and what became of it."""

    queue: Queue
    answer: Answer


class Waiting(NamedTuple):
    """未上传 N 条，已 D 天: how many records wait, and for how many whole days the oldest has."""

    many: int
    days: int


def write(queue: Queue, *, record: str, digest: str, at: datetime) -> Step:
    """Keep a new record under the next number; the same id again is the same record."""
    if record in queue.done or any(item.id == record for item in queue.items):
        return Step(queue, Answer.SAVED_BEFORE)
    if queue.revoked:
        return Step(queue, Answer.REVOKED)
    item = Item(record, queue.next_sequence, digest, queue.checkpoint.token, at)
    kept = queue._replace(items=(*queue.items, item), next_sequence=queue.next_sequence + 1, full=False)
    return Step(kept, Answer.SAVED)


def storage_full(queue: Queue) -> Step:
    """The telephone could not keep what was being written; nothing was saved and no number was used."""
    return Step(queue._replace(full=True), Answer.FULL)


def start_send(queue: Queue) -> Step:
    """Send the first record that waits, one at a time."""
    if not queue.signed_in:
        return Step(queue, Answer.SIGNED_OUT)
    if any(item.state is ItemState.SENDING for item in queue.items):
        return Step(queue, Answer.BUSY)
    first = next((item for item in queue.items if item.state is ItemState.WAITING), None)
    if first is None:
        return Step(queue, Answer.NOTHING)
    return Step(_with(queue, first._replace(state=ItemState.SENDING)), Answer.SEND)


def receipt(
    queue: Queue,
    *,
    record: str,
    digest: str,
    verified: bool,
    state: str = "RECORDED",
    problem: str = "",
    seq: int = 0,
    token: str = "",
) -> Step:
    """A receipt came, `verified` under the telephone's key or not; only its own record is deleted."""
    if not verified:
        return Step(_back(queue), Answer.NOT_SIGNED)
    mine = next((item for item in queue.items if item.id == record), None)
    if mine is None:
        return Step(queue, Answer.NOT_HELD)
    if mine.digest != digest:
        return Step(_back(queue), Answer.OTHER_RECORD)
    rest = queue._replace(
        items=tuple(item for item in queue.items if item.id != record),
        done=(*queue.done, record)[-DONE_KEPT:],
        to_check=(*queue.to_check, ToCheck(record, problem)) if state == "TO_CHECK" else queue.to_check,
    )
    return Step(_seen(rest, seq, token), Answer.DELETED)


def refused(queue: Queue, *, record: str, problem: str) -> Step:
    """The server takes it for no record; it stays, with the words, and does not hold up the others."""
    mine = next((item for item in queue.items if item.id == record), None)
    if mine is None:
        return Step(queue, Answer.NOT_HELD)
    said = mine._replace(state=ItemState.REFUSED, tries=mine.tries + 1, problem=problem)
    return Step(_with(queue, said), Answer.KEPT)


def cut(queue: Queue) -> Step:
    """No answer came, or none that says anything; whether the record arrived is not known."""
    return Step(_back(queue), Answer.KEPT)


def restart(queue: Queue) -> Step:
    """The page was closed, killed or loaded anew; what was under way is tried again."""
    items = tuple(item._replace(state=ItemState.WAITING, problem="") for item in queue.items)
    return Step(queue._replace(items=items, signed_in=True, full=False), Answer.KEPT)


def sign_out(queue: Queue) -> Step:
    """The server does not know who is asking; the records wait for the person to sign in."""
    return Step(_back(queue)._replace(signed_in=False), Answer.KEPT)


def sign_in(queue: Queue) -> Step:
    """The person is signed in again."""
    return Step(queue._replace(signed_in=True), Answer.NOTED)


def revoke(queue: Queue) -> Step:
    """The telephone was taken off: nothing new is written on it, what waits may still be sent."""
    return Step(queue._replace(revoked=True), Answer.NOTED)


def register(queue: Queue, *, device: str) -> Step:
    """Registered, or registered anew; a new registration counts from one again."""
    number = queue.next_sequence if device == queue.device else 1
    return Step(queue._replace(device=device, next_sequence=number, revoked=False), Answer.NOTED)


def see(queue: Queue, *, seq: int, token: str) -> Step:
    """A checkpoint of the server's; an older one, come late, is passed over."""
    return Step(_seen(queue, seq, token), Answer.NOTED)


def look(queue: Queue) -> Step:
    """The person has read which records the school will look at."""
    return Step(queue._replace(to_check=()), Answer.NOTED)


def waiting(queue: Queue, now: datetime) -> Waiting:
    """How many records wait, and for how many whole days the oldest has."""
    spans = [now - item.written_at for item in queue.items]
    return Waiting(len(spans), max([0, *(span // timedelta(days=1) for span in spans)]))


EVENTS: Mapping[str, Callable[..., Step]] = {
    each.__name__: each
    for each in (
        *(write, storage_full, start_send, receipt, refused, cut, restart),
        *(sign_out, sign_in, revoke, register, see, look),
    )
}


def happen(queue: Queue, event: str, **more: Any) -> Step:
    """Let an event happen by its name."""
    return EVENTS[event](queue, **more)


def _with(queue: Queue, changed: Item) -> Queue:
    return queue._replace(items=tuple(changed if each.id == changed.id else each for each in queue.items))


def _back(queue: Queue) -> Queue:
    """What was being sent waits again."""
    items = tuple(
        item._replace(state=ItemState.WAITING, tries=item.tries + 1)
        if item.state is ItemState.SENDING
        else item
        for item in queue.items
    )
    return queue._replace(items=items)


def _seen(queue: Queue, seq: int, token: str) -> Queue:
    return queue._replace(checkpoint=Checkpoint(seq, token)) if seq > queue.checkpoint.seq else queue
