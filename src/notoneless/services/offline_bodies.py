"""上传内容: what a telephone sent, read strictly; whatever cannot be read says which part and why."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from notoneless.core.case_terms import AttachmentKind, OfflineKind, VisitItem, VisitKind, VisitTrigger
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, ActOutcome, AttendanceStatus, Post, Term
from notoneless.services.refusals import Refusal
from notoneless.services.taking import MarkGiven

LARGEST = 2_000_000  # bytes of one record
LAST_NUMBER = 2**31 - 1
YEARS = range(2000, 2100)  # a clock outside these is no clock
LONG, SHORT, NAME = 5000, 300, 60  # characters
MOST = 200  # entries of one list: a class has fewer
PRESENT = AttendanceStatus.PRESENT
REASONED = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE)

T = TypeVar("T", bound=Term)


class Sent(NamedTuple):
    """One record as it came; `body` is not yet read."""

    id: UUID
    device: UUID
    sequence: int
    kind: OfflineKind
    checkpoint: str
    claimed_at: datetime | None  # None where the telephone's clock says nothing that could be a moment
    body: object
    text: str
    digest: str  # SHA-256 of the bytes as they came


class RollCallSent(NamedTuple):
    """What a roll call says."""

    class_group: int
    day: date
    session: str
    taken_at: datetime
    marks: tuple[MarkGiven, ...]


class PersonSent(NamedTuple):
    """Somebody who took part in a visit."""

    post: Post | None
    person: int | None
    name: str
    unit: str


class SignatureSent(NamedTuple):
    """Strokes drawn on the telephone."""

    signs_as: str
    name: str
    strokes: list[list[list[int]]]


class PhotoSent(NamedTuple):
    """A picture of the door, the notice or a paper."""

    kind: AttachmentKind
    name: str
    content: bytes


class VisitSent(NamedTuple):
    """What a visit says."""

    child: UUID
    kind: VisitKind
    trigger: VisitTrigger | None
    happened_at: datetime
    people: tuple[PersonSent, ...]
    items: dict[VisitItem, str]
    appointed_at: datetime | None
    promised_on: date | None
    next_contact_on: date | None
    outcome: ActOutcome
    private: bool
    ordered: UUID | None
    signatures: tuple[SignatureSent, ...]
    photos: tuple[PhotoSent, ...]
    words: dict[str, str]  # purpose, where, appointed_how, findings, guardian_view, child_view, agreed


WORDS = {
    **dict.fromkeys(("purpose", "findings", "guardian_view", "child_view", "agreed"), LONG),
    "purpose": SHORT,
    **dict.fromkeys(("where", "appointed_how"), 100),
}


def read_sent(content: bytes) -> Sent:
    """The record in these bytes. Raises Refusal for what is no record: cut short, or a field missing."""
    try:
        text = content.decode()
        found = Part(json.loads(text, parse_constant=_no_number))
        return Sent(
            found.uuid("id"),
            found.uuid("device"),
            found.whole("sequence", least=1),
            found.term("kind", OfflineKind),
            found.text("checkpoint", 200),
            _claim(found),
            found.given["body"],
            text,
            sha256(content).hexdigest(),
        )
    except (ValueError, KeyError, RecursionError, Refusal):
        raise Refusal(
            "NOT_A_RECORD",
            "这条记录没有完整送到，或格式不对；它还在手机上，请稍后重发。",
            "This record did not arrive whole, or not in its form; it is still on the phone, send it again.",
        ) from None


def read_roll_call(body: object) -> RollCallSent:
    """The roll call in a body. Raises Refusal."""
    found = storable(body)
    return RollCallSent(
        found.whole("class"),
        found.day("day"),
        found.text("session", 20),
        found.moment("taken_at"),
        tuple(m for each in found.parts("marks") if (m := _mark(each)).status is not PRESENT),
    )


def read_visit(body: object) -> VisitSent:
    """The visit in a body. Raises Refusal."""
    found = storable(body)
    return VisitSent(
        found.uuid("child"),
        found.term("kind", VisitKind),
        found.term("trigger", VisitTrigger) if found.has("trigger") else None,
        found.moment("happened_at"),
        tuple(_person(each) for each in found.parts("people")),
        _items(found.part("items")) if found.has("items") else {},
        found.maybe("appointed_at", found.moment),
        found.maybe("promised_on", found.day),
        found.maybe("next_contact_on", found.day),
        found.term("outcome", ActOutcome) if found.has("outcome") else ActOutcome.DONE,
        found.given.get("private") is True,
        found.maybe("ordered", found.uuid),
        tuple(_signature(each) for each in found.parts("signatures")),
        tuple(_photo(each) for each in found.parts("photos")),
        {name: found.text(name, most) for name, most in WORDS.items()},
    )


def storable(body: object) -> Part:
    """The body, once it is certain that a database can keep its texts. Raises Refusal."""
    text = json.dumps(body, ensure_ascii=False)
    try:
        text.encode()  # fails on half of a pair that together would be one character
        kept = "\\u0000" not in text
    except UnicodeEncodeError:
        kept = False
    if not kept:
        raise Refusal(
            "BAD_CHARACTERS",
            "内容里有无法保存的字符；请按原文补录。",
            "It holds characters that cannot be kept; write it again as it reads.",
        )
    return Part(body)


class Part:
    """One JSON object, read field by field; each refuses with the field's name."""

    def __init__(self, given: object) -> None:
        if not isinstance(given, dict):
            raise unreadable("body")
        self.given: Mapping[str, Any] = given

    def has(self, name: str) -> bool:
        """Whether the field is filled in."""
        return self.given.get(name) not in (None, "")

    def maybe(self, name: str, read: Callable[[str], Any]) -> Any:
        """The field as `read` reads it, or None where it is not filled in."""
        return read(name) if self.has(name) else None

    def text(self, name: str, most: int) -> str:
        """A text of at most so many characters; "" where it is not filled in."""
        value = self.given.get(name) or ""
        if not isinstance(value, str) or len(value) > most:
            raise unreadable(name)
        return value.strip()

    def whole(self, name: str, least: int = 0) -> int:
        """A whole number."""
        value = self.given.get(name)
        if type(value) is not int or not least <= value <= LAST_NUMBER:
            raise unreadable(name)
        return value

    def uuid(self, name: str) -> UUID:
        """A UUID."""
        try:
            return UUID(self.given[name])
        except (KeyError, ValueError, AttributeError, TypeError):
            raise unreadable(name) from None

    def day(self, name: str) -> date:
        """A day, YYYY-MM-DD."""
        try:
            value = date.fromisoformat(self.given[name])
        except (KeyError, ValueError, TypeError):
            raise unreadable(name) from None
        if value.year not in YEARS:
            raise unreadable(name)
        return value

    def moment(self, name: str) -> datetime:
        """A moment with its offset."""
        try:
            value = datetime.fromisoformat(self.given[name])
        except (KeyError, ValueError, TypeError):
            raise unreadable(name) from None
        if value.tzinfo is None or value.year not in YEARS:
            raise unreadable(name)
        return value.astimezone(CHINA_TIME)

    def term(self, name: str, kind: type[T]) -> T:
        """A word of a vocabulary."""
        value = self.given.get(name)
        if not isinstance(value, str) or value not in {each.value for each in kind}:
            raise unreadable(name)
        return kind(value)  # type: ignore[call-arg]  # a look-up by code

    def part(self, name: str) -> Part:
        """An object within."""
        value = self.given.get(name)
        if not isinstance(value, dict):
            raise unreadable(name)
        return Part(value)

    def parts(self, name: str) -> list[Part]:
        """A list of objects, empty where it is not filled in."""
        value = self.given.get(name) or []
        if not isinstance(value, list) or len(value) > MOST or not all(isinstance(v, dict) for v in value):
            raise unreadable(name)
        return [Part(each) for each in value]


def unreadable(name: str) -> Refusal:
    """The sentence for a field that is missing or cannot be read."""
    return Refusal(
        "UNREADABLE",
        f"“{name}”这一项缺少或读不懂；请核对内容后补录。",
        f"The field {name} is missing or cannot be read; check what it says and write it again.",
    )


def _mark(found: Part) -> MarkGiven:
    status = found.term("status", AttendanceStatus)
    told = status in REASONED and found.has("reason")
    reason = found.term("reason", AbsenceReason) if told else None
    return MarkGiven(found.uuid("child"), status, reason, found.text("note", SHORT))


def _person(found: Part) -> PersonSent:
    post = found.term("post", Post) if found.has("post") else None
    return PersonSent(
        post, found.maybe("person", found.whole), found.text("name", NAME), found.text("unit", 100)
    )


def _items(found: Part) -> dict[VisitItem, str]:
    known = {each.value: each for each in VisitItem}
    if strange := sorted(found.given.keys() - known.keys()):
        raise unreadable(f"items.{strange[0][:NAME]}")
    return {known[name]: words for name in found.given if (words := found.text(name, LONG))}


def _signature(found: Part) -> SignatureSent:
    strokes = found.given.get("strokes")
    if not isinstance(strokes, list) or not all(_is_stroke(each) for each in strokes):
        raise unreadable("strokes")
    return SignatureSent(found.text("signs_as", 30), found.text("name", NAME), strokes)


def _is_stroke(value: object) -> bool:
    """A list of [x, y] in thousandths of the box."""
    return isinstance(value, list) and all(
        isinstance(spot, list) and len(spot) == 2 and all(type(n) is int and 0 <= n <= 1000 for n in spot)
        for spot in value
    )


def _photo(found: Part) -> PhotoSent:
    try:
        content = b64decode(found.given["content"], validate=True)
    except (KeyError, TypeError, ValueError, BadBase64):
        raise unreadable("photos") from None
    return PhotoSent(found.term("kind", AttachmentKind), found.text("name", SHORT), content)


def _claim(found: Part) -> datetime | None:
    try:
        return found.moment("claimed_at")
    except Refusal:
        return None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
