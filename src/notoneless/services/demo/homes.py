"""Where the demo's children live and sleep, and the key groups they are noted in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from notoneless.batch.simulate.county import County
from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import Boarding, InKeyGroup, Place, Residence
from notoneless.services.demo.facts import AT_ONCE


def add_homes(county: County, places: Mapping[int, Place], since: date) -> None:
    """Homes, beds and key groups from the first school day on."""
    ids = [child.id for child in county.children]
    recorded_at = datetime.combine(since, time(8), CHINA_TIME)
    Residence.objects.bulk_create(
        [Residence(child_id=ids[h.child], place=places[h.village], from_day=since) for h in county.homes],
        batch_size=AT_ONCE,
    )
    Boarding.objects.bulk_create(
        [Boarding(child_id=ids[bed.child], house=places[bed.house], from_day=since) for bed in county.beds],
        batch_size=AT_ONCE,
    )
    InKeyGroup.objects.bulk_create(
        [
            InKeyGroup(child_id=ids[each.child], group=each.group, from_day=since, recorded_at=recorded_at)
            for each in county.groups
        ],
        batch_size=AT_ONCE,
    )
