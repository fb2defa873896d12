"""整班毕业、升学, and the receiving school's confirmation of many at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import ChangeKind, PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person
from notoneless.services.refusals import Refusal
from notoneless.services.together import KINDS, Together, arriving, confirm_together, leave_together
from notoneless.web.codes import term
from notoneless.web.enrolment_forms import PlaceField
from notoneless.web.enrolment_found import classes_of
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.forms import Chips, TermsForm
from notoneless.web.moment import now
from notoneless.web.people_forms import day_field
from notoneless.web.place_here import the_place
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.views.changes import other_schools

NAMED = 5  # who was left out; the others are counted


class LeavingForm(TermsForm):
    """Which class, how, from when, and where to."""

    offered = {"kind": KINDS}
    class_group = PlaceField(
        label=gettext_lazy("哪个班"), error_messages={"required": gettext_lazy("请选班级。")}
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("办什么"),
        widget=Chips,
        error_messages={"required": gettext_lazy("请选办哪一种异动。")},
    )
    from_day = day_field(gettext_lazy("从哪天起"))
    receiver = PlaceField(label=gettext_lazy("升入的学校（本县）"), required=False)
    elsewhere = forms.CharField(
        label=gettext_lazy("升入的学校（不在本县的写校名）"), required=False, max_length=100
    )


class ArrivingForm(forms.Form):
    """Into which class."""

    class_group = PlaceField(
        label=gettext_lazy("编入哪个班"), error_messages={"required": gettext_lazy("请选班级。")}
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def leaving(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """整班毕业、升学: one form for a class; who cannot go along is named."""
    at = now()
    school = the_place(person, place_id, at, Thing.CHANGE, verb=Verb.ASK)
    classes, schools = classes_of(school, at), other_schools(school, at.date())
    form = LeavingForm(request.POST or None, initial={"from_day": at.date()})
    _offer(form, "class_group", classes, _("请选班级"))
    _offer(form, "receiver", schools, _("——"))

    def act(given: dict[str, Any]) -> object:
        together = leave_together(
            by=person,
            class_group=classes.get(pk=given["class_group"]),
            kind=term(ChangeKind, given["kind"]),
            from_day=given["from_day"],
            receiver=schools.filter(pk=given["receiver"] or 0).first(),
            elsewhere=given["elsewhere"],
            key=given_key(request) or "",
            at=at,
        )
        _refuse_nobody(together)
        told.append(_told(together))
        return together

    told: list[str] = []
    lead = _("毕业、升学在春季学期结束以后办。升学的学生等接收学校确认；确认以前还是本校的。")
    back = reverse("web:enrolment", args=(school.pk,))
    shown = FormPage(_("整班毕业、升学"), _("整班办理"), _("已办理。"), back, school.name, lead)
    answer = ask(request, person, shown, form, act, at)
    if told:
        say(request, told[0], "good")
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def arrivals(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """确认接收: those whom other schools sent, ticked and put into a class together."""
    at = now()
    school = the_place(person, place_id, at, Thing.CHANGE, PlaceKind.SCHOOL, verb=Verb.ASK)
    classes, waiting = classes_of(school, at), arriving(school)
    form = ArrivingForm(request.POST or None)
    _offer(form, "class_group", classes, _("请选班级"))
    ticked = [UUID(each) for each in request.POST.getlist("change") if _is_uuid(each)]
    told: list[str] = []

    def act(given: dict[str, Any]) -> object:
        if not ticked:
            raise Refusal("NOBODY", "请勾选要接收的学生。", "Tick the children to be received.")
        together = confirm_together(
            by=person,
            school=school,
            changes=ticked,
            class_group=classes.get(pk=given["class_group"]),
            at=at,
        )
        _refuse_nobody(together)
        told.append(_told(together))
        return together

    back = reverse("web:enrolment", args=(school.pk,))
    title = _("确认接收转来、升来的学生")
    shown = FormPage(title, _("确认接收"), _("已确认。"), back, school.name, "", "entering/arrivals")
    answer = ask(request, person, shown, form, act, at, waiting=waiting, ticked=ticked)
    if told:
        say(request, told[0], "good")
    return answer


def _offer(form: forms.Form, name: str, rows: Any, none: str) -> None:
    field = form.fields[name]
    assert isinstance(field, PlaceField)
    field.offer(rows, none)


def _refuse_nobody(together: Together) -> None:
    """Raises Refusal where it could be done for nobody, with what stands against the first."""
    if not together.done:
        raise (
            together.left[0][1]
            if together.left
            else Refusal("NOBODY", "这个班里没有要办的学生。", "There is nobody in this class.")
        )


def _told(together: Together) -> str:
    words = _("已办 %(n)s 人。") % {"n": together.done}
    for child, refusal in together.left[:NAMED]:
        words += _("%(name)s 没有办：%(why)s") % {"name": child.name, "why": sentence(refusal)}
    more = len(together.left) - NAMED
    return words + (_("另有 %(n)s 人没有办。") % {"n": more} if more > 0 else "")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
