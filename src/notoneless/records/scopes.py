"""The one door to children, classes and places: out of scope is the same as not there."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.terms import Post
from notoneless.records.models import Case, Child, ClassGroup, Obligation, Person, Place, PostHeld

# Posts that look after a class, when they are held in it.
CLASS_POSTS = frozenset(
    {
        Post.CLASS_TEACHER,
        Post.SUBJECT_TEACHER,
        Post.ROLL_CALL_TAKER,
        Post.ASSIGNED_TEACHER,
        Post.VISITING_TEACHER,
    }
)
# Posts that look after everything at and below the place they are held at.
PLACE_POSTS = frozenset(Post) - CLASS_POSTS - {Post.GUARDIAN, Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE}


def live(on: date) -> Q:
    """Posts held on a day."""
    return Q(held_from__lte=on) & (Q(held_until__isnull=True) | Q(held_until__gt=on))


def visible_classes(person: Person, on: date) -> QuerySet[ClassGroup]:
    """The classes this person looks after on a day; one query more to see which posts they hold."""
    return ClassGroup.objects.filter(_reach(person, on, "pk", "school__path"))


def visible_schools(person: Person, on: date) -> QuerySet[Place]:
    """The schools this person looks after as a whole on a day."""
    within = Q(pk__in=[])
    for post in _posts(person, on):
        if post.place is not None and post.post in PLACE_POSTS:
            within |= Q(path__startswith=post.place.path)
    return Place.objects.filter(within, kind="SCHOOL")


def visible_children(person: Person, on: date) -> QuerySet[Child]:
    """The children of those classes: whoever is enrolled on the day, or was last enrolled in one of them."""
    reach = _reach(person, on, "enrolments__class_group", "enrolments__class_group__school__path")
    return Child.objects.filter(reach, _belongs(on)).distinct()


def visible_cases(person: Person, on: date) -> QuerySet[Case]:
    """The cases of those children."""
    return Case.objects.filter(child__in=visible_children(person, on))


def visible_obligations(person: Person, on: date) -> QuerySet[Obligation]:
    """The obligations about those children and classes."""
    return Obligation.objects.filter(_reach(person, on, "class_group", "place__path"))


def child_for(person: Person, child: UUID, on: date) -> Child:
    """The child, if this person may see it. Raises Child.DoesNotExist."""
    return visible_children(person, on).get(pk=child)


def class_for(person: Person, class_group: int, on: date) -> ClassGroup:
    """The class, if this person may see it. Raises ClassGroup.DoesNotExist."""
    return visible_classes(person, on).select_related("school").get(pk=class_group)


def _posts(person: Person, on: date) -> QuerySet[PostHeld]:
    return PostHeld.objects.filter(person=person).filter(live(on)).select_related("place")


def _reach(person: Person, on: date, class_group: str, path: str) -> Q:
    """Rows in a class held, or at or below a place held."""
    within = Q(pk__in=[])
    for post in _posts(person, on):
        if post.class_group_id is not None and post.post in CLASS_POSTS:
            within |= Q(**{class_group: post.class_group_id})
        elif post.place is not None and post.post in PLACE_POSTS:
            within |= Q(**{f"{path}__startswith": post.place.path})
    return within


def _belongs(on: date) -> Q:
    """The enrolment that counts for who may see a child.

    The open one, or the one of the day. A child that has left stays visible to the class it left, where its
    case must go on, until another class takes it.
    """
    ended = Q(enrolments__until__lte=on) & ~Q(pk__in=_enrolled_on(on))
    return _during(on) | ended


def _during(on: date) -> Q:
    open_then = Q(enrolments__until__isnull=True) | Q(enrolments__until__gt=on)
    return Q(enrolments__from_day__lte=on) & open_then


def _enrolled_on(on: date) -> QuerySet[Child, UUID]:
    return Child.objects.filter(_during(on)).values_list("pk", flat=True)
