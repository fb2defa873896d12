"""Who holds which post: one person at least on every rung, from the county down to the class."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from notoneless.batch.simulate.county import ClassMade, PlaceMade, PostMade, StaffMade
from notoneless.batch.simulate.names import elder_name, phone, surname
from notoneless.core.terms import PlaceKind, Post

# Posts listed together are held by one person, as small places do.
_OF_PLACE: dict[PlaceKind, tuple[tuple[Post, ...], ...]] = {
    PlaceKind.COUNTY: ((Post.COUNTY_BUREAU,), (Post.SUPERVISION_OFFICE,), (Post.SYSTEM_OFFICER,)),
    PlaceKind.TOWNSHIP: ((Post.TOWNSHIP,),),
    PlaceKind.CENTRAL_SCHOOL: ((Post.CENTRAL_SCHOOL,),),
    PlaceKind.VILLAGE: ((Post.VILLAGE_COMMITTEE,), (Post.VILLAGE_CADRE,)),
    PlaceKind.SCHOOL: (
        (Post.PRINCIPAL,),
        (Post.VICE_PRINCIPAL, Post.DUTY_OFFICER),
        (Post.SCHOOL_OFFICE,),
        (Post.ENROLMENT_OFFICER, Post.REPORTING_OFFICER),
    ),
}
# Hired last, so that the others have the names they would have without them.
_HIRED_LAST: dict[PlaceKind, tuple[Post, ...]] = {
    PlaceKind.COUNTY: (Post.SECURITY_OFFICER, Post.AUDIT_OFFICER),
    PlaceKind.GRADE: (Post.GRADE_HEAD,),
    PlaceKind.BOARDING_HOUSE: (Post.HOUSE_PARENT,),
}
_OF_CLASS = (
    (Post.CLASS_TEACHER, Post.ROLL_CALL_TAKER, Post.VISITING_TEACHER),
    (Post.SUBJECT_TEACHER, Post.ASSIGNED_TEACHER),
)


class Staffing:
    """Hires people one by one and remembers their posts."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.staff: list[StaffMade] = []
        self.posts: list[PostMade] = []

    def _hire(self) -> int:
        no = len(self.staff)
        self.staff.append(StaffMade(no, surname(self._rng) + elder_name(self._rng), phone(no)))
        return no

    def fill_place(self, place: PlaceMade) -> None:
        """Somebody for every post of the place."""
        for together in _OF_PLACE.get(place.kind, ()):
            staff = self._hire()
            self.posts += [PostMade(staff, post, place=place.no) for post in together]

    def fill_last(self, place: PlaceMade) -> None:
        """The officers of the county, heads of grades and house parents."""
        for post in _HIRED_LAST.get(place.kind, ()):
            self.posts.append(PostMade(self._hire(), post, place=place.no))

    def fill_class(self, group: ClassMade) -> None:
        """A class teacher, who also calls the roll and visits, and a second teacher assigned to the class."""
        for together in _OF_CLASS:
            staff = self._hire()
            self.posts += [PostMade(staff, post, class_group=group.no) for post in together]


def appoint(rng: Random, places: Sequence[PlaceMade], classes: Sequence[ClassMade]) -> Staffing:
    """Everybody the county needs."""
    staffing = Staffing(rng)
    for place in places:
        staffing.fill_place(place)
    for group in classes:
        staffing.fill_class(group)
    for place in places:
        staffing.fill_last(place)
    return staffing
