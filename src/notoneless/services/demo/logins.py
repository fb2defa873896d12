"""One login a role for the demo: who they are, and what to type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.contrib.auth.models import User

from notoneless.batch.simulate.county import County, PostMade
from notoneless.batch.simulate.places import STORY_CLASS, STORY_SCHOOL
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Person, PostHeld


class Login(NamedTuple):
    """A role of the demo: the first holder of `post` in the story class, the story school, or above."""

    username: str
    post: Post
    school: int = 0  # the county's first school, its second …
    class_name: str = ""  # "" for posts at a place


LOGINS = (
    Login("teacher", Post.CLASS_TEACHER, class_name=STORY_CLASS),
    Login("teacher2", Post.SUBJECT_TEACHER, class_name=STORY_CLASS),
    Login("office", Post.SCHOOL_OFFICE),
    Login("principal", Post.PRINCIPAL),
    Login("enrolment", Post.ENROLMENT_OFFICER),
    Login("middle", Post.CLASS_TEACHER, school=1, class_name="八年级1班"),
    Login("cadre", Post.VILLAGE_CADRE),
    Login("township", Post.TOWNSHIP),
    Login("county", Post.COUNTY_BUREAU),
    Login("security", Post.SECURITY_OFFICER),
    Login("audit", Post.AUDIT_OFFICER),
)


class LoginShown(NamedTuple):
    """What the demo prints for one role."""

    username: str
    password: str
    name: str
    post: Post
    where: str


def holders(county: County) -> Iterator[tuple[Login, int]]:
    """For each login the number of the person who gets it; a county without the school goes without it."""
    schools = [place.no for place in county.places if place.kind is PlaceKind.SCHOOL]
    for login in LOGINS:
        if login.school < len(schools):
            held = next((h for h in county.posts if _fits(h, login, schools[login.school], county)), None)
            if held is not None:
                yield login, held.staff


def _fits(held: PostMade, login: Login, school: int, county: County) -> bool:
    if held.post is not login.post:
        return False
    if login.class_name:
        group = county.classes[held.class_group or 0]
        return held.class_group is not None and (group.school, group.name) == (school, login.class_name)
    return held.place is not None and held.place in (*_around(school, county), _village(school, county))


def _village(school: int, county: County) -> int:
    """The village of a school: they were made in the same order."""
    schools, villages = (
        [place.no for place in county.places if place.kind is kind]
        for kind in (PlaceKind.SCHOOL, PlaceKind.VILLAGE)
    )
    return villages[schools.index(school)]


def _around(place: int | None, county: County) -> Iterator[int]:
    while place is not None:
        yield place
        place = county.places[place].parent


def make_users(county: County, people: Mapping[int, Person], passwords: Mapping[str, str]) -> None:
    """A user for each login whose password is given."""
    for login, staff in holders(county):
        if login.username in passwords:
            person = people[staff]
            person.user = User.objects.create_user(login.username, password=passwords[login.username])
            person.save(update_fields=["user"])


def logins(passwords: Mapping[str, str]) -> list[LoginShown]:
    """The logins there are, in the order of the table above, with the passwords they were made with."""
    order = {login.username: (i, login.post) for i, login in enumerate(LOGINS)}
    people = Person.objects.filter(user__username__in=passwords).select_related("user")
    shown = [_shown(person, passwords, order[person.user.username][1]) for person in people if person.user]
    return sorted(shown, key=lambda login: order[login.username])


def set_passwords(passwords: Mapping[str, str]) -> None:
    """Give the demo's users these passwords, when the file with the first ones is lost."""
    for user in User.objects.filter(username__in=passwords):
        user.set_password(passwords[user.username])
        user.save(update_fields=["password"])


def _shown(person: Person, passwords: Mapping[str, str], post: Post) -> LoginShown:
    assert person.user is not None
    held = (
        PostHeld.objects.filter(person=person, post=post)
        .select_related("place", "class_group__school")
        .first()
    )
    where = ""
    if held is not None:
        where = str(held.place or f"{held.class_group.school}{held.class_group}")  # type: ignore[union-attr]
    return LoginShown(person.user.username, passwords[person.user.username], person.name, post, where)


def story_class(county: County) -> int | None:
    """The number of the class that visitors teach; nobody else acts for it."""
    return next(
        (
            group.no
            for group in county.classes
            if (county.places[group.school].name, group.name) == (STORY_SCHOOL, STORY_CLASS)
        ),
        None,
    )
