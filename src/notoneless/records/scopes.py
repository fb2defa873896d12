"""The one door to children, classes and places: out of scope is the same as not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from notoneless.core.case_terms import HandOffOutcome
from notoneless.core.stages import SETTLED
from notoneless.core.terms import EventKind, PlaceKind, Post, Stage
from notoneless.records.access import Fields, Scope, Thing, Verb, fields_of, scopes_of
from notoneless.records.models import (
    Assigned,
    Boarding,
    Case,
    Child,
    ClassGroup,
    Contradiction,
    Enrolment,
    EnrolmentChange,
    EventRecord,
    HandOff,
    Obligation,
    OfflineReceived,
    OnRoll,
    PaperIssued,
    Person,
    Place,
    PostHeld,
    Residence,
    SpecialRoute,
    not_closed,
)

# Posts that are held in a class.
CLASS_POSTS = frozenset(
    {
        Post.CLASS_TEACHER,
        Post.SUBJECT_TEACHER,
        Post.ROLL_CALL_TAKER,
        Post.ASSIGNED_TEACHER,
        Post.VISITING_TEACHER,
    }
)
# Posts that answer for everything at and below the place they are held at.
PLACE_POSTS = frozenset(post for post in Post if scopes_of(post, Thing.OBLIGATION, Verb.SEE)) - CLASS_POSTS

# How far those reach who meet the children themselves.
NEAR = frozenset({Scope.CLASS, Scope.BOARDERS, Scope.RESIDENTS, Scope.ASSIGNED})


# A child found never enrolled, as long as no class has seen it.
NOT_YET_IN = (Stage.NEVER_ENROLLED, Stage.ENROLLED_ELSEWHERE)

# What a page has read of people's posts; None outside of `posts_read_once`.
_KEPT: ContextVar[dict[tuple[int, date], list[PostHeld]] | None] = ContextVar("posts read", default=None)


class Reach(NamedTuple):
    """How far one post of a person reaches when it does something."""

    held: PostHeld
    scope: Scope


def live(on: date) -> Q:
    """Posts held on a day."""
    return Q(held_from__lte=on) & (Q(held_until__isnull=True) | Q(held_until__gt=on))


def during(on: date) -> Q:
    """Rows with `from_day` and `until` that hold on a day."""
    return Q(from_day__lte=on) & (Q(until__isnull=True) | Q(until__gt=on))


@contextmanager
def posts_read_once() -> Iterator[None]:
    """Within it each person's posts are read once: around a page that shows, never around an act.

    One within another keeps what the outer one has read.
    """
    kept = _KEPT.get()
    token = _KEPT.set({} if kept is None else kept)
    try:
        yield
    finally:
        _KEPT.reset(token)


def posts_on(person: Person, on: date) -> list[PostHeld]:
    """The posts a person holds on a day, with their places; one query."""
    kept = _KEPT.get()
    if kept is not None and (person.pk, on) in kept:
        return kept[person.pk, on]
    rows = PostHeld.objects.filter(live(on), person=person).order_by("pk")
    held = list(rows.select_related("place", "class_group"))
    if kept is not None:
        kept[person.pk, on] = held
    return held


def reaches(person: Person, on: date, thing: Thing, verb: Verb) -> Iterator[Reach]:
    """Each post by which the person may do this on a day, with how far; one query."""
    for row in posts_on(person, on):
        for scope in scopes_of(row.post, thing, verb):
            yield Reach(row, scope)


def visible_classes(
    person: Person, on: date, thing: Thing = Thing.CLASS, verb: Verb = Verb.SEE
) -> QuerySet[ClassGroup]:
    """The classes about which this person may do it on a day."""
    return ClassGroup.objects.filter(_classes(reaches(person, on, thing, verb), ""))


def own_classes(
    person: Person, on: date, thing: Thing = Thing.CLASS, verb: Verb = Verb.SEE
) -> QuerySet[ClassGroup]:
    """Of those, the classes in which the person holds a post itself."""
    mine = [each for each in reaches(person, on, thing, verb) if each.scope is Scope.CLASS]
    return ClassGroup.objects.filter(_classes(mine, ""))


def visible_places(person: Person, on: date, thing: Thing, verb: Verb = Verb.SEE) -> QuerySet[Place]:
    """The places at which one of the person's posts lets it do this, with all that lies in them."""
    within = Q(pk__in=[])
    for held, _ in reaches(person, on, thing, verb):
        if held.place is not None:
            within |= Q(path__startswith=held.place.path)
    return Place.objects.filter(within)


def visible_schools(
    person: Person, on: date, thing: Thing = Thing.SCHOOL_BOARD, verb: Verb = Verb.SEE
) -> QuerySet[Place]:
    """The schools among those places that are not closed."""
    return visible_places(person, on, thing, verb).filter(not_closed(on), kind=PlaceKind.SCHOOL)


def visible_children(
    person: Person, on: date, verb: Verb = Verb.SEE, thing: Thing = Thing.CHILD
) -> QuerySet[Child]:
    """The children about whom this person may do it: of classes, houses, villages, or assigned."""
    return Child.objects.filter(_children(person, on, thing, verb, "pk"))


def own_children(
    person: Person, on: date, thing: Thing = Thing.CHILD, verb: Verb = Verb.SEE
) -> QuerySet[Child]:
    """Of those, the children of one's own class, house or village, or assigned to one."""
    mine = [each for each in reaches(person, on, thing, verb) if each.scope in NEAR]
    return Child.objects.filter(_of(mine, person, on, "pk"))


def people_at(
    person: Person, on: date, thing: Thing, verb: Verb = Verb.SEE, *, who_left: bool = False
) -> QuerySet[Person]:
    """Those who hold a post, or (`who_left`) ever held one, at or below where this person may do it."""
    places = visible_places(person, on, thing, verb)
    there = Q(place__in=places) | Q(class_group__school__in=places)
    held = PostHeld.objects.filter(there) if who_left else PostHeld.objects.filter(live(on), there)
    return Person.objects.filter(pk__in=held.values("person"))


def visible_cases(person: Person, on: date, verb: Verb = Verb.SEE) -> QuerySet[Case]:
    """The cases to which this person may do it."""
    return Case.objects.filter(_children(person, on, Thing.CASE, verb, "child"))


def visible_obligations(person: Person, on: date) -> QuerySet[Obligation]:
    """The obligations of the classes and places the person looks after, and about its children."""
    found = list(reaches(person, on, Thing.OBLIGATION, Verb.SEE))
    within = _classes(found, "class_group__")
    for held, scope in found:
        if scope is Scope.PLACE and held.place is not None:
            within |= Q(place__path__startswith=held.place.path or "/")
        elif scope is Scope.ITSELF:
            within |= Q(place=held.place_id, child=None, class_group=None)
    for rows in _single_children(found, person, on):
        within |= Q(child__in=rows)
    return Obligation.objects.filter(within)


def visible_contradictions(person: Person, on: date, verb: Verb = Verb.SEE) -> QuerySet[Contradiction]:
    """What contradicts in the classes and at the places where this person may do it."""
    places = visible_places(person, on, Thing.CONTRADICTION, verb)
    classes = own_classes(person, on, Thing.CONTRADICTION, verb)
    return Contradiction.objects.filter(Q(place__in=places) | Q(class_group__in=classes))


def visible_uploads(person: Person, on: date, verb: Verb = Verb.SEE) -> QuerySet[OfflineReceived]:
    """What came from telephones of those who hold, or once held, a post where this person may look.

    Once held: a teacher who has left may still have sent something. Whom it is about is for
    `services.offline_checking` to compare, as it stands sealed in the record.
    """
    places = visible_places(person, on, Thing.OFFLINE, verb)
    there = Q(place__in=places) | Q(class_group__school__in=places)
    authors = PostHeld.objects.filter(there).values("person")
    return OfflineReceived.objects.filter(Q(device__person__in=authors) | Q(person__in=authors))


def child_for(
    person: Person, child: UUID, on: date, verb: Verb = Verb.SEE, thing: Thing = Thing.CHILD
) -> Child:
    """The child, if this person may do it about it. Raises Child.DoesNotExist."""
    return visible_children(person, on, verb, thing).get(pk=child)


def visible_changes(person: Person, on: date, verb: Verb = Verb.SEE) -> QuerySet[EnrolmentChange]:
    """The enrolment changes of the children, and of the schools of either side, that it may do this to."""
    found = list(reaches(person, on, Thing.CHANGE, verb))
    within = _of(found, person, on, "child")
    for held, scope in found:
        if scope is Scope.PLACE and held.place is not None:
            path = held.place.path or "/"
            within |= Q(school__path__startswith=path) | Q(receiver__path__startswith=path)
    return EnrolmentChange.objects.filter(within)


def visible_papers(person: Person, on: date) -> QuerySet[PaperIssued]:
    """The papers about the person's children, and those of no single child issued where it sees papers."""
    about = _children(person, on, Thing.PAPER, Verb.SEE, "child")
    places = visible_places(person, on, Thing.PAPER).values("pk")
    return PaperIssued.objects.filter(about | Q(child=None, place__in=places))


def visible_hand_offs(person: Person, on: date, verb: Verb = Verb.SEE) -> QuerySet[HandOff]:
    """The hand-offs of cases from and to the places at which this person may do it."""
    places = visible_places(person, on, Thing.CASE_HAND_OFF, verb)
    return HandOff.objects.filter(Q(from_place__in=places) | Q(to_place__in=places))


def child_on_paper(person: Person, child: UUID, on: date) -> Child:
    """The child, if this person may see its enrolment: also one in no class, or about to be received.

    Raises Child.DoesNotExist.
    """
    within = Q(pk__in=visible_changes(person, on).filter(child=child).values("child"))
    for held, scope in reaches(person, on, Thing.CHANGE, Verb.SEE):
        if scope is Scope.PLACE and held.place is not None:
            at_place = {"child": child, "school__path__startswith": held.place.path or "/"}
            within |= Q(pk__in=OnRoll.objects.filter(during(on), **at_place).values("child"))
            within |= Q(pk__in=SpecialRoute.objects.filter(**at_place).values("child"))
    return Child.objects.get(within | _children(person, on, Thing.CHANGE, Verb.SEE, "pk"), pk=child)


def class_for(
    person: Person, class_group: int, on: date, thing: Thing = Thing.CLASS, verb: Verb = Verb.SEE
) -> ClassGroup:
    """The class, if this person may do it there. Raises ClassGroup.DoesNotExist."""
    return visible_classes(person, on, thing, verb).select_related("school").get(pk=class_group)


def place_for(person: Person, place: int, on: date, thing: Thing, verb: Verb = Verb.SEE) -> Place:
    """The place, if this person may do it there. Raises Place.DoesNotExist."""
    return visible_places(person, on, thing, verb).get(pk=place)


def whole_place_for(person: Person, place: int, on: date, thing: Thing, verb: Verb = Verb.SEE) -> Place:
    """The place, if a post lets the person do this to all that lies in it. Raises Place.DoesNotExist.

    For lists and counts of a whole place; whoever answers for some children there only is not let in.
    """
    within = Q(pk__in=[])
    for held, scope in reaches(person, on, thing, verb):
        if scope is Scope.PLACE and held.place is not None:
            if held.place_id == place:
                return held.place  # read with the post
            within |= Q(path__startswith=held.place.path)
    return Place.objects.get(within, pk=place)


def reach_to(person: Person, child: Child, on: date, thing: Thing, verb: Verb) -> list[Reach]:
    """The posts by which this person may do it to this child, and how far each reaches."""
    return [
        each
        for each in reaches(person, on, thing, verb)
        if Child.objects.filter(_of([each], person, on, "pk"), pk=child.pk).exists()
    ]


def reach_to_class(
    person: Person, class_group: ClassGroup, on: date, thing: Thing, verb: Verb
) -> list[Reach]:
    """The posts by which this person may do it for this class; the class's own posts first."""
    found = [each for each in reaches(person, on, thing, verb) if holds_class(each, class_group)]
    return sorted(found, key=lambda each: each.scope is not Scope.CLASS)


def holds_class(reach: Reach, class_group: ClassGroup) -> bool:
    """Whether a class lies within the reach of a post."""
    held, scope = reach
    if scope is Scope.CLASS:
        return held.class_group_id == class_group.pk
    place = held.place
    if place is None or scope not in (Scope.PLACE, Scope.GRADE):
        return False
    if place.kind == PlaceKind.GRADE:
        return (class_group.school_id, class_group.grade) == (place.parent_id, place.grade)
    if place.kind == PlaceKind.TEACHING_POINT:
        return class_group.teaching_point_id == place.pk
    return (class_group.school.path or "").startswith(place.path or "/")


def fields_for(person: Person, child: Child, on: date) -> frozenset[Fields]:
    """Which parts of this child's data this person is shown."""
    return fields_through(reach_to(person, child, on, Thing.CHILD, Verb.SEE))


def fields_through(found: Iterable[Reach]) -> frozenset[Fields]:
    """Which parts of a child's data these posts, each within its reach, are shown."""
    return frozenset(each for held, scope in found for each in fields_of(held.post, Thing.CHILD, scope))


def verbs_through(found: Iterable[Reach], thing: Thing) -> frozenset[Verb]:
    """What whoever reaches so far may do to the thing; one reading for all that a page asks."""
    return frozenset(v for held, scope in found for v in Verb if scope in scopes_of(held.post, thing, v))


def fields_in(person: Person, class_group: ClassGroup, on: date) -> frozenset[Fields]:
    """Which parts of the data of a whole class this person is shown."""
    return fields_through(reach_to_class(person, class_group, on, Thing.CHILD, Verb.SEE))


# How reaches become conditions.


def _classes(found: Iterator[Reach] | list[Reach], prefix: str) -> Q:
    """Rows whose class, named through `prefix`, lies within one of the reaches."""
    within = Q(pk__in=[])
    for held, scope in found:
        if scope is Scope.CLASS and held.class_group_id is not None:
            within |= Q(**{f"{prefix}pk": held.class_group_id})
        elif scope in (Scope.PLACE, Scope.GRADE) and held.place is not None:
            within |= _in_place(held.place, prefix)
    return within


def _in_place(place: Place, prefix: str) -> Q:
    """Grades and teaching points lie beside the classes in the tree; everything else around them."""
    if place.kind == PlaceKind.GRADE:
        return Q(**{f"{prefix}school": place.parent_id, f"{prefix}grade": place.grade})
    if place.kind == PlaceKind.TEACHING_POINT:
        return Q(**{f"{prefix}teaching_point": place.pk})
    return Q(**{f"{prefix}school__path__startswith": place.path})


def _children(person: Person, on: date, thing: Thing, verb: Verb, child: str) -> Q:
    return _of(list(reaches(person, on, thing, verb)), person, on, child)


def _of(found: list[Reach], person: Person, on: date, child: str) -> Q:
    """Rows about children, named by the column `child`, within one of the reaches.

    One list of children, and not a condition for each reach: joined by OR, the database would ask every child
    of the county about every one of them.
    """
    parts = list(_single_children(found, person, on))
    if any(scope in (Scope.CLASS, Scope.GRADE, Scope.PLACE) for _, scope in found):
        enrolled = Enrolment.objects.filter(_classes(found, "class_group__")).filter(belongs(on))
        parts.insert(0, enrolled.values("child_id"))
    if not parts:
        return Q(pk__in=[])
    return Q(**{f"{child}__in": parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]})


def _single_children(found: list[Reach], person: Person, on: date) -> Iterator[QuerySet[Any, Any]]:
    """The ids of children reached otherwise than through a class."""
    for held, scope in found:
        if scope is Scope.BOARDERS:
            yield Boarding.objects.filter(during(on), house=held.place_id).values("child_id")
        elif scope is Scope.RESIDENTS and held.place is not None:
            there = Residence.objects.filter(during(on), place__path__startswith=held.place.path or "/")
            yield there.values("child_id")
        elif scope is Scope.ASSIGNED:
            mine = Assigned.objects.filter(during(on), person=person, post=held.post)
            yield mine.values("child_id")
        elif scope is Scope.PLACE and held.place is not None:
            yield _received(held.place)
            yield _awaited(held.place)
            yield _at_home(held.place, on)


def _received(place: Place) -> QuerySet[Any, Any]:
    """The children whose case a place took from another, for as long as the case is open."""
    taken = HandOff.objects.filter(
        to_place__path__startswith=place.path or "/", answered__outcome=HandOffOutcome.CONFIRMED
    )
    return taken.exclude(case__stage__in=SETTLED).values("case__child_id")


def _awaited(place: Place) -> QuerySet[Any, Any]:
    """The children found never enrolled whom a school of the place is to take in, until it has."""
    found = EventRecord.objects.filter(
        child__case__stage__in=NOT_YET_IN,
        kind=EventKind.NEVER_ENROLLED,
        place__path__startswith=place.path or "/",
    )
    return found.values("child_id")


def _at_home(place: Place, on: date) -> QuerySet[Any, Any]:
    """Those of them who live in the place, wherever the school is."""
    # Asked of each such child, of whom there are few, and not of all who live there.
    here = Residence.objects.filter(
        during(on), child=OuterRef("child"), place__path__startswith=place.path or "/"
    )
    found = Case.objects.filter(
        Exists(here), stage__in=NOT_YET_IN, child__events__kind=EventKind.NEVER_ENROLLED
    )
    return found.values("child_id")


def belongs(on: date) -> Q:
    """The enrolment that counts for who may see a child.

    The open one, or the one of the day. A child that has left stays visible to the class it left, where its
    case must go on, until another class takes it.
    """
    return during(on) | has_left(on)


def has_left(on: date) -> Q:
    """The last enrolment of whoever is in no class on a day."""
    after = Q(until__isnull=True) | Q(until__gt=OuterRef("until"))
    later = Enrolment.objects.filter(after, from_day__lte=on, child=OuterRef("child"))
    return Q(~Exists(later), until__lte=on)
