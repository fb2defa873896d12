"""What a paper is filled for: its subject, the office that issues it, who fills it in, and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.terms import PlaceKind
from notoneless.records.models import Child, Person, Place
from notoneless.services.paper_values.about import About
from notoneless.services.paper_values.days import day_in_china

_OFFICES = {
    PlaceKind.TOWNSHIP: "人民政府",
    PlaceKind.COUNTY: "教育局",
}


class Filling(NamedTuple):
    """One paper to be filled."""

    about: About
    place: Place  # the office that issues it
    person: Person  # who issues it
    as_of: datetime
    due_on: date | None = None  # of a notice: the day the child is to be back
    numbered: str = ""

    @property
    def child(self) -> Child:
        """The child of a paper about one."""
        assert self.about.child is not None
        return self.about.child

    @property
    def school(self) -> Place:
        """The place of a list."""
        assert self.about.place is not None
        return self.about.place

    @property
    def today(self) -> date:
        """The civil day it is filled on."""
        return day_in_china(self.as_of)

    @property
    def office(self) -> str:
        """The office by the name it signs with."""
        return office(self.place)


def office(place: Place) -> str:
    """云岭镇人民政府, 示范县教育局; a school by its own name."""
    if place.kind is PlaceKind.TOWNSHIP and place.name.endswith("街道"):
        return f"{place.name}办事处"
    return f"{place.name}{_OFFICES.get(place.kind, '')}"
