"""离线: telephones that write without signal, and every record that comes in from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import DataError, transaction

from notoneless.core.case_terms import OfflineState, RecordFlag
from notoneless.records.models import Device, JournalEntry, OfflineReceived, OfflineVariant, Person
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.flags import FlagGiven, put_flags
from notoneless.services.offline_bodies import Sent, read_sent
from notoneless.services.offline_making import Made, Pictures, Source, make, pictures_of
from notoneless.services.offline_receipts import Receipt, read_checkpoint, sign
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

RECORDED, TO_CHECK = OfflineState.RECORDED, OfflineState.TO_CHECK
OFFLINE, VARIANT = "offline", "offline_variant"  # as the journal names them
RECEIVED = "RECEIVE_OFFLINE"


class Received(NamedTuple):
    """What a telephone is answered."""

    receipt: Receipt
    signature: str
    problem: Refusal | None  # the receipt's words in both languages


class Doubt(NamedTuple):
    """Why a record is looked at by a person; one that `stops` is kept without being recorded."""

    why: Refusal
    stops: bool = True
    flag: RecordFlag | None = None


# 设备.


@one_act
def register(*, by: Person | int, name: str, at: datetime, device: UUID | None = None) -> Device:
    """The registration of a telephone, under the number it drew if that is free; the same twice is one."""
    person = the_person(by)
    known = Device.objects.filter(pk=device).first() if device else None
    if known is not None and known.person_id == person.pk and known.revoked_at is None:
        return known
    made = Device.objects.create(
        id=device if device and known is None else uuid4(),
        person=person,
        name=name.strip()[:60],
        registered_at=at,
        last_seen_at=at,
    )
    _journal("REGISTER_DEVICE", "device", made.pk, {}, person, at)
    return made


@one_act
def revoke(*, by: Person | int, device: UUID, at: datetime) -> Device:
    """Take off one of one's telephones; what it still sends, a person looks at. Raises Refusal."""
    person = the_person(by)
    row = Device.objects.select_for_update().filter(pk=device, person=person).first()
    if row is None:
        raise Refusal("NO_DEVICE", "没有登记过这部手机。", "No such phone is registered.")
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        _journal("REVOKE_DEVICE", "device", row.pk, {}, person, at)
    return row


# 上传.


def receive(*, by: Person | int, content: bytes, at: datetime) -> Received:
    """Keep what a telephone sent and do what it says, in one transaction; the same bytes, the same receipt.

    Raises Refusal only for bytes that are no record: those the telephone keeps.
    """
    sent = read_sent(content)
    known = OfflineReceived.objects.filter(pk=sent.id).exists()
    return _receive(by, sent, Pictures() if known else pictures_of(sent.kind, sent.body), at)


@one_act
def _receive(by: Person | int, sent: Sent, pictures: Pictures, at: datetime) -> Received:
    person = the_person(by)
    device = _device(sent.device, person, at)
    first = OfflineReceived.objects.filter(pk=sent.id).first()
    if first is None:
        return _first(person, device, sent, pictures, at)
    return _again(first, device, sent, person, at)


def _device(number: UUID, person: Person, at: datetime) -> Device:
    """The telephone, held until the transaction ends, so that two copies of it come one after the other.

    One that we do not know, after a restored backup perhaps, is entered as taken off.
    """
    row = Device.objects.select_for_update().filter(pk=number).first()
    if row is None:
        return Device.objects.create(
            id=number, person=person, registered_at=at, last_seen_at=at, revoked_at=at
        )
    Device.objects.filter(pk=number).update(last_seen_at=at)
    return row


def _first(person: Person, device: Device, sent: Sent, pictures: Pictures, at: datetime) -> Received:
    doubts = list(_doubts(person, device, sent, at))
    seen = read_checkpoint(sent.checkpoint)
    source = Source(
        person, str(sent.id), seen.at if seen else device.registered_at, sent.claimed_at or at, at
    )
    made: Made | None = None
    if not any(doubt.stops for doubt in doubts):
        made, more = _made(sent, source, pictures)
        doubts += more
    row = OfflineReceived(
        id=sent.id,
        device=device,
        person=person,
        sequence=sent.sequence,
        kind=sent.kind,
        digest=sent.digest,
        checkpoint_seq=seen.seq if seen else 0,
        checkpoint_at=source.written_after,
        claimed_at=source.claimed_at,
        received_at=at,
        state=RECORDED if made else TO_CHECK,
        made_kind=made.kind if made else "",
        made_id=made.id if made else "",
        problem=_kept_words([doubt.why for doubt in doubts]),
    )
    row.keep_body(sent.text)
    row.save(force_insert=True)
    _flag_both(row, doubts, made, at)
    _journal(RECEIVED, OFFLINE, row.pk, _body(row), person, at)
    return _answer(_receipt(row), row.problem)


def _made(sent: Sent, source: Source, pictures: Pictures) -> tuple[Made | None, list[Doubt]]:
    """What the record says, done; or why the service that does it would not."""
    try:
        with transaction.atomic():
            made = make(sent.kind, sent.body, source, pictures.ready)
    except Refusal as refusal:
        flag = RecordFlag.NO_LONGER_THEIRS if refusal.code == "NO_LONGER_THEIRS" else None
        return None, [Doubt(refusal, flag=flag)]
    except DataError:  # a text that PostgreSQL will not keep
        why = Refusal("NOT_STORABLE", "内容超出了能保存的长度或范围。", "It is longer than can be kept.")
        return None, [Doubt(why)]
    return made, [Doubt(refusal, stops=False) for refusal in pictures.refused]


def _doubts(person: Person, device: Device, sent: Sent, at: datetime) -> Iterator[Doubt]:
    """What can be said against a record before it is read."""
    if device.revoked_at is not None:
        yield Doubt(
            Refusal(
                "DEVICE_REVOKED",
                "这部手机已停用或没有登记过。",
                "This phone was taken off, or was never registered.",
            )
        )
    if device.person_id != person.pk:
        yield Doubt(
            Refusal(
                "OTHERS_DEVICE",
                f"手机登记在{device.person.name}名下，由{person.name}上传。",
                f"The phone is registered to {device.person.name}; {person.name} sent it.",
            )
        )
    if read_checkpoint(sent.checkpoint) is None:
        yield Doubt(
            Refusal(
                "BAD_CHECKPOINT",
                "无法确认它写于何时：没有本系统的对时凭证。",
                "It carries no checkpoint of ours, so that nothing says when it was written.",
            )
        )
    if sent.claimed_at is None:
        yield Doubt(
            Refusal("NO_CLOCK", "手机时间读不懂。", "The phone's time cannot be read."),
        )
    if OfflineReceived.objects.filter(device=device, sequence=sent.sequence).exists():
        yield Doubt(
            Refusal(
                "REPEATED_NUMBER",
                f"同一部手机的第 {sent.sequence} 条已收到过另一条；手机可能被复制，请核对。",
                f"Another record number {sent.sequence} came from this phone; it may have been copied.",
            ),
            stops=False,
            flag=RecordFlag.REPEATED_NUMBER,
        )


def _again(first: OfflineReceived, device: Device, sent: Sent, person: Person, at: datetime) -> Received:
    """The same id once more: the same receipt for the same bytes; other bytes are kept beside the first."""
    if sent.digest == first.digest:
        return _answer(_receipt(first), first.problem)
    other = OfflineVariant.objects.filter(received=first, digest=sent.digest).first()
    if other is None:
        other = OfflineVariant(received=first, device=device, digest=sent.digest, at=at)
        other.keep_body(sent.text)
        other.save(force_insert=True)
        doubt = Doubt(_OTHER_ACCOUNT, flag=RecordFlag.OTHER_ACCOUNT)
        _flag_both(first, [doubt], _what_it_made(first), at)
        _journal(RECEIVED, VARIANT, other.pk, {"offline": str(first.pk), "digest": other.digest}, person, at)
    seq = _journalled(VARIANT, other.pk)
    receipt = Receipt(sent.id, other.digest, sent.sequence, seq, other.at, TO_CHECK, _OTHER_ACCOUNT.zh)
    return Received(receipt, sign(receipt), _OTHER_ACCOUNT)


_OTHER_ACCOUNT = Refusal(
    "OTHER_ACCOUNT",
    "同一编号已收到内容不同的一份；两份都已保存，由学校核对。",
    "A different record came under this number before; both are kept, and the school will check.",
)


def _what_it_made(row: OfflineReceived) -> Made | None:
    return Made(row.made_kind, row.made_id) if row.made_kind else None


def _flag_both(row: OfflineReceived, doubts: Sequence[Doubt], made: Made | None, at: datetime) -> None:
    """Flags stand beside what arrived, beside what it made, and beside the other under the same number."""
    flags = [FlagGiven(doubt.flag, doubt.why.zh) for doubt in doubts if doubt.flag]
    if not flags:
        return
    put_flags(OFFLINE, str(row.pk), flags, at)
    if made is not None:
        put_flags(made.kind, made.id, flags, at)
    if any(each.flag is RecordFlag.REPEATED_NUMBER for each in flags):
        same = OfflineReceived.objects.filter(device=row.device_id, sequence=row.sequence)
        for other in same.exclude(pk=row.pk):
            put_flags(OFFLINE, str(other.pk), flags, at)
            if other.made_kind:
                put_flags(other.made_kind, other.made_id, flags, at)


# 回执.


def _receipt(row: OfflineReceived) -> Receipt:
    zh = row.problem.partition("\n")[0]
    seq = _journalled(OFFLINE, row.pk)
    return Receipt(row.pk, row.digest, row.sequence, seq, row.received_at, row.state, zh)


def _answer(receipt: Receipt, problem: str) -> Received:
    return Received(receipt, sign(receipt), problem_of(problem))


def problem_of(kept: str) -> Refusal | None:
    """The words kept with a record, in both languages; None if there are none."""
    zh, _, en = kept.partition("\n")
    return Refusal("TO_CHECK", zh, en or zh) if zh else None


def _kept_words(whys: Sequence[Refusal]) -> str:
    """Why a person looks, Chinese and English, in the 300 characters there are."""
    zh, en = "".join(why.zh for why in whys), " ".join(why.en for why in whys)
    return f"{zh}\n{en}" if en and len(zh) + len(en) < 300 else zh[:300]


# 流水.


def _body(row: OfflineReceived) -> dict[str, object]:
    return {
        "device": str(row.device_id),
        "sequence": row.sequence,
        "kind": row.kind.value,
        "digest": row.digest,
        "state": row.state.value,
        "made": [row.made_kind, row.made_id],
        "written_after": row.checkpoint_at.isoformat(),
        "claimed_at": row.claimed_at.isoformat(),
    }


def _journal(act: str, kind: str, number: UUID, body: dict[str, object], by: Person, at: datetime) -> None:
    keep(Changes(), at=at, entry=Entry(act, kind, str(number), body, by))


def _journalled(kind: str, number: UUID) -> int:
    """The place in the journal at which it arrived."""
    entry = JournalEntry.objects.filter(subject_kind=kind, subject_id=str(number), act=RECEIVED)
    return entry.values_list("seq", flat=True)[0]
