"""A valley without signal: telephones, a network that loses, cuts, doubles and delays, and the real server.

What is told to a person as kept is written down here; `lost` compares that with what the server and the
telephones hold, without asking the product's own code for its opinion.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.offline.phone import Phone, canonical, digest_of
from notoneless.core import outbound
from notoneless.core.facts import CHINA_TIME
from notoneless.core.outbound import Checkpoint, Queue
from notoneless.core.terms import Post
from notoneless.records.models import (
    ActRecord,
    Child,
    ClassGroup,
    Device,
    Enrolment,
    OfflineReceived,
    OfflineVariant,
    Person,
    Place,
    PostHeld,
    RollCall,
)
from notoneless.services.offline import register, revoke
from notoneless.services.offline_receipts import checkpoint, public_key
from notoneless.web.views.offline import answer_to

MONDAY = datetime(2025, 9, 8, 8, 5, tzinfo=CHINA_TIME)
TERM_START = date(2025, 9, 1)
RECORDS = UUID("6a1c5a52-1d0e-4f57-9d2a-6f0f6a3f9c01")
IMPOSTOR = generate_private_key(SECP256R1())
KINDS = ("ROLL_CALL", "VISIT")


class Fate(StrEnum):
    """What the network does to one request."""

    ARRIVES = "ARRIVES"
    REQUEST_LOST = "REQUEST_LOST"
    REQUEST_CUT = "REQUEST_CUT"  # the server gets the first so many bytes
    ANSWER_LOST = "ANSWER_LOST"
    ANSWER_CUT = "ANSWER_CUT"
    DOUBLED = "DOUBLED"  # the server gets it twice
    DELAYED = "DELAYED"  # the server gets it much later, when nobody waits for the answer
    ANSWER_LATE = "ANSWER_LATE"  # the telephone hears it after others
    FORGED = "FORGED"  # an answer with one character of the receipt changed
    IMPOSTOR = "IMPOSTOR"  # the server gets nothing; somebody in between answers in its name
    AS_ANOTHER = "AS_ANOTHER"  # sent while somebody else is signed in


class Told(NamedTuple):
    """A record of which a person was told that it is kept."""

    record: str
    digest: str


class Late(NamedTuple):
    """An answer that is still under way."""

    phone: Phone
    record: str
    status: int
    content: bytes


@dataclass
class Ground:
    """A class with its teacher, a colleague and some pupils: all that the telephones write about."""

    class_group: ClassGroup
    teacher: Person
    colleague: Person
    pupils: list[Child]


def a_ground(school: Place, number: int, pupils: int = 2) -> Ground:
    """A new class at a school, of made-up children."""
    group = ClassGroup.objects.create(school=school, grade=3, name=f"第{number}班", school_year="2025-2026")
    people = [Person.objects.create(name=f"{name}{number}") for name in ("班主任", "科任")]
    for person, post in zip(people, (Post.CLASS_TEACHER, Post.SUBJECT_TEACHER), strict=True):
        PostHeld.objects.create(person=person, post=post, class_group=group, held_from=TERM_START)
    children = [Child.objects.create(name=f"学生{number}-{i}") for i in range(pupils)]
    for child in children:
        Enrolment.objects.create(child=child, class_group=group, from_day=TERM_START)
    return Ground(group, *people, children)


@dataclass
class Valley:
    """One schedule as it goes on."""

    ground: Ground
    now: datetime = MONDAY
    phones: list[Phone] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    flying: list[tuple[int, bytes]] = field(default_factory=list)  # requests that are still under way
    late: list[Late] = field(default_factory=list)
    overheard: dict[str, bytes] = field(default_factory=dict)  # an answer for each record, as it went by
    signed_out: set[int] = field(default_factory=set)
    written: int = 0

    # What people do.

    def new_phone(self, person: Person) -> Phone:
        """Somebody registers a telephone."""
        device = register(by=person, name="手机", at=self.now)
        seen = checkpoint(self.now)
        queue = Queue(str(device.pk), checkpoint=Checkpoint(seen.seq, seen.token))
        phone = Phone(person.pk, device.pk, public_key(), queue)
        self.phones.append(phone)
        return phone

    def write(self, phone: Phone, kind: str, pupil: int, *, again: bool = False) -> None:
        """A record is written; `again`: under the last one's number, as from a copied half-filled form."""
        self.written += not again
        record = str(uuid5(RECORDS, f"{self.ground.class_group.pk}/{self.written}"))
        text = phone.write(record, kind, self._body(kind, pupil), self.now)
        if text is not None:
            self.told.append(Told(record, digest_of(text)))

    def _body(self, kind: str, pupil: int) -> dict[str, Any]:
        child, moment = str(self.ground.pupils[pupil % len(self.ground.pupils)].pk), self.now.isoformat()
        if kind == "VISIT":
            return {
                "child": child,
                "kind": "PHONE",
                "happened_at": moment,
                "findings": f"第 {self.written} 次",
            }
        return {
            "class": self.ground.class_group.pk,
            "day": f"{self.now:%Y-%m-%d}",
            "session": "MORNING",
            "taken_at": moment,
            "marks": [{"child": child, "status": "ABSENT", "reason": "UNKNOWN"}],
        }

    def disk_is_full(self, phone: Phone) -> None:
        """A record could not be kept, and the person is told so."""
        phone.queue = outbound.storage_full(phone.queue).queue

    def kill(self, phone: Phone) -> None:
        """The page is killed and opened again."""
        phone.queue = outbound.restart(phone.queue).queue

    def copy(self, phone: Phone) -> None:
        """The telephone is copied onto another one."""
        self.phones.append(phone.copied())

    def reassign(self) -> None:
        """The colleague takes over the class; the teacher holds nothing there any more."""
        today = self.now.date()
        mine = PostHeld.objects.filter(class_group=self.ground.class_group, person=self.ground.teacher)
        if mine.filter(held_until=None).update(held_until=today):
            PostHeld.objects.create(
                person=self.ground.colleague,
                post=Post.CLASS_TEACHER,
                class_group=self.ground.class_group,
                held_from=today,
            )

    def take_off(self, phone: Phone) -> None:
        """The person takes the telephone off; it hears of that the next time it asks."""
        revoke(by=phone.person, device=phone.device, at=self.now)

    def asks(self, phone: Phone) -> None:
        """The telephone asks how it stands, and is told of the latest checkpoint."""
        seen = checkpoint(self.now)
        phone.queue = outbound.see(phone.queue, seq=seen.seq, token=seen.token).queue
        if Device.objects.filter(pk=phone.device, revoked_at__isnull=False).exists():
            phone.queue = outbound.revoke(phone.queue).queue

    def wait(self, hours: int) -> None:
        """Time passes."""
        self.now += timedelta(hours=hours)

    def sign_out(self, phone: Phone) -> None:
        """The sign-in of the telephone's person ends."""
        self.signed_out.add(phone.person)

    def sign_in(self, phone: Phone) -> None:
        """The person signs in again."""
        self.signed_out.discard(phone.person)
        phone.queue = outbound.sign_in(phone.queue).queue

    # What the network does.

    def send(self, phone: Phone, fate: Fate, at: float = 0.5) -> None:
        """The telephone sends its next record; `at` says where a cut falls, from 0 to 1."""
        item = phone.begin_to_send()
        if item is None:
            return
        text = phone.texts[item.id]
        if fate is Fate.IMPOSTOR:
            phone.hear(item.id, 200, self.overheard.get(item.id) or made_up(item.id, item.digest))
            return
        if fate in (Fate.REQUEST_LOST, Fate.DELAYED):
            phone.queue = outbound.cut(phone.queue).queue
            self.flying += [(phone.person, text)] * (fate is Fate.DELAYED)
            return
        sent = text[: int(at * len(text))] if fate is Fate.REQUEST_CUT else text
        status, content = self._answer(self._person(phone, fate), sent)
        if fate is Fate.DOUBLED:
            status, content = self._answer(phone.person, sent)
        if status == 200:
            self.overheard.setdefault(item.id, content)
        self._hears(phone, item.id, status, content, fate, at)

    def _person(self, phone: Phone, fate: Fate) -> int:
        others = {
            self.ground.teacher.pk: self.ground.colleague.pk,
            self.ground.colleague.pk: self.ground.teacher.pk,
        }
        return others[phone.person] if fate is Fate.AS_ANOTHER else phone.person

    def _hears(self, phone: Phone, record: str, status: int, content: bytes, fate: Fate, at: float) -> None:
        if fate is Fate.ANSWER_LATE:
            self.late.append(Late(phone, record, status, content))
        if fate in (Fate.ANSWER_LATE, Fate.ANSWER_LOST):
            phone.queue = outbound.cut(phone.queue).queue
        elif fate is Fate.ANSWER_CUT:
            phone.hear(record, status, content[: int(at * len(content))])
        elif fate is Fate.FORGED and status == 200:
            phone.hear(record, status, forged(content, at))
        else:
            phone.hear(record, status, content)

    def land(self, number: int) -> None:
        """A request that was delayed reaches the server; nobody hears the answer."""
        if self.flying:
            self._answer(*self.flying.pop(number % len(self.flying)))

    def arrive_late(self, number: int) -> None:
        """An answer that was delayed reaches its telephone."""
        if self.late:
            answer = self.late.pop(number % len(self.late))
            answer.phone.hear(answer.record, answer.status, answer.content)

    def mislead(self, phone: Phone, number: int) -> None:
        """A telephone hears an answer that was another's."""
        if self.late and phone.queue.items:
            answer = self.late[number % len(self.late)]
            phone.hear(phone.queue.items[0].id, answer.status, answer.content)

    def _answer(self, person: int, content: bytes) -> tuple[int, bytes]:
        if person in self.signed_out:
            return 401, '{"problem": "请先登录"}'.encode()
        answer = answer_to(Person.objects.get(pk=person), content, self.now)
        return answer.status_code, answer.content

    # What must hold.

    def heal(self) -> None:
        """Signal everywhere: whatever waits is sent, and whatever is under way arrives."""
        self.wait(1)
        while self.flying:
            self.land(0)
        while self.late:
            self.arrive_late(0)
        for phone in self.phones:
            self.kill(phone)
            self.sign_in(phone)
            while phone.queue.items and phone.queue.signed_in:
                self.send(phone, Fate.ARRIVES)

    def lost(self) -> list[Told]:
        """What a person was told is kept, and is neither on the server nor on a telephone."""
        held = {
            Told(record, digest_of(text)) for phone in self.phones for record, text in phone.texts.items()
        }
        missing = [each for each in self.told if each not in held]
        return [each for each in missing if each not in self._arrived(missing)] if missing else []

    def _arrived(self, told: list[Told]) -> set[Told]:
        """What the server keeps, by the bytes that it keeps."""
        numbers = [each.record for each in told]
        rows = OfflineReceived.objects.filter(pk__in=numbers)
        others = OfflineVariant.objects.filter(received__in=numbers)
        found = {Told(str(row.pk), digest_of(row.body().encode())) for row in rows}
        return found | {Told(str(row.received_id), digest_of(row.body().encode())) for row in others}

    def faults(self) -> Iterator[str]:
        """What is wrong once all is healed; nothing, if the promise holds."""
        if waiting := sum(len(phone.texts) for phone in self.phones):
            yield f"{waiting} records never left their telephones"
        if lost := self.lost():
            yield f"{len(lost)} records are lost"
        if strange := self._arrived(self.told) - set(self.told):
            yield f"{len(strange)} records on the server were never told to be kept"
        rows = OfflineReceived.objects.filter(pk__in=[each.record for each in self.told])
        made = [row.made_id for row in rows if row.made_id]
        done = RollCall.objects.filter(class_group=self.ground.class_group).count()
        done += ActRecord.objects.filter(child__in=self.ground.pupils).count()
        if not len(made) == len(set(made)) == done:
            yield f"{len(made)} records say that they were recorded, {done} acts are there"


def made_up(record: str, digest: str) -> bytes:
    """A receipt for exactly this record, rightly signed by a key that is not the server's."""
    receipt = {"id": record, "digest": digest, "state": "RECORDED", "problem": ""}
    r, s = decode_dss_signature(IMPOSTOR.sign(canonical(receipt).encode(), ECDSA(SHA256())))
    signature = b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
    return json.dumps(
        {"receipt": receipt, "signature": signature, "checkpoint": {"seq": 0, "token": ""}}
    ).encode()


def forged(content: bytes, at: float) -> bytes:
    """The answer with its receipt said to be another's, signed as before."""
    said = json.loads(content)
    digest: str = said["receipt"]["digest"]
    place = int(at * (len(digest) - 1))
    said["receipt"]["digest"] = digest[:place] + ("0" if digest[place] != "0" else "1") + digest[place + 1 :]
    return json.dumps(said).encode()
