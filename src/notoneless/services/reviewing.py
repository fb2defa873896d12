"""已看过: whoever watches over a place says up to which moment they have looked at what is new there."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from notoneless.core.facts import CHINA_TIME
from notoneless.records.access import Thing, Verb
from notoneless.records.models import JournalEntry, Person, Place
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import refuse_future, the_person
from notoneless.services.permissions import require
from notoneless.services.transactions import one_act

REVIEWED = "BOARD_REVIEWED"


class LastReview(NamedTuple):
    """Up to which moment a place's board was looked at, and by whom."""

    seen_at: datetime
    by: str


@one_act
def mark_reviewed(*, by: Person | int, place: Place, seen_at: datetime, at: datetime) -> None:
    """Note in the journal that the board was looked at as it stood at `seen_at`.

    What was learned after that moment is new for the next review, however late the button is pressed; a page
    older than the last review takes nothing back. Raises Refusal.
    """
    person = the_person(by)
    require(person, Thing.COUNTY_BOARD, Verb.REVIEW, place, at.date())
    refuse_future(seen_at, at, "看板的时刻", "The board's moment")
    last = last_review(place)
    if last is not None and last.seen_at >= seen_at:
        return
    body: dict[str, object] = {"seen_at": seen_at.isoformat()}
    keep(Changes(), at=at, entry=Entry(REVIEWED, "place", str(place.pk), body, person))


def last_review(place: Place) -> LastReview | None:
    """The last review of the place, or None before the first."""
    entries = JournalEntry.objects.filter(act=REVIEWED, subject_kind="place", subject_id=str(place.pk))
    last = entries.select_related("by").order_by("-seq").first()
    if last is None:
        return None
    seen_at = datetime.fromisoformat(last.body["seen_at"]).astimezone(CHINA_TIME)
    return LastReview(seen_at, last.by.name if last.by else "")
