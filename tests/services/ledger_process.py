"""One step about numbered lines in a process of its own; run by the test of two workers at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
CHILDREN, TURNS = 30, 6


def prepare() -> object:
    """Record thirty children in a key group, ten of whom have left it since."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from builders_db import a_school, at, day

    from notoneless.core.terms import KeyGroup
    from notoneless.records.models import InKeyGroup

    school = a_school(CHILDREN)
    for number, child in enumerate(school.pupils):
        until = day("09-05") if number % 3 == 0 else None
        noted = at(f"2025-09-01 08:{number:02}")
        group = KeyGroup.RELOCATED
        InKeyGroup.objects.create(
            child=child, group=group, from_day=day("09-01"), until=until, recorded_at=noted
        )
    return school.county.pk


def post() -> object:
    """Number the lines again and again, a little later each time."""
    from builders_db import at

    from notoneless.core.report_terms import LedgerKind
    from notoneless.records.models import Place
    from notoneless.services.ledgers import post_lines

    county = Place.objects.get(kind="COUNTY")
    print("ready", flush=True)
    sys.stdin.readline()
    given = 0
    for turn in range(TURNS):
        moment = at("2025-09-01 12:00") if turn == 0 else at(f"2025-09-1{turn} 08:00")
        given += post_lines(county, at=moment, kinds=(LedgerKind.RELOCATED,))[LedgerKind.RELOCATED].opened
    return given


def found() -> object:
    """The numbers as they stand, opening and closing ones."""
    from notoneless.records.models import LedgerLine, LedgerLineClosed

    opened = list(LedgerLine.objects.order_by("pk").values_list("number", flat=True))
    closed = list(LedgerLineClosed.objects.order_by("pk").values_list("number", flat=True))
    return [opened, closed]


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"prepare": prepare, "post": post, "found": found}[sys.argv[1]]()))
