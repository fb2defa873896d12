"""学籍异动: one child's enrolment, what is asked for it, and each step by whose turn it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.enrolment import NO_LEAVING, SIDES
from notoneless.core.terms import (
    ChangeKind,
    ChangeStep,
    Paper,
    PlaceKind,
    Quadrant,
    RouteKind,
    Whereabouts,
)
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, EnrolmentChange, Person, Place, SpecialRoute, not_closed
from notoneless.records.scopes import child_on_paper, place_for, visible_changes, visible_children
from notoneless.services.change_standing import (
    letter_needed,
    may_take_step,
    may_withdraw,
    needs_class,
    next_step,
    place_of,
)
from notoneless.services.enrolment_changes import ask_change, refuse_change, take_step, withdraw_change
from notoneless.services.entering import may_take_in, waits_at
from notoneless.services.on_roll import quadrant_of, school_of, standings
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.special_routes import approve_route, end_route
from notoneless.services.whereabouts import explain
from notoneless.web.codes import term
from notoneless.web.enrolment_forms import (
    LEAVE_SCHOOL,
    AskForm,
    EndRouteForm,
    RouteForm,
    StepForm,
    TransferInForm,
    WhereaboutsForm,
    WithdrawForm,
)
from notoneless.web.enrolment_found import child_named, classes_of, enrolment_of
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.enrolment import changes_of, on_paper
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import label


@never_cache
@require_GET
@signed_in
def changes(request: HttpRequest, person: Person) -> HttpResponse:
    """The changes this person may see, those whose turn is theirs first."""
    at = now()
    return page(request, person, "enrolment/changes", at, changes=changes_of(person, at.date()))


@never_cache
@require_GET
@signed_in
def child_enrolment(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """One child's roll, class, special route and changes."""
    at = now()
    child = _child(person, child_id, at)
    school = waits_at(child, at.date())
    may_ask = school is not None and refusal(person, Thing.CHANGE, Verb.ASK, school, at.date()) is None
    waits = may_take_in(child, at.date()) is None
    paper = on_paper(person, child, at)
    return page(
        request,
        person,
        "enrolment/child",
        at,
        child=child,
        paper=paper,
        # A school that a child has left still sees how its change ended, and the child's file no more.
        in_reach=visible_children(person, at.date()).filter(pk=child.pk).exists(),
        may_ask=may_ask,
        may_take_in=may_ask and waits,
        waits_at=school if waits else None,
        may_merge=school is not None
        and refusal(person, Thing.SAME_CHILD, Verb.ASK, school, at.date()) is None,
        missing=may_ask and any(o.rule == "missing-from-roster-explained" for o in paper.owed),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def ask_for(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """申请异动."""
    at = now()
    child = _to_act_on(person, child_id, at)
    schools = other_schools(school_of(child, at.date()), at.date())
    initial = {"from_day": at.date(), "kind": request.GET.get("kind", "")}
    guest = quadrant_of(child, standings([child.pk], at.date())[child.pk]) is Quadrant.ATTENDING_OFF_ROLL
    form = AskForm(request.POST or None, initial=initial, schools=schools, guest=guest)

    def act(given: dict[str, Any]) -> object:
        if given["kind"] == LEAVE_SCHOOL[0]:
            raise Refusal("NO_LEAVING", *NO_LEAVING)
        return ask_change(
            by=person,
            child=child,
            kind=term(ChangeKind, given["kind"]),
            from_day=given["from_day"],
            until=given["until"],
            receiver=_receiver(child, schools, given, at),
            elsewhere=given["elsewhere"],
            papers=[term(Paper, code) for code in given["papers"]],
            reason=given["reason"][:300],
            key=given_key(request),
            at=at,
        )

    lead = _("接收学校确认、教育局核准以前，学生还是原来学校的，各项时限照走。")
    shown = FormPage(_("申请学籍异动"), _("提出申请"), _("已申请。"), enrolment_of(child), child.name, lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def transfer_in(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """申请转入: the receiving school asks for a child that another school has."""
    at = now()
    school = _place(person, place_id, at)
    form = TransferInForm(request.POST or None, initial={"from_day": at.date()})

    def act(given: dict[str, Any]) -> object:
        return ask_change(
            by=person,
            child=child_named(given["name"], given["number"]),
            kind=ChangeKind.TRANSFER_IN,
            receiver=school,
            from_day=given["from_day"],
            papers=[term(Paper, code) for code in given["papers"]],
            reason=given["reason"][:300],
            key=given_key(request),
            at=at,
        )

    lead = _("姓名和号码都对上，才会向原学校发出申请；原学校 10 个工作日内答复。")
    back = reverse("web:changes")
    shown = FormPage(_("申请转入"), _("向原学校申请"), _("已向原学校申请。"), back, _("学籍异动"), lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def change(request: HttpRequest, person: Person, change_id: UUID) -> HttpResponse:
    """One change: its steps, and the form of the step whose turn it is."""
    at = now()
    row = (
        visible_changes(person, at.date()).filter(pk=change_id).select_related("child", "school", "receiver")
    )
    found = row.first()
    if found is None:
        raise Http404
    if request.method == "POST" and request.POST.get("named") == "withdraw":
        return _withdraw(request, person, found, at)
    step = next_step(found)
    if (meant := request.POST.get("step", "")) and (step is None or meant != step.value):
        say(request, _("这一步已经办过；下面是现在的情况。"))
        return redirect("web:change", found.pk)
    school = needs_class(found)
    letter = letter_needed(found, step) if step else None
    classes = classes_of(school, at) if school else None
    now_due = {"step": step.value if step else ""}
    form = StepForm(request.POST or None, initial=now_due, classes=classes, letter=letter)

    def act(given: dict[str, Any]) -> object:
        if given["answer"] == "no":
            return refuse_change(by=person, change=found, note=given["note"], at=at)
        group = classes.filter(pk=given.get("class_group") or 0).first() if classes is not None else None
        papers = [term(Paper, code) for code in given.get("papers", ())]
        note = given["note"][:300]
        return take_step(by=person, change=found, class_group=group, papers=papers, note=note, at=at)

    title = f"{label(found.kind)} · {found.child.name}"
    back = reverse("web:changes")
    shown = FormPage(title, _("记下答复"), _("已记下答复。"), back, _("学籍异动"), "", "enrolment/change")
    no = may_take_step(person, found, at.date())
    return ask(request, person, shown, form, act, at, no, **_around(person, found, step, at))


def _withdraw(request: HttpRequest, person: Person, found: EnrolmentChange, at: datetime) -> HttpResponse:
    def act(given: dict[str, Any]) -> object:
        return withdraw_change(by=person, change=found, note=given["note"], at=at)

    title = f"{label(found.kind)} · {found.child.name}"
    back = reverse("web:changes")
    shown = FormPage(title, _("撤回申请"), _("已撤回。"), back, _("学籍异动"))
    form = WithdrawForm(request.POST)
    return ask(request, person, shown, form, act, at, may_withdraw(person, found, at.date()))


def _around(person: Person, found: EnrolmentChange, step: ChangeStep | None, at: datetime) -> dict[str, Any]:
    return {
        "change": found,
        "steps": found.steps.select_related("by", "class_group").order_by("at"),
        "step": step,
        "waits_for": place_of(found, SIDES[step]) if step else None,
        "withdraw": WithdrawForm() if may_withdraw(person, found, at.date()) is None else None,
    }


# Special routes and whereabouts.


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def route(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """登记特殊安置."""
    at = now()
    child = _to_act_on(person, child_id, at)
    school = waits_at(child, at.date())
    form = RouteForm(request.POST or None, initial={"from_day": at.date()})

    def act(given: dict[str, Any]) -> object:
        assert school is not None  # `_to_act_on` found one
        given["kind"] = term(RouteKind, given["kind"])
        return approve_route(by=person, child=child, school=school, at=at, key=given_key(request), **given)

    lead = _("送教上门、专门学校、特殊教育学校的学生不在班里点名；延缓入学到期要办入学。")
    shown = FormPage(_("登记特殊安置"), _("登记"), _("已登记。"), enrolment_of(child), child.name, lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def route_end(request: HttpRequest, person: Person, child_id: UUID, route_id: UUID) -> HttpResponse:
    """安置结束，编入班级."""
    at = now()
    child = _to_act_on(person, child_id, at)
    found = SpecialRoute.objects.filter(pk=route_id, child=child).select_related("school").first()
    if found is None:
        raise Http404
    classes = classes_of(found.school, at)
    form = EndRouteForm(request.POST or None, classes=classes)

    def act(given: dict[str, Any]) -> object:
        group = classes.get(pk=given["class_group"])
        return end_route(by=person, route=found, class_group=group, note=given["note"][:300], at=at)

    title = _("%(route)s结束，编入班级") % {"route": label(found.kind)}
    shown = FormPage(title, _("编入班级"), _("已编入班级，自明日起。"), enrolment_of(child), child.name)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def whereabouts(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """说明去向: where a child is whom the roster no longer has."""
    at = now()
    child = _to_act_on(person, child_id, at)
    form = WhereaboutsForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        return explain(
            by=person, child=child, found=term(Whereabouts, given["found"]), note=given["note"], at=at
        )

    lead = _("新名册上没有这名学生。说明以前，学籍、编班和时限都不变。")
    shown = FormPage(_("说明去向"), _("记下"), _("已记下。"), enrolment_of(child), child.name, lead)
    return ask(request, person, shown, form, act, at)


# Finding what a page is about.


def _receiver(child: Child, schools: Any, given: dict[str, Any], at: datetime) -> Place | None:
    """The chosen school; a guest pupil that comes onto a roll comes onto that of the school it attends."""
    if given["kind"] == ChangeKind.TRANSFER_IN.value:
        return school_of(child, at.date())
    found: Place | None = schools.filter(pk=given["receiver"] or 0).first()
    return found


def _child(person: Person, child_id: UUID, at: datetime) -> Child:
    try:
        return child_on_paper(person, child_id, at.date())
    except Child.DoesNotExist:
        raise Http404 from None


def _to_act_on(person: Person, child_id: UUID, at: datetime) -> Child:
    """The child, if this person may ask for changes at its school; else 404, as if it were not there."""
    child = _child(person, child_id, at)
    school = waits_at(child, at.date())
    if school is None or refusal(person, Thing.CHANGE, Verb.ASK, school, at.date()) is not None:
        raise Http404
    return child


def _place(person: Person, place_id: int, at: datetime) -> Place:
    try:
        return place_for(person, place_id, at.date(), Thing.CHANGE, Verb.ASK)
    except Place.DoesNotExist:
        raise Http404 from None


def other_schools(school: Place | None, on: date) -> Any:
    """The other schools of the county that are not closed."""
    county = school.above(PlaceKind.COUNTY) if school else None
    rows = Place.objects.filter(
        not_closed(on), kind=PlaceKind.SCHOOL, path__startswith=(county.path if county else None) or "?"
    )
    return rows.exclude(pk=school.pk if school else 0).order_by("path")
