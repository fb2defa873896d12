"""外来表: a table another office sent, looked at first, then kept as numbers to compare every night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from django.db.models import QuerySet

from notoneless.core.figure_terms import Tally
from notoneless.exchange.outside_tables import Found, counts_in, read_outside
from notoneless.records.access import Thing, Verb
from notoneless.records.models import JournalEntry, OutsideTable, Person, Place
from notoneless.services.contradictions.keeping import keep_findings
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of
from notoneless.services.transactions import one_act
from notoneless.services.written import written

COMPARED = ("OUTSIDE_DIFFERS", "OUTSIDE_TABLES_DIFFER")
NAME = 100  # characters
Chosen = Mapping[tuple[int, int], Tally | None]  # by the number of the table and the column


def look_at(path: Path, place: Place, *, file: str) -> list[Found]:
    """The tables of a file that are about places at and below `place`. Raises Unreadable."""
    inside = Place.objects.filter(path__startswith=place.path or "/").values_list("name", "pk")
    return read_outside(path, dict(inside), file=file, whole=place.pk)


@one_act
def take_table(
    *,
    by: Person | int,
    place: Place,
    path: Path,
    file: str,
    office: str,
    day: date,
    at: datetime,
    chosen: Chosen | None = None,
    key: str | None = None,
) -> OutsideTable:
    """Keep the numbers of a file and compare them at once; `chosen` says what columns are. Raises Refusal.

    The same `key` again gives the first table. Raises Unreadable too.
    """
    person = the_person(by)
    require(person, Thing.CONTRADICTION, Verb.IMPORT, place, at.date())
    if key and (first := OutsideTable.objects.filter(key=key).first()) is not None:
        return first
    if day > at.date():
        raise Refusal("FUTURE", "表上的日期还没有到；请核对。", "The day of the table is still to come.")
    cells = [
        [found.sheet.name, each.cell, each.place, each.tally.value, each.number]
        for number, found in enumerate(look_at(path, place, file=file))
        for each in counts_in(found, {c: t for (n, c), t in (chosen or {}).items() if n == number})
    ]
    if not cells:
        raise Refusal(
            "NOTHING_TO_COMPARE",
            "表里没有认出本地单位和统计项；表头请用“在校”“疑似辍学”等，行首写学校或乡镇全称。",
            "No place and count of ours was found in the table; name schools in full and use our headings.",
        )
    table = OutsideTable.objects.create(
        id=id_of(key),
        place=place,
        office=written(office, NAME, "来表单位", "Sent by", needed=True),
        name=file[:NAME],
        day=day,
        cells=cells,
        digest=sha256(path.read_bytes()).hexdigest(),
        by=person,
        at=at,
        key=key,
    )
    body = {"table": str(table.pk), "cells": len(cells)}
    JournalEntry.objects.create(
        at=at, by=person, act="TAKE_OUTSIDE_TABLE", subject_kind="place", subject_id=str(place.pk), body=body
    )
    keep_findings(now=at, only=COMPARED)
    return table


def tables_of(place: Place) -> QuerySet[OutsideTable]:
    """The tables about a place and what lies in it, the last first."""
    rows = OutsideTable.objects.filter(place__path__startswith=place.path or "/")
    return rows.select_related("by", "place").order_by("-at", "pk")
