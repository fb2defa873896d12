"""Ways to reach a person: kept sealed, used in the person's own order, ended and never overwritten."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.terms import Channel
from notoneless.delivery.email import is_address
from notoneless.delivery.settings import DeliverySettings
from notoneless.records.models import ContactWay, JournalEntry, Person
from notoneless.records.secrets import CannotOpen
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

LANGUAGES = ("zh", "en")


_NUMBER = re.compile(r"\+?[0-9]{5,15}")


def fits(channel: Channel, address: str) -> bool:
    """Whether an address looks like one of this channel; whether the site speaks to it shows when sending."""
    plain = address.strip()
    if channel is Channel.EMAIL:
        return is_address(plain)
    if channel is Channel.SMS:
        return bool(_NUMBER.fullmatch(re.sub(r"[\s()-]", "", plain)))
    begins = r"[a-z][a-z0-9+.-]*" if channel is Channel.RELAY else "https"
    return bool(re.fullmatch(rf"{begins}://\S+", plain))


class Way(NamedTuple):
    """One way as the sender uses it; `kept` is the row it comes from, if any."""

    channel: Channel
    address: str
    language: str
    kept: UUID | None

    @property
    def name(self) -> str:
        """What a message remembers of the ways it tried."""
        return str(self.kept or self.channel.value)


@one_act
def keep_way(
    *,
    by: Person,
    person: Person,
    channel: Channel,
    address: str,
    at: datetime,
    rank: int = 1,
    language: str = "zh",
    confirmed: bool = False,
) -> ContactWay:
    """Keep a way to reach `person`; another one kept before for this channel ends. Raises Refusal.

    `confirmed`: the person answered a message sent there, or the office dialled it; nothing is sent before.
    """
    if not address.strip() or len(address) > 500:
        raise Refusal(
            "BAD_ADDRESS", "请填写这个渠道的地址或号码。", "Give the address or number of this channel."
        )
    if language not in LANGUAGES:
        raise Refusal("BAD_LANGUAGE", "语言请选中文或英文。", "Choose Chinese or English.")
    if (same := _same(person, channel, address.strip(), rank, language)) is not None:
        return same
    end_way(by=by, person=person, channel=channel, at=at)
    way = ContactWay(person=person, channel=channel, rank=rank, language=language, recorded_at=at)
    way.keep_address(address)
    way.confirmed_at = at if confirmed else None
    way.save()
    _journal("KEEP_CONTACT_WAY", way, by, at)
    return way


def _same(person: Person, channel: Channel, address: str, rank: int, language: str) -> ContactWay | None:
    """The way that is kept already and just like this: the form was sent twice."""
    rows = ContactWay.objects.filter(
        person=person, channel=channel, rank=rank, language=language, ended_at=None
    ).exclude(confirmed_at=None)
    return next((row for row in rows if (way := _opened(row)) and way.address == address), None)


@one_act
def confirm_way(*, by: Person, way: ContactWay, at: datetime) -> None:
    """Note that the person is reached by this way; from now on it is used."""
    if ContactWay.objects.filter(pk=way.pk, confirmed_at=None, ended_at=None).update(confirmed_at=at):
        _journal("CONFIRM_CONTACT_WAY", way, by, at)


@one_act
def end_way(*, by: Person, person: Person, channel: Channel, at: datetime) -> None:
    """Stop using the way kept for this channel, if there is one."""
    for way in ContactWay.objects.filter(person=person, channel=channel, ended_at=None):
        ContactWay.objects.filter(pk=way.pk, ended_at=None).update(ended_at=at)
        _journal("END_CONTACT_WAY", way, by, at)


@one_act
def use_first(*, by: Person, person: Person, channel: Channel, at: datetime) -> None:
    """From now on try the way kept for this channel before the person's others."""
    rows = ContactWay.objects.filter(person=person, ended_at=None).order_by("rank", "recorded_at")
    in_order = sorted(rows, key=lambda row: row.channel is not channel)
    if not in_order or in_order[0].channel is not channel:
        raise Refusal(
            "NO_SUCH_WAY", "没有记下这个渠道；请刷新页面。", "No such way is kept; reload the page."
        )
    for rank, row in enumerate(in_order, 1):
        ContactWay.objects.filter(pk=row.pk).update(rank=rank)
    _journal("USE_CONTACT_WAY_FIRST", in_order[0], by, at)


def ways_of(person: Person, settings: DeliverySettings) -> list[Way]:
    """The ways that can be used, in the person's order; then the telephone on file, then paper.

    A way that will not open, because the data key is another, is passed over: the next one is tried.
    """
    rows = [row for row in person.contact_ways.all() if row.confirmed_at and not row.ended_at]
    kept = [way for row in sorted(rows, key=lambda row: (row.rank, row.recorded_at)) if (way := _opened(row))]
    language = kept[0].language if kept else LANGUAGES[0]
    on_file = Way(Channel.SMS, person.phone, language, None)
    on_paper = Way(Channel.PRINTED_SLIP, person.name, language, None)
    all_ways = [*kept, *_unless_kept(on_file, kept), *_unless_kept(on_paper, kept)]
    return [way for way in all_ways if way.channel in settings.set_up() and way.address]


def _opened(row: ContactWay) -> Way | None:
    try:
        return Way(row.channel, row.address(), row.language, row.pk)
    except CannotOpen:
        return None


def _unless_kept(way: Way, kept: Collection[Way]) -> list[Way]:
    return [] if any(each.channel is way.channel for each in kept) else [way]


def _journal(act: str, way: ContactWay, by: Person, at: datetime) -> None:
    JournalEntry.objects.create(
        at=at,
        by=by,
        act=act,
        subject_kind="person",
        subject_id=str(way.person_id),
        body={"way": str(way.pk), "channel": way.channel.value},
    )
