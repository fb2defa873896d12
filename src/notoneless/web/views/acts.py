"""The forms about one child: report, event, correction, leave; visits have their own (`views.visits`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, Act, AttendanceStatus, EventKind, Post
from notoneless.records.access import Thing
from notoneless.records.models import LIVE, ActRecord, Child, LeaveGranted, Obligation, Person
from notoneless.services import casework, roll_calls
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.form_key import form_key
from notoneless.web.forms import (
    CorrectionForm,
    EndLeaveForm,
    EventForm,
    LeaveForm,
    ReportForm,
    SettledReportForm,
)
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import already_sent, note_sent, say
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import owed_words

ONE_DAY = timedelta(days=1)


class Answer(NamedTuple):
    """What a form that holds together asks for: by whom, about whom, when, and its cleaned fields."""

    by: Person
    child: Child
    at: datetime
    key: str
    act: str  # the act that the obligation's button named, or nothing
    given: dict[str, Any]


class Kind(NamedTuple):
    """One form: its title, fields, and the act it leads to."""

    title: Promise
    submit: Promise
    form: type[forms.Form]
    act: Callable[[Answer], object]
    done: Promise


def _report(answer: Answer) -> object:
    given = answer.given
    return casework.record_act(
        by=answer.by,
        child=answer.child,
        act=term(Act, given["act"]),
        to=term(Post, given["to"]) if given["to"] else None,
        happened_at=given["happened_at"],
        taking_part=[term(Post, code) for code in given["taking_part"]],
        note=given["note"],
        at=answer.at,
        key=answer.key,
    )


def _event(answer: Answer) -> object:
    given = answer.given
    return casework.record_event(
        by=answer.by,
        child=answer.child,
        kind=term(EventKind, given["kind"]),
        happened_at=given["happened_at"],
        note=given["note"],
        private=given["private"],
        at=answer.at,
        key=answer.key,
    )


def _leave(answer: Answer) -> object:
    given = answer.given
    return roll_calls.grant_leave(
        by=answer.by,
        child=answer.child,
        from_day=given["from_day"],
        until=given["last_day"] + ONE_DAY,
        reason=term(AbsenceReason, given["reason"]),
        granted_at=answer.at,
        note=given["note"],
        at=answer.at,
        key=answer.key,
    )


DONE = gettext_lazy("已记下。")
KINDS = {
    "report": Kind(gettext_lazy("报告和登记"), gettext_lazy("记为已办"), ReportForm, _report, DONE),
    "event": Kind(gettext_lazy("登记情况"), gettext_lazy("登记"), EventForm, _event, DONE),
    "leave": Kind(gettext_lazy("准假"), gettext_lazy("准假"), LeaveForm, _leave, gettext_lazy("已准假。")),
}


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def act(request: HttpRequest, person: Person, child_id: UUID, kind: str) -> HttpResponse:
    """One of the forms in KINDS."""
    if kind not in KINDS:
        raise Http404
    return _ask(request, person, child_id, KINDS[kind])


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def correct(request: HttpRequest, person: Person, child_id: UUID, day: date, session: str) -> HttpResponse:
    """更正: a late arrival or a wrong mark in one session."""

    def put_right(answer: Answer) -> object:
        given = answer.given
        return roll_calls.correct(
            by=answer.by,
            child=answer.child,
            day=day,
            session=session,
            status=term(AttendanceStatus, given["status"]),
            reason=term(AbsenceReason, given["reason"]) if given["reason"] else None,
            happened_at=given["happened_at"],
            note=given["note"],
            at=answer.at,
        )

    kind = Kind(
        gettext_lazy("更正点名"),
        gettext_lazy("更正"),
        CorrectionForm,
        put_right,
        gettext_lazy("已更正；原记录保留。"),
    )
    return _ask(request, person, child_id, kind, Thing.ROLL_CALL)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def end_leave(request: HttpRequest, person: Person, child_id: UUID, leave_id: UUID) -> HttpResponse:
    """销假 or 续假: the first day the child is expected, brought forward or put off."""
    if not LeaveGranted.objects.filter(pk=leave_id, child=child_id).exists():
        raise Http404

    def change(answer: Answer) -> object:
        return roll_calls.end_leave(
            by=answer.by, leave=leave_id, until=answer.given["until"], note=answer.given["note"], at=answer.at
        )

    kind = Kind(
        gettext_lazy("销假、续假"),
        gettext_lazy("改为这一天"),
        EndLeaveForm,
        change,
        gettext_lazy("请假已改。"),
    )
    return _ask(request, person, child_id, kind)


def _ask(
    request: HttpRequest, person: Person, child_id: UUID, kind: Kind, thing: Thing = Thing.CHILD
) -> HttpResponse:
    """The form; once it holds together and the act is done, the child's page."""
    at = now()
    child = child_or_404(person, child_id, at, thing=thing)
    key = form_key(request)
    named = request.POST.get("named", request.GET.get("act", ""))
    if (earlier := _done_before(request, person, child, named, at)) is not None:
        done_at = earlier.happened_at.astimezone(CHINA_TIME)
        say(request, _("%(at)s 已记下，不再重复记录。") % {"at": f"{done_at:%H:%M}"})
        return redirect("web:child", child.pk)
    fields = SettledReportForm if named and kind.form is ReportForm else kind.form
    form = fields(request.POST or None, initial=_initial(request, at))
    problem = ""
    if request.method == "POST":
        if not already_sent(request, key):
            problem = _do(request, kind, form, Answer(person, child, at, key[:80], named, {}))
        if not problem:
            return redirect("web:child", child.pk)
    return page(
        request,
        person,
        "act_form",
        at,
        status=422 if problem else 200,
        child=child,
        form=form,
        key=key,
        named=named,
        title=_title(kind, named, request),
        submit=kind.submit,
        problem=problem,
        action=request.path,
    )


def _done_before(
    request: HttpRequest, person: Person, child: Child, named: str, at: datetime
) -> ActRecord | None:
    """What this person wrote down today about a duty that is owed no more: the back button leads here again.

    A page gone back to is loaded anew, so its key cannot tell that the form was sent.
    """
    asked = {"act": named, "to_post": request.POST.get("to", request.GET.get("to", ""))}
    if not named or Obligation.objects.filter(child=child, state__in=LIVE, **asked).exists():
        return None
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    acts = ActRecord.objects.filter(child=child, by=person, recorded_at__gte=today, **asked)
    return acts.order_by("-recorded_at").first()


def _do(request: HttpRequest, kind: Kind, form: forms.Form, answer: Answer) -> str:
    """Do what the form asks for; why not, or an empty text."""
    if not form.is_valid():
        return _("还没有记下：请看下面标出的地方。")
    try:
        kind.act(answer._replace(given=form.cleaned_data))
    except Refusal as refusal:
        return sentence(refusal)
    note_sent(request, answer.key)
    say(request, str(kind.done), "good")
    return ""


def _title(kind: Kind, named: str, request: HttpRequest) -> str:
    """What is to be done: the obligation's own words where its button led here."""
    try:
        act = term(Act, named)
        to = request.POST.get("to", request.GET.get("to", ""))
        return owed_words(act, term(Post, to) if to else None)
    except ValueError:
        return str(kind.title)


def _initial(request: HttpRequest, at: datetime) -> dict[str, object]:
    """Now, and what the address suggests, as the obligation's button does."""
    suggested = {name: request.GET[name] for name in ("act", "to", "status") if name in request.GET}
    posts = request.GET.getlist("with")
    today = at.date()
    return {
        "happened_at": at.replace(tzinfo=None),
        "from_day": today,
        "last_day": today,
        "until": today,
        "taking_part": posts,
        **suggested,
    }
