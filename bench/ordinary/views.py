"""The roll call: session and user from the database, then object by object; nothing is evaluated."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from bench.ordinary.models import AuditEntry, Mark, Pupil, RollCall, SchoolClass


@require_POST
@login_required
@transaction.atomic
def roll_call(request: HttpRequest, class_id: int, day: str, session: str) -> HttpResponse:
    """Keep what the form says and go to the receipt."""
    school_class = get_object_or_404(SchoolClass, pk=class_id)
    if school_class.teacher != request.user:
        raise PermissionDenied
    call, _ = RollCall.objects.get_or_create(
        school_class=school_class,
        day=date.fromisoformat(day),
        session=session,
        defaults={"taken_at": timezone.now(), "taken_by": request.user},
    )
    for pupil in Pupil.objects.filter(school_class=school_class):
        status = request.POST.get(f"status-{pupil.pk}")
        if status:
            save_mark(call, pupil, status, request.POST.get(f"reason-{pupil.pk}", ""))
    AuditEntry.objects.create(
        at=timezone.now(), user=request.user, action="roll call", detail={"roll_call": call.pk}
    )
    return redirect("receipt", call.pk)


def save_mark(call: RollCall, pupil: Pupil, status: str, reason: str) -> None:
    """Find the pupil's mark or begin one, and save it."""
    try:
        mark = Mark.objects.get(roll_call=call, pupil=pupil)
    except Mark.DoesNotExist:
        mark = Mark(roll_call=call, pupil=pupil)
    mark.status, mark.reason = status, reason
    mark.save()


def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Where the roll call leads; the benchmark does not follow."""
    return HttpResponse(f"roll call {number}")
