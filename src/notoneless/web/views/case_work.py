"""一人一案: the page of a case, and the forms by which people work on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.case_terms import HandOffOutcome
from notoneless.core.reasons import Advice
from notoneless.core.stages import SETTLED
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Case, Person, Place, PlanStep, not_closed
from notoneless.records.packs import places_on
from notoneless.records.scopes import (
    fields_for,
    reach_to,
    verbs_through,
    visible_cases,
    visible_children,
    visible_hand_offs,
)
from notoneless.services.case_finding import posts_for, school_of
from notoneless.services.case_hand_off import RECEIVES, answer_hand_off, hand_off, may_answer, take_back
from notoneless.services.case_work import Step, do_step, make_plan, posts_missing, state_reasons
from notoneless.services.permissions import posts_in
from notoneless.services.posts import stand_for
from notoneless.web.case_forms import ROWS, AnswerForm, HandOffForm, PlanForm, ReasonsForm, StepForm
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.case import case_file, plan_of, shown, why_of
from notoneless.web.read.case_duties import hand_offs_seen
from notoneless.web.signed_in import signed_in


@never_cache
@require_GET
@gzip_page
@signed_in
def case(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The whole of one case: stages, clocks, reasons, plan, persuasions, papers, hand-offs, days since."""
    at = now()
    found = _case(person, number, at)
    seen = reach_to(person, found.child, at.date(), Thing.CASE, Verb.SEE)
    verbs = verbs_through(seen, Thing.CASE)
    works = found.stage not in SETTLED and Verb.CHANGE in verbs
    offers = posts_that(Thing.CASE_HAND_OFF, Verb.ASK)
    return page(
        request,
        person,
        "cases/case",
        at,
        case=found,
        child=found.child,
        file=case_file(person, found, as_of=at),
        may_work=works,
        may_offer=works and any(each.held.post in offers for each in seen),
        may_prove=Verb.EXPORT in verbs,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def reasons(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Why the child stays away."""
    at = now()
    found = _case(person, number, at, Verb.CHANGE)
    form = ReasonsForm(request.POST or None)
    lead = _("先见到孩子或家长再定；换一次认定，以前的也留着。")
    shown_ = FormPage(_("原因认定"), _("记下原因"), _("原因已记下。"), _back(found), found.number, lead)

    def act(given: dict[str, Any]) -> object:
        more = {"note": given["note"], "private": given["private"], "key": given_key(request)}
        return state_reasons(by=person, case=found, reasons=form.reasons(), at=at, **more)

    return ask(request, person, shown_, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def plan(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The plan for one child; a new one starts from the steps of the last that are not done."""
    at = now()
    found = _case(person, number, at, Verb.CHANGE)
    form = PlanForm(request.POST or None, initial=_as_planned(found, at.date()))
    why = why_of(found, fields_for(person, found.child, at.date()))
    shown_ = FormPage(
        _("劝返方案"), _("定下方案"), _("方案已定。"), _back(found), found.number, template="cases/plan"
    )

    def act(given: dict[str, Any]) -> object:
        return make_plan(
            by=person,
            case=found,
            goal=given["goal"],
            steps=[Step(*each) for each in form.steps()],
            review_on=given["review_on"],
            taking_part=[term(Post, code) for code in given["taking_part"]],
            at=at,
            key=given_key(request),
        )

    advised: tuple[Advice, ...] = why.advice if why else ()
    return ask(request, person, shown_, form, act, at, child=found.child, advised=advised)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def step(request: HttpRequest, person: Person, number: str, step_id: int) -> HttpResponse:
    """One post's part of a step."""
    at = now()
    found = _case(person, number, at)
    owed = PlanStep.objects.filter(plan__case=found, pk=step_id).first()
    if owed is None:
        raise Http404
    held = set(posts_for(person, found, Verb.SEE, at.date()))
    mine = [post for post in posts_missing(owed) if stand_for(post) & held]
    form = StepForm(request.POST or None, posts=mine, initial={"post": mine[0] if mine else ""})
    lead = owed.what if mine else _("这一步没有等您办的份。")
    shown_ = FormPage(_("措施落实"), _("记为已办"), _("已记下。"), _back(found), found.number, lead)

    def act(given: dict[str, Any]) -> object:
        return do_step(by=person, step=owed, post=term(Post, given["post"]), note=given["note"], at=at)

    return ask(request, person, shown_, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def offer(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The case is offered to another place, or to one outside this system."""
    at = now()
    mine = visible_children(person, at.date(), Verb.ASK, Thing.CASE_HAND_OFF)
    found = Case.objects.filter(number=number, child__in=mine).select_related("child").first()
    if found is None:
        raise Http404
    places = _receivers(found, at)
    form = HandOffForm(request.POST or None, places=places)
    lead = _("对方确认接收之前，个案仍由您这边办理；10 个工作日没有答复的，双方和县里都会看到逾期。")
    shown_ = FormPage(_("个案移送"), _("移送"), _("已移送，等对方答复。"), _back(found), found.number, lead)

    def act(given: dict[str, Any]) -> object:
        place = next((each for each in places if str(each.pk) == given["to_place"]), None)
        more = {"to_place": place, "elsewhere": given["elsewhere"], "reason": given["reason"]}
        return hand_off(by=person, case=found, at=at, key=given_key(request), **more)

    return ask(request, person, shown_, form, act, at)


@never_cache
@require_GET
@gzip_page
@signed_in
def hand_offs(request: HttpRequest, person: Person) -> HttpResponse:
    """What was handed off from here and to here; what waits for an answer first."""
    at = now()
    return page(request, person, "cases/hand_offs", at, hand_offs=hand_offs_seen(person, at))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def answer(request: HttpRequest, person: Person, hand_off_id: UUID) -> HttpResponse:
    """One hand-off: the receiver answers it, the sender may take it back until then."""
    at = now()
    rows = visible_hand_offs(person, at.date()).select_related(
        "case__child", "from_place", "to_place", "by", "answered__by"
    )
    made = rows.filter(pk=hand_off_id).first()
    if made is None:
        raise Http404
    waits = not hasattr(made, "answered")
    refusal = may_answer(person, made, at.date()) if waits else None
    sends = waits and bool(posts_in(person, Thing.CASE_HAND_OFF, Verb.ASK, made.from_place, at.date()))
    form = AnswerForm(request.POST or None, outside=made.to_place is None)
    taking_back = request.method == "POST" and "take_back" in request.POST
    if taking_back:
        form.fields.pop("outcome")
        refusal = None
    shown_ = FormPage(
        _("个案移送"),
        _("答复"),
        _("已收回移送。") if taking_back else _("已答复。"),
        reverse("web:hand_offs"),
        _("个案移送"),
        template="cases/hand_off",
    )

    def act(given: dict[str, Any]) -> object:
        if taking_back:
            return take_back(by=person, hand_off=made, note=given["note"], at=at)
        return answer_hand_off(
            by=person,
            hand_off=made,
            outcome=term(HandOffOutcome, given["outcome"]),
            number=given.get("number", ""),
            note=given["note"],
            at=at,
        )

    context = {"each": shown(made, at), "waits": waits, "sends": sends}
    context["sees_case"] = visible_cases(person, at.date()).filter(pk=made.case_id).exists()
    return ask(request, person, shown_, form, act, at, refusal, **context)


def _case(person: Person, number: str, at: datetime, verb: Verb = Verb.SEE) -> Case:
    """The case, if this person may do it. Raises Http404."""
    rows = visible_cases(person, at.date(), verb).select_related("child")
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _back(case: Case) -> str:
    return reverse("web:case", args=(case.number,))


def _as_planned(case: Case, today: date) -> dict[str, Any]:
    """The last plan's goal and the steps of it that are still owed; a day that is past must be named anew."""
    last = plan_of(case)
    if last is None:
        return {}
    initial: dict[str, Any] = {"goal": last.goal}
    left = [each for each in last.steps.all() if posts_missing(each)]
    for n, each in enumerate(left[:ROWS], 1):
        initial |= {f"what_{n}": each.what, f"posts_{n}": each.posts}
        initial |= {f"due_{n}": each.due_on} if each.due_on >= today else {}
    return initial


def _receivers(case: Case, at: datetime) -> list[Place]:
    """The other schools and townships of the province that use this system, and its counties."""
    here = school_of(case, at.date())
    top = places_on(here.path or "")[-1:]
    rows = Place.objects.filter(not_closed(at.date()), kind__in=RECEIVES).exclude(pk=here.pk)
    return list(rows.filter(path__startswith=f"/{top[0]}/" if top else "/").order_by("path"))
