"""任命, 结束任职, 代理: the forms that change who holds a post."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, PostHeld
from notoneless.records.scopes import visible_places
from notoneless.services.appointing import (
    appoint,
    appoint_deputy,
    end_post,
    may_appoint,
    place_of,
    refuse_appointing,
    spot_of,
    the_post,
)
from notoneless.services.people import add_person
from notoneless.services.refusals import Refusal
from notoneless.services.spots import posts_at
from notoneless.web.codes import term
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.people_forms import AppointForm, DeputyForm, EndForm, WhoForm
from notoneless.web.read.people import appointable, colleagues
from notoneless.web.signed_in import signed_in
from notoneless.web.views.people import place_of as place_in_reach


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def appoint_at(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Appoint somebody to a post of a place, or with ?class= of one of its classes."""
    at = now()
    place = place_in_reach(person, place_id, at, Thing.PEOPLE, Verb.APPOINT)
    spot = _class_of(place, request.GET.get("class", "")) or place
    allowed = appointable(person, place, at.date())
    posts = [post for post in posts_at(spot) if post in allowed]
    initial = {"from_day": at.date(), "post": request.GET.get("post", "")}
    people = colleagues(place).exclude(pk=person.pk)
    form = AppointForm(request.POST or None, initial=initial, posts=posts, people=people)
    where = {"class_group": spot} if isinstance(spot, ClassGroup) else {"place": spot}

    def act(given: dict[str, Any]) -> PostHeld:
        return appoint(
            by=person,
            person=chosen(person, place, given, at),
            post=term(Post, given["post"]),
            from_day=given["from_day"],
            until=given["until"],
            basis=given["basis"],
            at=at,
            **where,
        )

    return ask(request, person, _shown(_("任命"), spot, person, at), form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def end(request: HttpRequest, person: Person, held_id: int) -> HttpResponse:
    """End a post without a successor; the vacancy shows at once."""
    at = now()
    held = post_for(person, held_id, at)
    form = EndForm(request.POST or None, initial={"until": at.date()})
    shown = _shown(_("结束任职"), spot_of(held), person, at, held)

    def act(given: dict[str, Any]) -> PostHeld:
        return end_post(by=person, held=held, until=given["until"], basis=given["basis"], at=at)

    return ask(request, person, shown, form, act, at, not_theirs(person, held, at), held=held)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def deputy(request: HttpRequest, person: Person, held_id: int) -> HttpResponse:
    """Let somebody answer in the holder's stead for a time."""
    at = now()
    held = post_for(person, held_id, at)
    place = place_of(spot_of(held))
    people = colleagues(place).exclude(pk__in=[person.pk, held.person_id])
    form = DeputyForm(request.POST or None, initial={"from_day": at.date()}, people=people)
    shown = _shown(_("请人代理"), spot_of(held), person, at, held)

    def act(given: dict[str, Any]) -> PostHeld:
        return appoint_deputy(
            by=person,
            held=held,
            person=chosen(person, place, given, at),
            from_day=given["from_day"],
            until=given["until"],
            basis=given["basis"],
            at=at,
        )

    return ask(request, person, shown, form, act, at, not_theirs(person, held, at), held=held)


# What the hand-over's form needs too.


def post_for(person: Person, held_id: int, at: datetime) -> PostHeld:
    """The post as held, if it lies where this person appoints; else the page is not there."""
    try:
        held = the_post(held_id)
    except PostHeld.DoesNotExist:
        raise Http404 from None
    places = visible_places(person, at.date(), Thing.PEOPLE, Verb.APPOINT)
    if not places.filter(pk=place_of(spot_of(held)).pk).exists():
        raise Http404
    return held


def not_theirs(person: Person, held: PostHeld, at: datetime) -> Refusal | None:
    """Why this person does not decide about this post, or None."""
    if may_appoint(person, held.post, spot_of(held), at.date()):
        return None
    try:
        refuse_appointing(person, None, held.post, spot_of(held), at.date())
    except Refusal as refusal:
        return refusal
    return None


def chosen(person: Person, place: Place, given: dict[str, Any], at: datetime) -> Person:
    """Who was chosen from the list, or the new person as written. Raises Refusal."""
    if given["person"] != WhoForm.NEW:
        return colleagues(place).get(pk=given["person"])
    return add_person(by=person, place=place, name=given["name"], phone=given["phone"], at=at)


def _class_of(place: Place, number: str) -> ClassGroup | None:
    if not number:
        return None
    rows = ClassGroup.objects.filter(school=place).select_related("school")
    group = rows.filter(pk=number).first() if number.isdecimal() else None
    if group is None:
        raise Http404
    return group


def _shown(
    title: str, spot: ClassGroup | Place, person: Person, at: datetime, held: PostHeld | None = None
) -> FormPage:
    """The page's words; it leads back to the people of the place, or of the one around where it has none."""
    lead = str(spot)
    if held is not None:
        lead = _("%(where)s %(post)s：%(name)s，%(since)s 起") % {
            "where": spot,
            "post": held.post.label(get_language() or "zh"),
            "name": held.person.name,
            "since": held.held_from,
        }
    return FormPage(title, title, _("已记下。"), back_to(place_of(spot)), _("人员与任职"), lead)


def back_to(place: Place) -> str:
    """The address of the people of a place."""
    return reverse("web:people_at", args=(place.pk,))
