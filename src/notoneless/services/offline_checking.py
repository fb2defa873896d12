"""核对: what telephones sent and a person must look at, to record it or to set it aside with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from notoneless.core.case_terms import OfflineKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    Child,
    ClassGroup,
    OfflineChecked,
    OfflineReceived,
    OfflineVariant,
    Person,
)
from notoneless.records.scopes import reaches, visible_children, visible_classes, visible_uploads
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.flags import FlagGiven, flags_of, put_flags
from notoneless.services.offline import OFFLINE
from notoneless.services.offline_bodies import (
    RollCallSent,
    Sent,
    VisitSent,
    read_roll_call,
    read_sent,
    read_visit,
)
from notoneless.services.offline_making import Made, Pictures, Source, make, pictures_of
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

MOST = 300  # records that are looked through at once
LONGEST_NOTE = 300


class Account(NamedTuple):
    """One version of a record: the first that came, or another under the same id."""

    number: UUID  # of the row that keeps it
    at: datetime  # when it arrived
    sent: Sent
    says: RollCallSent | VisitSent | None  # None where it cannot be read
    unreadable: Refusal | None


class Upload(NamedTuple):
    """A record to be looked at, with all its versions."""

    row: OfflineReceived
    accounts: tuple[Account, ...]
    class_group: ClassGroup | None  # whose roll call it is, if it is within reach
    child: Child | None

    @property
    def checked(self) -> OfflineChecked | None:
        """What a person made of it last; None while a version that came since waits to be looked at."""
        last = max(self.row.checks.all(), key=lambda each: each.at, default=None)
        return last if last and all(each.at <= last.at for each in self.accounts) else None

    @property
    def author(self) -> Person:
        """Who wrote it: whose telephone it is, whoever sent it."""
        return self.row.device.person


def to_check(person: Person, on: date, *, checked: bool = False) -> list[Upload]:
    """What waits for this person's eyes, the longest waiting first; or what was looked at."""
    rows = _looked_at(visible_uploads(person, on)).filter(_settled() if checked else ~_settled())
    order = "-received_at" if checked else "received_at"
    return list(_within_reach(person, on, rows.order_by(order, "pk")[:MOST]))


def how_many_to_check(person: Person, on: date) -> int:
    """How many wait, for a link; 0, after one query, for whoever may not look."""
    if not any(reaches(person, on, Thing.OFFLINE, Verb.SEE)):
        return 0
    return len(to_check(person, on))


def upload_for(person: Person, number: UUID, on: date, verb: Verb = Verb.SEE) -> Upload:
    """One of them. Raises OfflineReceived.DoesNotExist for what is out of reach or needs no look."""
    rows = _looked_at(visible_uploads(person, on, verb)).filter(pk=number)
    found = next(_within_reach(person, on, rows, verb), None)
    if found is None:
        raise OfflineReceived.DoesNotExist
    return found


def _looked_at(rows: QuerySet[OfflineReceived]) -> QuerySet[OfflineReceived]:
    """Those with something to look at: a problem, or another version."""
    variants = OfflineVariant.objects.filter(received=OuterRef("pk"))
    found = rows.filter(~Q(problem="") | Exists(variants))
    return found.select_related("device__person", "person").prefetch_related("variants", "checks__by")


def _settled() -> Exists:
    """Whether somebody looked at it and no other version has come since."""
    later = OfflineVariant.objects.filter(received=OuterRef("received"), at__gt=OuterRef("at"))
    return Exists(OfflineChecked.objects.filter(~Exists(later), received=OuterRef("pk")))


def _within_reach(
    person: Person, on: date, rows: QuerySet[OfflineReceived], verb: Verb = Verb.SEE
) -> Iterator[Upload]:
    """Those about classes or children that the person reaches; unreadable ones go by their author alone."""
    opened = [(row, tuple(_accounts(row))) for row in rows]
    classes, children = _named(opened)
    groups = visible_classes(person, on, Thing.OFFLINE, verb).in_bulk(list(classes))
    pupils = visible_children(person, on, verb, Thing.OFFLINE).in_bulk(list(children))
    for row, accounts in opened:
        said = [account.says for account in accounts if account.says is not None]
        mine = [
            groups.get(s.class_group) if isinstance(s, RollCallSent) else pupils.get(s.child) for s in said
        ]
        if all(mine):
            there = mine[0] if mine else None
            yield Upload(
                row,
                accounts,
                there if isinstance(there, ClassGroup) else None,
                there if isinstance(there, Child) else None,
            )


def _named(opened: list[tuple[OfflineReceived, tuple[Account, ...]]]) -> tuple[set[int], set[UUID]]:
    """The classes and children that these records are about."""
    said = [account.says for _, accounts in opened for account in accounts]
    classes = {each.class_group for each in said if isinstance(each, RollCallSent)}
    return classes, {each.child for each in said if isinstance(each, VisitSent)}


def _accounts(row: OfflineReceived) -> Iterator[Account]:
    yield _account(row.pk, row.received_at, row.body())
    for other in sorted(row.variants.all(), key=lambda each: each.at):
        yield _account(other.pk, other.at, other.body())


def _account(number: UUID, at: datetime, text: str) -> Account:
    sent = read_sent(text.encode())
    try:
        says = read_roll_call(sent.body) if sent.kind is OfflineKind.ROLL_CALL else read_visit(sent.body)
    except Refusal as refusal:
        return Account(number, at, sent, None, refusal)
    return Account(number, at, sent, says, None)


# What is made of it.


def record_it(*, by: Person | int, upload: UUID, account: UUID, reason: str, at: datetime) -> OfflineChecked:
    """Record one version of it, which this person has looked at. Raises Refusal."""
    person = the_person(by)
    found = upload_for(person, upload, at.date(), Verb.SETTLE)
    chosen = next((each for each in found.accounts if each.number == account), None)
    if chosen is None:
        raise Refusal("NO_SUCH_VERSION", "请选要入账的一份。", "Choose the version to record.")
    pictures = pictures_of(chosen.sent.kind, chosen.sent.body)
    return _record_it(person, found, chosen, pictures, reason, at)


@one_act
def _record_it(
    person: Person, found: Upload, chosen: Account, pictures: Pictures, reason: str, at: datetime
) -> OfflineChecked:
    _not_yet(found)
    if chosen.number == found.row.pk and found.row.made_kind:
        raise Refusal(
            "RECORDED_ALREADY",
            "这一份收到时已经入账；只需写明核对情况。",
            "This version was recorded when it arrived; only say what you found.",
        )
    made = _made(found, chosen, person, pictures, at)
    return _checked(found, person, reason, at, made)


def _made(found: Upload, chosen: Account, person: Person, pictures: Pictures, at: datetime) -> Made:
    """Done in the name of who wrote it, if they held the post then; else of who looked. Raises Refusal."""
    # Its own key: what the first version made when it arrived keeps the record's.
    source = Source(
        found.author,
        f"checked/{chosen.number}",
        found.row.checkpoint_at,
        chosen.sent.claimed_at or found.row.claimed_at,
        at,
        found.author,
    )
    try:
        with transaction.atomic():
            made = make(chosen.sent.kind, chosen.sent.body, source, pictures.ready)
    except Refusal:
        made = make(chosen.sent.kind, chosen.sent.body, source._replace(by=person), pictures.ready)
    _flag_it(found.row, made, at)
    return made


def _flag_it(row: OfflineReceived, made: Made, at: datetime) -> None:
    """What was in doubt when it arrived stands beside what was made of it."""
    there = {each.flag for each in flags_of(made.kind, [made.id]).get(made.id, [])}
    doubts = flags_of(OFFLINE, [str(row.pk)]).get(str(row.pk), [])
    put_flags(made.kind, made.id, [FlagGiven(d.flag, d.note) for d in doubts if d.flag not in there], at)


@one_act
def set_aside(*, by: Person | int, upload: UUID, reason: str, at: datetime) -> OfflineChecked:
    """Leave it as it is, with the reason; it stays kept and shown. Raises Refusal."""
    person = the_person(by)
    found = upload_for(person, upload, at.date(), Verb.SETTLE)
    _not_yet(found)
    return _checked(found, person, reason, at, None)


def _not_yet(found: Upload) -> None:
    """Refuse what somebody has checked meanwhile; others wait until this transaction ends."""
    row = OfflineReceived.objects.select_for_update().get(pk=found.row.pk)
    done = found._replace(row=row).checked
    if done is not None:
        raise Refusal(
            "CHECKED_ALREADY",
            f"{done.by.name}已经核对过这一条；请刷新。",
            f"{done.by.name} has checked this record already; reload.",
        )


def _checked(found: Upload, person: Person, reason: str, at: datetime, made: Made | None) -> OfflineChecked:
    words = reason.strip()[:LONGEST_NOTE]
    if not words:
        raise Refusal("NO_REASON", "请写明怎么核对的。", "Say what you found.")
    row = OfflineChecked.objects.create(
        received=found.row,
        by=person,
        at=at,
        made_kind=made.kind if made else "",
        made_id=made.id if made else "",
        note=words,
    )
    body: dict[str, object] = {"made": [row.made_kind, row.made_id], "author": found.author.pk}
    keep(Changes(), at=at, entry=Entry("CHECK_OFFLINE", OFFLINE, str(found.row.pk), body, person, words))
    return row
