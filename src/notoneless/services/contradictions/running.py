"""All checks over a place: what contradicts what, where it lies, whose it is, under a key that stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from notoneless.core.terms import Post
from notoneless.records.models import ClassGroup, Enrolment, OnRoll, Place, Residence
from notoneless.records.packs import places_on
from notoneless.records.scopes import CLASS_POSTS, during
from notoneless.services.answering import Holders
from notoneless.services.contradictions.checks import CHECKS, Check, Moment, Row, Seen
from notoneless.services.rungs import fillers

AT_ONCE = 500  # children asked about in one statement
NEXT_UP = (Post.SCHOOL_OFFICE, Post.PRINCIPAL, Post.CENTRAL_SCHOOL, Post.TOWNSHIP, Post.COUNTY_BUREAU)


class Found(NamedTuple):
    """A contradiction as it is found."""

    check: Check
    rows: tuple[Row, ...]
    child: UUID | None
    class_group: int | None
    place: int  # where it is

    @property
    def key(self) -> str:
        """What names the same contradiction on another night: the check and its rows."""
        about = "/".join(f"{row.kind}:{row.id}" for row in self.rows)
        return f"{self.check.id}/{hashlib.sha256(about.encode()).hexdigest()[:32]}"

    @property
    def digest(self) -> str:
        """SHA-256 over the rows and what they say: explained rows that change are another question."""
        return digest_of(self.rows)


def digest_of(rows: Iterable[Collection[object]]) -> str:
    """SHA-256 over rows as they are found or as they are kept."""
    plain = [[kind, number, dict(says)] for kind, number, says in rows]  # type: ignore[call-overload]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def run_checks(place: Place | None, *, now: object, only: Collection[str] | None = None) -> list[Found]:
    """What contradicts at and below a place (everywhere for None) as known at `now`; some queries a check.

    `only` names the checks to run, all of them when left out.
    """
    moment = Moment(now)  # type: ignore[arg-type]
    seen = [
        (check, each)
        for check in CHECKS.values()
        if only is None or check.id in only
        for each in check.find(moment)
    ]
    places = _places(seen, moment)
    paths = dict(Place.objects.values_list("pk", "path"))
    inside = "" if place is None else place.path or "/"
    found = [
        Found(check, each.rows, each.child, each.class_group or group, where)
        for check, each in seen
        for where, group in (places(each),)
        if where is not None and (paths.get(where) or "").startswith(inside)
    ]
    return list({each.key: each for each in found}.values())


class _Places:
    """Where children are: in their class, or the last one they were in, on a roll, at home, else the top."""

    def __init__(self, children: Collection[UUID], groups: Collection[int], moment: Moment) -> None:
        self._schools = dict(ClassGroup.objects.filter(pk__in=groups).values_list("pk", "school"))
        self._classes: dict[UUID, int] = {}
        self._rolls: dict[UUID, int] = {}
        self._top = Place.objects.filter(kind="COUNTY").order_by("path").values_list("pk", flat=True).first()
        ids = sorted(children, key=str)
        for i in range(0, len(ids), AT_ONCE):
            self._read(ids[i : i + AT_ONCE], moment)

    def _read(self, ids: list[UUID], moment: Moment) -> None:
        homes = Residence.objects.filter(during(moment.on), child__in=ids)
        self._rolls |= dict(homes.values_list("child", "place"))
        rolls = OnRoll.objects.filter(child__in=ids, school__isnull=False).order_by("from_day")
        self._rolls |= {child: school for child, school in rolls.values_list("child", "school") if school}
        stays = Enrolment.objects.filter(child__in=ids).order_by("from_day")
        for child, group, school in stays.values_list("child", "class_group", "class_group__school"):
            self._classes[child] = group
            self._schools[group] = school

    def __call__(self, seen: Seen) -> tuple[int | None, int | None]:
        """The place and the class of what was seen."""
        group = seen.class_group
        if group is None and seen.child is not None and seen.place is None:
            group = self._classes.get(seen.child)
        if seen.place is not None:
            return seen.place, group
        if group is not None:
            return self._schools.get(group), group
        return (self._rolls.get(seen.child) if seen.child else None) or self._top, None


def _places(seen: Iterable[tuple[Check, Seen]], moment: Moment) -> _Places:
    listed = [each for _, each in seen]
    children = {each.child for each in listed if each.child is not None}
    return _Places(children, {each.class_group for each in listed if each.class_group}, moment)


class Owners:
    """Which live post mends what is found, and where it is held."""

    def __init__(self, moment: Moment) -> None:
        asked = {check.owner for check in CHECKS.values()} | set(NEXT_UP)
        self._holders = Holders(
            moment.on, asked | {post for each in asked for post in fillers(each)}, None, None
        )
        self._paths = {place.pk: place.path or "" for place in Place.objects.only("path")}

    def of(self, found: Found) -> tuple[Post, int]:
        """The check's own post, in the class or at the nearest place; else the next one up that is held."""
        post = found.check.owner
        group = found.class_group
        if post in CLASS_POSTS and group and self._holders.in_class(post, group).person is not None:
            return post, found.place
        around = places_on(self._paths.get(found.place, ""))
        up = [post] if post not in CLASS_POSTS else []
        for one in (*up, *NEXT_UP):
            for here in around:
                if self._holders.people_at(one, here):
                    return one, here
        return (up or [NEXT_UP[-1]])[0], around[-1] if around else found.place
