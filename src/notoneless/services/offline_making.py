"""From what a telephone sent to the act it tells of, by the services that the pages on the desk use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from notoneless.core.case_terms import OfflineKind, RecordFlag
from notoneless.core.explain import stamp
from notoneless.core.facts import CHINA_TIME
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, ClassGroup, Person
from notoneless.services import roll_calls
from notoneless.services.attachments import PictureReady, picture_ready
from notoneless.services.flags import ACT, FlagGiven, put_flags
from notoneless.services.offline_bodies import VisitSent, read_roll_call, read_visit, unreadable
from notoneless.services.permissions import post_in
from notoneless.services.refusals import Refusal
from notoneless.services.signatures import Signed
from notoneless.services.took_part import TookPart
from notoneless.services.visits import record_visit

# Telephones set their clocks by hand or drift; less than this says nothing.
CLOCK_SLACK = timedelta(minutes=10)
Spot = TypeVar("Spot", ClassGroup, Child)
ROLL_CALL = "roll_call"  # as the journal and the flags name it


class Made(NamedTuple):
    """The row that came of a record, as the journal names it: roll_call or act."""

    kind: str
    id: str


class Source(NamedTuple):
    """Whose record it is, the key that makes it one however often it comes, and what is known of when."""

    by: Person
    key: str
    written_after: datetime  # the last moment of ours the telephone had seen
    claimed_at: datetime  # what its clock said; a claim
    at: datetime  # when it arrived
    author: Person | None = None  # who wrote it, where somebody who looked at it now enters it


class Pictures(NamedTuple):
    """The pictures of a record that could be read, and why others could not."""

    ready: tuple[PictureReady, ...] = ()
    refused: tuple[Refusal, ...] = ()


def pictures_of(kind: OfflineKind, body: object) -> Pictures:
    """Read the pictures of a record; before its transaction begins, as that takes a while."""
    if kind is not OfflineKind.VISIT:
        return Pictures()
    try:
        photos = read_visit(body).photos
    except Refusal:  # said again, and kept, once the record itself is read
        return Pictures()
    ready, refused = [], []
    for photo in photos:
        try:
            ready.append(picture_ready(photo.kind, photo.name, photo.content))
        except Refusal as refusal:
            refused.append(refusal)
    return Pictures(tuple(ready), tuple(refused))


def make(kind: OfflineKind, body: object, source: Source, pictures: Sequence[PictureReady] = ()) -> Made:
    """Do what the record tells. Raises Refusal."""
    if kind is OfflineKind.ROLL_CALL:
        return _roll_call(body, source)
    return _visit(read_visit(body), source, pictures)


def _roll_call(body: object, source: Source) -> Made:
    sent = read_roll_call(body)
    class_group = ClassGroup.objects.select_related("school").filter(pk=sent.class_group).first()
    receipt = roll_calls.take(
        by=source.by,
        class_group=_theirs(source, Thing.ROLL_CALL, Verb.TAKE, class_group),
        day=sent.day,
        session=sent.session,
        marks=sent.marks,
        # As on paper, to the minute; and no clock makes it later than it arrived.
        taken_at=min(sent.taken_at, source.at).replace(second=0, microsecond=0),
        at=source.at,
        key=source.key,
    )
    made = Made(ROLL_CALL, str(receipt.roll_call))
    doubts = {each.flag: each for each in (*doubts_of_clock(source), *_doubts_of_day(source, sent.taken_at))}
    put_flags(made.kind, made.id, doubts.values(), source.at)
    return made


def _visit(sent: VisitSent, source: Source, pictures: Sequence[PictureReady]) -> Made:
    child = Child.objects.filter(pk=sent.child).first()
    visit = record_visit(
        by=source.by,
        child=_theirs(source, Thing.CHILD, Verb.RECORD, child),
        kind=sent.kind,
        trigger=sent.trigger,
        happened_at=sent.happened_at,
        at=source.at,
        people=list(_people(sent, source)),
        items=sent.items,
        appointed_at=sent.appointed_at,
        promised_on=sent.promised_on,
        next_contact_on=sent.next_contact_on,
        outcome=sent.outcome,
        private=sent.private,
        ordered=sent.ordered,
        signatures=[Signed(each.signs_as, each.name, each.strokes, source.at) for each in sent.signatures],
        pictures=pictures,
        key=source.key,
        lenient=True,
        written_after=source.written_after,
        # A visit that lies ahead is flagged for that by itself.
        flags=[
            each
            for each in doubts_of_clock(source)
            if each.flag is not RecordFlag.CLOCK_AHEAD or sent.happened_at <= source.at
        ],
        purpose=sent.words["purpose"],
        where=sent.words["where"],
        appointed_how=sent.words["appointed_how"],
        findings=sent.words["findings"],
        guardian_view=sent.words["guardian_view"],
        child_view=sent.words["child_view"],
        agreed=sent.words["agreed"],
    )
    return Made(ACT, str(visit.pk))


def _people(sent: VisitSent, source: Source) -> Iterator[TookPart]:
    """Those who took part, as people that there are; and who wrote it, where another enters it."""
    numbers = {each.person for each in sent.people if each.person is not None}
    known = Person.objects.in_bulk(numbers)
    if numbers - known.keys():
        raise unreadable("people")
    for each in sent.people:
        person = known[each.person] if each.person is not None else None
        yield TookPart(each.post, person, each.name, each.unit)
    if source.author is not None and source.author != source.by:
        yield TookPart(person=source.author, name=source.author.name)


def _doubts_of_day(source: Source, happened_at: datetime) -> Iterator[FlagGiven]:
    """Whether a roll call was written on a later day than it was taken.

    That it was written after the checkpoint and before it arrived is certain; the rest is the phone's word.
    """
    if _day(happened_at) < _day(source.written_after):
        yield _late(source)
    if happened_at > source.at + CLOCK_SLACK:
        yield FlagGiven(RecordFlag.CLOCK_AHEAD, stamp(happened_at.astimezone(CHINA_TIME)))


def doubts_of_clock(source: Source) -> Iterator[FlagGiven]:
    """Whether the telephone's clock cannot have been right when this was written."""
    if source.claimed_at < source.written_after - CLOCK_SLACK:
        yield _late(source)
    if source.claimed_at > source.at + CLOCK_SLACK:
        yield FlagGiven(RecordFlag.CLOCK_AHEAD, stamp(source.claimed_at.astimezone(CHINA_TIME)))


def _late(source: Source) -> FlagGiven:
    after = stamp(source.written_after.astimezone(CHINA_TIME))
    return FlagGiven(RecordFlag.BACK_DATED, f"写于 {after} 之后 written after {after}")


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA_TIME).date()


def _theirs(source: Source, thing: Thing, verb: Verb, where: Spot | None) -> Spot:
    """The class or child, if it is theirs today; gone and not theirs look alike. Raises Refusal.

    What somebody has looked at need not be theirs today: the services ask who held which post on the day.
    """
    checked = source.author is not None
    if where is None or not (checked or post_in(source.by, thing, verb, where, source.at.date())):
        raise Refusal(
            "NO_LONGER_THEIRS",
            "没有找到这个班级或学生，或者现在不由您负责。",
            "There is no such class or child, or it is not in your charge now.",
        )
    return where
