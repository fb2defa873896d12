"""帮扶、家访、资助、群众监督、宣传和会议: what was done, each record a line."""

from __future__ import annotations

from datetime import date, datetime

from notoneless.core.ledger_terms import LineEnd
from notoneless.core.terms import Act
from notoneless.records.models import Pairing, PlaceAct, ReliefAsked, Tip, Visit
from notoneless.services.ledgers.entry import Entry, View, Where, day_begins, day_ends, day_in_china
from notoneless.services.ledgers.homes import homes, places_within


def pairings(view: View) -> list[Entry]:
    """Every pairing of a helper with a child, until it is ended."""
    rows = Pairing.objects.filter(at__lte=view.known_at, from_day__lte=view.as_of)
    where = homes(view, rows.values("child"))
    columns = ("pk", "child_id", "from_day", "at", "ended__until", "ended__at")
    found = []
    for pk, child, day, at, until, ended in rows.order_by("at", "pk").values_list(*columns):
        if child in where:
            line = Entry(f"pairing/{pk.hex}", day, at, where[child], child, source=str(pk))
            over = until is not None and until <= view.as_of and ended <= view.known_at
            found.append(
                _closed(line, until, max(ended, day_begins(until)), LineEnd.RUN_OUT) if over else line
            )
    return found


def visits(view: View) -> list[Entry]:
    """Every visit as it stands after corrections; a visit is not open or closed, it was made."""
    rows = Visit.objects.filter(
        act__recorded_at__lte=view.known_at, act__happened_at__lt=day_ends(view.as_of)
    )
    where = homes(view, rows.values("act__child"))
    corrected = set(rows.filter(act__supersedes__isnull=False).values_list("act__supersedes_id", flat=True))
    columns = ("act_id", "act__child_id", "act__happened_at", "act__recorded_at")
    return [
        Entry(f"visit/{pk.hex}", day_in_china(at), learned, where[child], child, source=str(pk))
        for pk, child, at, learned in rows.order_by("act__recorded_at", "pk").values_list(*columns)
        if child in where and pk not in corrected
    ]


def relief(view: View) -> list[Entry]:
    """What was asked for to ease the cost of school, until it is refused or has run out."""
    rows = ReliefAsked.objects.filter(at__lte=view.known_at, at__lt=day_ends(view.as_of))
    within = places_within(view.place)
    columns = ("pk", "child_id", "school_id", "at", "decided__from_day", "decided__until", "decided__at")
    found = []
    for pk, child, school, at, begins, until, decided in rows.order_by("at", "pk").values_list(*columns):
        if school in within:
            line = Entry(f"relief/{pk.hex}", day_in_china(at), at, Where(school), child, source=str(pk))
            if decided is None or decided > view.known_at:
                found.append(line)
            elif begins is None:
                found.append(_closed(line, day_in_china(decided), decided, LineEnd.REFUSED))
            elif until is not None and until <= view.as_of:
                found.append(_closed(line, until, max(decided, day_begins(until)), LineEnd.RUN_OUT))
            else:
                found.append(line)
    return found


def tips(view: View) -> list[Entry]:
    """What people told the county, until it is answered; never who told it."""
    rows = Tip.objects.filter(at__lte=view.known_at, at__lt=day_ends(view.as_of))
    within = places_within(view.place)
    found = []
    for pk, place, at, answered in rows.order_by("at", "pk").values_list(
        "pk", "place_id", "at", "answer__at"
    ):
        if place in within:
            line = Entry(f"tip/{pk}", day_in_china(at), at, Where(place), source=str(pk))
            over = answered is not None and answered <= view.known_at
            done = _closed(line, day_in_china(answered), answered, LineEnd.ANSWERED) if over else line
            found.append(done)
    return found


def meetings(view: View) -> list[Entry]:
    """Publicity and meetings of a place or a class, as they stand after corrections."""
    rows = PlaceAct.objects.filter(
        act__in=(Act.PUBLICISE, Act.MEET),
        recorded_at__lte=view.known_at,
        happened_at__lt=day_ends(view.as_of),
    )
    corrected = set(rows.filter(supersedes__isnull=False).values_list("supersedes_id", flat=True))
    within = places_within(view.place)
    columns = ("pk", "place_id", "class_group_id", "happened_at", "recorded_at")
    return [
        Entry(f"act/{pk.hex}", day_in_china(at), learned, Where(place, group), source=str(pk))
        for pk, place, group, at, learned in rows.order_by("recorded_at", "pk").values_list(*columns)
        if place in within and pk not in corrected
    ]


def _closed(line: Entry, on: date, learned_at: datetime, why: LineEnd) -> Entry:
    return line._replace(closed_on=on, close_learned_at=learned_at, why=why.value)
