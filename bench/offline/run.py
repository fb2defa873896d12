"""Ten thousand schedules lived through against the real services on one SQLite database."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.measure import Measured, measure

SCHEDULES, QUICK = 10_000, 20
SEED = 20250908
CLASSES = 24  # of a school; each schedule has a class of its own


class Lived(NamedTuple):
    """What became of the records of all schedules."""

    schedules: int
    told: int  # records of which a person was told that they are kept
    recorded: int
    to_check: int
    variants: int
    faults: tuple[str, ...]


def run(folder: Path, schedules: int) -> Measured:
    """Live through them in a process of its own; the value is a `Lived`."""
    return measure(_live, folder, schedules)


def _live(folder: Path, schedules: int) -> Lived:
    _installation(folder)
    from tqdm import tqdm

    from bench.offline.schedule import live_through
    from bench.offline.valley import a_ground
    from notoneless.core.case_terms import OfflineState
    from notoneless.records.models import OfflineReceived, OfflineVariant

    faults, told = [], 0
    for number in tqdm(range(schedules), unit="schedule", file=sys.stderr, mininterval=5):
        if number % CLASSES == 0:
            school = _school(number)
        valley = live_through(a_ground(school, number), Random(SEED + number))
        told += len(set(valley.told))
        faults += [f"schedule {SEED + number}: {fault}" for fault in valley.faults()]
    states = Counter(OfflineReceived.objects.values_list("state", flat=True))
    return Lived(
        schedules,
        told,
        states[OfflineState.RECORDED],
        states[OfflineState.TO_CHECK],
        OfflineVariant.objects.count(),
        tuple(faults),
    )


def _installation(folder: Path) -> None:
    """An empty installation in the folder, in this process."""
    for name in [name for name in os.environ if name.startswith("NOTONELESS_")]:
        del os.environ[name]
    os.environ["NOTONELESS_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "notoneless.site.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _school(number: int):  # type: ignore[no-untyped-def]  # of an app that is loaded above
    """A further school that goes by a policy, so that every record also derives what is owed."""
    from bench.offline.valley import MONDAY, TERM_START
    from notoneless.core.terms import PlaceKind
    from notoneless.records.models import PackAdopted, Place

    above = None
    for kind, code in (("COUNTY", "县"), ("TOWNSHIP", "镇"), ("SCHOOL", f"学校{number}")):
        given = {"parent": above, "name": code}
        above, _ = Place.objects.get_or_create(kind=PlaceKind(kind), code=code, defaults=given)
    PackAdopted.objects.create(
        place=above,
        pack_id="seeds/shanshu-2014",
        pack_version="",
        from_day=TERM_START,
        adopted_at=MONDAY.replace(day=1),
    )
    return above
