"""What contradicts in the demo: a table of another office with two numbers other than ours."""

from __future__ import annotations

from datetime import datetime, timedelta

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import OutsideTable, Place
from notoneless.services.counting import Asked, counts, total
from notoneless.services.demo.facts import Holders

FIRST_ROW = 4  # of the table, below its title and headings
COMPARED = (Tally.CLOSING, Tally.SUSPECTED)


def add_outside_table(holders: Holders, at: datetime) -> None:
    """A table of the townships' pupils as civil affairs keep it: one school a pupil short, one too many."""
    county = Place.objects.filter(kind=PlaceKind.COUNTY).order_by("pk")[0]
    day = (at - timedelta(days=3)).date()
    cells = []
    for row, school in enumerate(Place.objects.filter(kind=PlaceKind.SCHOOL).order_by("path")[:3]):
        found = counts(Asked(school, day.replace(day=1), day, at), COMPARED)
        for column, tally in zip("BC", COMPARED, strict=True):
            slip = {(0, "B"): 2, (1, "C"): 1}.get((row, column), 0)
            cells.append(
                ["控辍保学", f"{column}{FIRST_ROW + row}", school.pk, tally.value, total(found[tally]) + slip]
            )
    OutsideTable.objects.create(
        place=county,
        office="民政局",
        name="民政局困境儿童就学统计.xlsx",
        day=day,
        cells=cells,
        digest="0" * 64,
        by_id=holders.at_place[Post.COUNTY_BUREAU, county.pk],
        at=at - timedelta(days=1),
    )
