"""点名: the register as a form, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.terms import AbsenceReason, AttendanceStatus
from notoneless.records.access import Fields, Thing
from notoneless.records.constants import of_classes
from notoneless.records.models import ClassGroup, Person, RollCall
from notoneless.records.scopes import class_for, fields_in
from notoneless.services.class_registers import (
    Line,
    Register,
    called,
    class_register,
    obligations_of,
    unanswered,
)
from notoneless.services.receipts import roll_call_of
from notoneless.services.refusals import Refusal
from notoneless.services.taking import MarkGiven, refuse_wrong_session, take
from notoneless.web.form_key import form_key
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.roll_call_form import BadForm, RollCallForm, read_roll_call
from notoneless.web.session import usable
from notoneless.web.signed_in import ask_to_sign_in, signed_in

PRESENT, LEAVE = AttendanceStatus.PRESENT, AttendanceStatus.LEAVE
# The words on a tile are shorter than the labels.
STATUSES = (
    (PRESENT, gettext_lazy("到")),
    (AttendanceStatus.ABSENT, gettext_lazy("缺")),
    (LEAVE, gettext_lazy("假")),
    (AttendanceStatus.LATE, gettext_lazy("迟")),
    (AttendanceStatus.UNRECORDED, gettext_lazy("没看到")),
)
ABSENT_REASONS = (AbsenceReason.UNKNOWN, AbsenceReason.UNEXCUSED)
LEAVE_REASONS = (AbsenceReason.SICK, AbsenceReason.PERSONAL, AbsenceReason.OFFICIAL)


@never_cache
@require_http_methods(["GET", "POST"])
def roll_call(request: HttpRequest, class_id: int, day: date, session: str) -> HttpResponse:
    """The register to fill in; a posted one is kept and answered with its receipt."""
    if request.method == "POST":
        return _post(request, class_id, day, session)
    return _show(request, class_id, day, session)


def _post(request: HttpRequest, class_id: int, day: date, session: str) -> HttpResponse:
    # The hot path of the morning: the person is checked inside the one read that `take` makes.
    at = now()
    who = usable(request.session, at)
    if who is None:
        return ask_to_sign_in(request)
    try:
        # Times have the resolution of a minute, as on paper: a visit at 8:05 answers a roll call of 8:05.
        form = read_roll_call(request.POST)
        if not form.rest_present:
            _refuse_silence(form, class_id, day, session)
        receipt = take(
            by=who.person,
            session_version=who.version,
            sign_in=who.sign_in,
            class_group=class_id,
            day=day,
            session=session,
            marks=[MarkGiven(*each) for each in form.given if each.status is not PRESENT],
            taken_at=(form.taken_at or at).replace(second=0, microsecond=0),
            at=at,
            key=form.key,
        )
    except ClassGroup.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        if refusal.code == "SIGNED_OUT":
            return ask_to_sign_in(request)
        return _show(request, class_id, day, session, problem=sentence(refusal))
    except BadForm as bad:
        return _show(request, class_id, day, session, problem=str(bad))
    return redirect("web:receipt", receipt.token)


def _refuse_silence(form: RollCallForm, class_id: int, day: date, session: str) -> None:
    """Without "all others present" every pupil needs an answer: silence is not presence."""
    group = ClassGroup.objects.get(pk=class_id)
    silent = [child.name for child in unanswered(group, day, session, {each.child for each in form.given})]
    if silent:
        raise BadForm(
            _("还有 %(count)s 名学生没有记录（%(names)s）；请逐个标记，或勾选“其余全到”。")
            % {"count": len(silent), "names": _("、").join(silent[:5])}
        )


@gzip_page  # forty pupils in 6 kB instead of 60, where the signal is weak
@signed_in
def _show(
    request: HttpRequest, person: Person, class_id: int, day: date, session: str, *, problem: str = ""
) -> HttpResponse:
    """The register to fill in; what was called, once it was; or why nothing can be called."""
    at = now()
    status = 422 if problem else 200
    seen: dict[str, Any] = {"day": day, "session": session, "status": status}
    try:
        group = class_for(person, class_id, at.date(), Thing.ROLL_CALL)
        seen["register"] = class_register(group, day, session)
        refuse_wrong_session(of_classes([class_id])[class_id], day, session, at)
    except ClassGroup.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        if refusal.code == "NO_SUCH_SESSION":
            raise Http404 from None
        return page(request, person, "no_roll_call", at, why=sentence(refusal), **seen)
    if seen["register"].standing and "again" not in request.GET and not problem:
        return page(request, person, "called", at, **seen)
    return page(
        request,
        person,
        "roll_call",
        at,
        problem=problem,
        **seen,
        **_form(request, person, seen["register"], at),
    )


def _form(request: HttpRequest, person: Person, register: Register, at: datetime) -> dict[str, Any]:
    """The form, empty or as it was just posted; with telephones for whoever may see them."""
    calls = Fields.CONTACT in fields_in(person, register.class_group, at.date())
    return {
        "action": request.path,
        "key": form_key(request),
        "taken_at": request.POST.get("taken_at", ""),
        "rest_present": "rest_present" in request.POST,
        "pupils": [_pupil(line, request, calls) for line in register.lines],
        "statuses": [{"value": status.value, "name": name} for status, name in STATUSES],
        "reasons": (*ABSENT_REASONS, *LEAVE_REASONS),
        "absent_reasons": ABSENT_REASONS,
    }


def _pupil(line: Line, request: HttpRequest, calls: bool) -> dict[str, object]:
    """One pupil as the form shows it: what was just posted, else the leave that covers the day."""
    leave = line.leave
    status = request.POST.get(f"status-{line.child.pk}", LEAVE.value if leave else "")
    reason = request.POST.get(f"reason-{line.child.pk}", leave.reason.value if leave else "")
    return {
        "child": line.child,
        "guardian": line.guardian if calls else None,
        "leave": leave,
        "status": status,
        "reason": reason,
    }


@never_cache
@require_GET
@signed_in
def receipt(request: HttpRequest, person: Person, token: str) -> HttpResponse:
    """The receipt of a roll call, as often as it is asked for."""
    at = now()
    try:
        call = called(person, roll_call_of(token), at.date())
    except (RollCall.DoesNotExist, Refusal):
        raise Http404 from None
    register = class_register(call.class_group, call.day, call.session)
    return page(
        request,
        person,
        "receipt",
        at,
        call=call,
        register=register,
        owed=obligations_of(call),
        number=call.pk.hex[:8],
    )
