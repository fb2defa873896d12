"""A child written down by hand, completed, taken into its first class, found to be here twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, Person
from notoneless.records.scopes import fields_for
from notoneless.services.child_record import Known
from notoneless.services.completing import as_written, complete
from notoneless.services.doubles import Double, doubles_of
from notoneless.services.entering import enter_pupil, may_take_in, take_in, waits_at
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.same_child import may_merge, merge, standing, stays_of
from notoneless.web.enrolment_found import child_named, classes_of, enrolment_of
from notoneless.web.entering_forms import (
    OTHER,
    OURS,
    CompleteForm,
    FindSameForm,
    PupilForm,
    SameChildForm,
    TakeInForm,
)
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.never_enrolled import villages_around
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in

BEFORE = "notoneless.web.complete"


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def enter(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """登记一名学生: with no more than a name, and more where it is known."""
    at = now()
    school = the_place(person, place_id, at, Thing.CHANGE, verb=Verb.ASK)
    classes, villages = classes_of(school, at), villages_around(school)
    form = PupilForm(
        request.POST or None,
        initial={"from_day": at.date(), "roll": OURS},
        classes=classes,
        villages=villages,
    )
    found: list[Double] = []

    def act(given: dict[str, Any]) -> object:
        found.extend(doubles_of(person, form.known(), at.date()))
        return enter_pupil(
            by=person,
            known=form.known(),
            class_group=classes.get(pk=given["class_group"]),
            from_day=given["from_day"],
            on_our_roll=given["roll"] == OURS,
            roll_at=given["roll_at"] if given["roll"] == OTHER else "",
            village=villages.filter(pk=given["village"] or 0).first(),
            anyway="anyway" in request.POST,
            at=at,
            key=given_key(request),
        )

    lead = _("没有户口、学籍号或证件号的也先登记；以后在学籍页补全。别的学校的学生请申请转入。")
    back = reverse("web:enrolment", args=(school.pk,))
    shown = FormPage(_("登记一名学生"), _("登记"), _("已登记。"), back, school.name, lead, "entering/form")
    return ask(request, person, shown, form, act, at, doubles=found)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def enter_class(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """编入班级: the first class of a child that waited for one."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.ASK, Thing.CHANGE)
    school = waits_at(child, at.date())
    if school is None or refusal(person, Thing.CHANGE, Verb.ASK, school, at.date()):
        raise Http404
    classes = classes_of(school, at)
    form = TakeInForm(request.POST or None, classes=classes)

    def act(given: dict[str, Any]) -> object:
        return take_in(
            by=person,
            child=child,
            class_group=classes.get(pk=given["class_group"]),
            on_our_roll=given["on_our_roll"],
            note=given["note"][:300],
            at=at,
        )

    lead = _("自明日起在班里点名；到班里上了课，个案才转为已返校。")
    done = _("已编入班级，自明日起。")
    shown = FormPage(_("编入班级"), _("编入班级"), done, enrolment_of(child), child.name, lead)
    no = None if request.method == "POST" else may_take_in(child, at.date())
    return ask(request, person, shown, form, act, at, no)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def complete_child(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """补全、更正基本信息."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.CHANGE)
    stands = as_written(child)
    with_identity = Fields.IDENTITY in fields_for(person, child, at.date())
    initial = {**stands, "before": _sealed(stands)}
    data = request.POST.copy() if request.method == "POST" else None
    form = CompleteForm(data, initial=initial, with_identity=with_identity)

    def act(given: dict[str, Any]) -> object:
        values = {name: str(given[name] or "") for name in stands}
        try:
            return complete(
                by=person,
                child=child,
                values=values,
                before=_unsealed(given["before"]) or stands,
                identity_no=given.get("identity_no", ""),
                at=at,
            )
        except Refusal:
            # What is shown again stands beside what stands now.
            assert data is not None
            data["before"] = _sealed(as_written(Child.objects.get(pk=child.pk)))
            raise

    back = reverse("web:child", args=(child.pk,))
    shown = FormPage(_("补全、更正信息"), _("记下"), _("已记下。"), back, child.name)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def same_child(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """合并重复记录: the other record found, both side by side, then one of them goes."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.ASK, Thing.SAME_CHILD)
    shown = FormPage(
        _("合并重复记录"),
        _("确认是同一名学生，合并"),
        _("已合并成一条记录。"),
        reverse("web:child", args=(child.pk,)),
        child.name,
    )
    other, problem = _other(request, person, child, at)
    if other is None:
        find = FindSameForm(request.POST or None)
        frame = {"shown": shown, "child": child, "problem": problem, "find": find}
        alike = [each for each in _alike(person, child, at) if each.seen]
        status = 422 if request.method == "POST" else 200
        return page(request, person, "entering/find_same", at, status=status, alike=alike, **frame)
    goes, stays = stays_of(child, other, at.date())
    form = SameChildForm(request.POST if "why" in request.POST else None, initial={"other": other.pk})

    def act(given: dict[str, Any]) -> object:
        return merge(by=person, goes=goes, stays=stays, why=given["why"][:300], at=at)

    sides = [(each, standing(each, at.date()), waits_at(each, at.date())) for each in (stays, goes)]
    done = shown._replace(template="entering/same", back=reverse("web:child", args=(stays.pk,)))
    no = may_merge(goes, stays, at)
    if "why" not in request.POST:
        return page(
            request,
            person,
            "entering/same",
            at,
            shown=done,
            form=None if no else form,
            problem=sentence(no) if no else "",
            sides=sides,
            key=given_key(request) or "",
        )
    return ask(request, person, done, form, act, at, no, sides=sides)


def _other(request: HttpRequest, person: Person, child: Child, at: datetime) -> tuple[Child | None, str]:
    """The other record that was named, or why none was found."""
    if chosen := request.POST.get("other", ""):
        try:
            return child_or_404(person, UUID(chosen), at, Verb.ASK, Thing.SAME_CHILD), ""
        except ValueError:
            raise Http404 from None
    if not request.POST.get("number"):
        return None, _("请填写另一条记录的姓名和号码，或从下面选。") if request.method == "POST" else ""
    try:
        found = child_named(request.POST.get("name", ""), request.POST["number"])
        return child_or_404(person, found.pk, at, Verb.ASK, Thing.SAME_CHILD), ""
    except Refusal as no:
        return None, sentence(no)
    except Http404:
        return None, _("那条记录在别的学校；请由县教育局合并。")


def _alike(person: Person, child: Child, at: datetime) -> list[Double]:
    known = Known(child.name, birth_on=child.birth_on)
    return doubles_of(person, known, at.date(), but=child.pk)


def _sealed(values: dict[str, str]) -> str:
    return signing.dumps(values, salt=BEFORE, compress=True)


def _unsealed(text: str) -> dict[str, str] | None:
    try:
        found: dict[str, str] = signing.loads(text, salt=BEFORE)
    except signing.BadSignature:
        return None
    return found
