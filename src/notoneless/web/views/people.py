"""人员与任职: who holds which post at a place, and one person with all their posts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place, PostHeld
from notoneless.records.scopes import place_for, visible_places
from notoneless.services.accounts import may_invite
from notoneless.services.people import ChangedMeanwhile, change_phone, may_change
from notoneless.services.permissions import post_in
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.people_forms import PhoneForm
from notoneless.web.read.people import people_at, posts_of
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in


def place_of(person: Person, place_id: int, at: datetime, thing: Thing, verb: Verb = Verb.SEE) -> Place:
    """The place, if this person may do it there; else the page is not there."""
    try:
        return place_for(person, place_id, at.date(), thing, verb)
    except Place.DoesNotExist:
        raise Http404 from None


@never_cache
@require_GET
@signed_in
def people(request: HttpRequest, person: Person) -> HttpResponse:
    """The person's own place; whoever has several chooses one."""
    at = now()
    own = visible_places(person, at.date(), Thing.PEOPLE).order_by("path")
    tops = [each for each in own if not any(o.contains(each) and o != each for o in own)]
    if len(tops) == 1:
        return redirect("web:people_at", tops[0].pk)
    return page(request, person, "people/choose", at, places=tops)


@never_cache
@require_GET
@signed_in
def people_of_place(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Who holds what since when, which posts are vacant, and the forms that change it."""
    at = now()
    place = place_of(person, place_id, at, Thing.PEOPLE)
    return page(
        request,
        person,
        "people/place",
        at,
        found=people_at(place, person, at.date()),
        place=place,
        above=visible_places(person, at.date(), Thing.PEOPLE).filter(pk=place.parent_id or 0).first(),
        may_change_places=post_in(person, Thing.PLACE, Verb.CHANGE, place, at.date()) is not None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def one_person(request: HttpRequest, person: Person, person_id: int) -> HttpResponse:
    """One person: telephone, account, every post with its days. Two who change one number see both."""
    at = now()
    whom = _whom(person, person_id, at)
    refusal = may_change(person, whom, at.date())
    if request.method == "GET" or refusal is not None:
        form = PhoneForm(initial={"phone": whom.phone})
        return _show(request, person, whom, form, at, status=200 if request.method == "GET" else 422)
    form = PhoneForm(request.POST)
    before = request.POST.get("before", "")
    if not form.is_valid():
        return _show(request, person, whom, form, at, status=422)
    try:
        change_phone(by=person, person=whom, phone=form.cleaned_data["phone"], before=before, at=at)
    except ChangedMeanwhile as changed:
        values = {"theirs": changed.now_is, "yours": form.cleaned_data["phone"]}
        frame = {"back": reverse("web:person", args=(whom.pk,)), "back_name": whom.name}
        frame["problem"] = sentence(changed)
        return page(request, person, "people/phone_twice", at, status=409, **(frame | values))
    except Refusal as refused:
        return _show(request, person, whom, form, at, problem=sentence(refused), status=422)
    say(request, _("已改。"), "good")
    return redirect("web:person", whom.pk)


def _show(
    request: HttpRequest,
    person: Person,
    whom: Person,
    form: PhoneForm,
    at: datetime,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    may = may_invite(person, whom, at.date()) is None
    return page(
        request,
        person,
        "people/person",
        at,
        status=status,
        whom=whom,
        posts=posts_of(whom),
        form=form if may_change(person, whom, at.date()) is None else None,
        problem=problem,
        invite=reverse("web:invite", args=(whom.pk,)) if may else "",
    )


def _whom(person: Person, person_id: int, at: datetime) -> Person:
    """The person themself, or somebody with a post, now or before, where this person may see people."""
    places = visible_places(person, at.date(), Thing.PEOPLE)
    there = Q(place__in=places) | Q(class_group__school__in=places)
    theirs = Q(pk=person.pk) | Q(pk__in=PostHeld.objects.filter(there).values("person"))
    whom = Person.objects.filter(theirs, pk=person_id).select_related("user").first()
    if whom is None:
        raise Http404
    return whom
