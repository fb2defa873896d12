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

    The same `key` again gives the first table. Raises Unreadable too. The file is read before the act
    begins: nobody waits for the writer while a hostile one is parsed.
    """
    person = the_person(by)
    require(person, Thing.CONTRADICTION, Verb.IMPORT, place, at.date())
    if key and (first := OutsideTable.objects.filter(key=key).first()) is not None:
        return first
    if day > at.date():
        raise Refusal("FUTURE", "表上的日期还没有到；请核对。", "The day of the table is still to come.")
    cells = _cells(look_at(path, place, file=file), chosen or {})
    if not cells:
        raise Refusal(
            "NOTHING_TO_COMPARE",
            "表里没有认出本地单位和统计项；表头请用“在校”“疑似辍学”等，行首写学校或乡镇全称。",
            "No place and count of ours was found in the table; name schools in full and use our headings.",
        )
    row = OutsideTable(
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
    return _keep(row)


def _cells(tables: list[Found], chosen: Chosen) -> list[list[object]]:
    """Each number of the tables: sheet, cell, place, what is counted, how many."""
    return [
        [found.sheet.name, each.cell, each.place, each.tally.value, each.number]
        for number, found in enumerate(tables)
        for each in counts_in(found, {c: tally for (n, c), tally in chosen.items() if n == number})
    ]


@one_act
def _keep(row: OutsideTable) -> OutsideTable:
    # Asked again inside the act: the same form may have been sent twice while the file was read.
    if row.key and (first := OutsideTable.objects.filter(key=row.key).first()) is not None:
        return first
    row.save(force_insert=True)
    JournalEntry.objects.create(
        at=row.at,
        by=row.by,
        act="TAKE_OUTSIDE_TABLE",
        subject_kind="place",
        subject_id=str(row.place_id),
        body={"table": str(row.pk), "cells": len(row.cells)},
    )
    keep_findings(now=row.at, only=COMPARED)
    return row


def tables_of(place: Place) -> QuerySet[OutsideTable]:
    """The tables about a place and what lies in it, the last first."""
    rows = OutsideTable.objects.filter(place__path__startswith=place.path or "/")
    return rows.select_related("by", "place").order_by("-at", "pk")
