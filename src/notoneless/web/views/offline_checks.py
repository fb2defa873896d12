"""离线核对 and 我的手机: what the school must look at, and which telephones a person writes with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notoneless.records.access import Verb
from notoneless.records.models import Device, OfflineReceived, Person
from notoneless.services.flags import flags_of
from notoneless.services.offline import OFFLINE, problem_of, revoke
from notoneless.services.offline_checking import Upload, record_it, set_aside, to_check, upload_for
from notoneless.services.refusals import Refusal
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.offline_forms import CheckUploadForm
from notoneless.web.page import page
from notoneless.web.read.uploads import subject, versions
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in

OVER = 50  # of what was checked, the latest


@never_cache
@require_GET
@signed_in
def checks(request: HttpRequest, person: Person) -> HttpResponse:
    """What waits to be looked at, and what was."""
    at = now()
    waiting, over = (to_check(person, at.date(), checked=checked) for checked in (False, True))
    return page(
        request,
        person,
        "offline/checks",
        at,
        waiting=[_told(each) for each in waiting],
        over=[_told(each) for each in over[:OVER]],
    )


def _told(upload: Upload) -> dict[str, object]:
    why = problem_of(upload.row.problem)
    return {
        "upload": upload,
        "row": upload.row,
        "subject": subject(upload),
        "why": sentence(why) if why else _("同一编号另有一份不同的记录。"),
    }


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def check(request: HttpRequest, person: Person, upload_id: UUID) -> HttpResponse:
    """One record, all its versions side by side; recorded or set aside with the reason."""
    at = now()
    try:
        upload = upload_for(person, upload_id, at.date(), Verb.SETTLE)
    except OfflineReceived.DoesNotExist:
        raise Http404 from None
    shown = versions(person, upload, at.date())
    form = CheckUploadForm(request.POST or None, upload=upload)

    def act(given: dict[str, Any]) -> None:
        if given["account"] == CheckUploadForm.NONE:
            set_aside(by=person, upload=upload_id, reason=given["reason"], at=at)
        else:
            chosen = UUID(given["account"])
            record_it(by=person, upload=upload_id, account=chosen, reason=given["reason"], at=at)

    frame = FormPage(
        _("核对离线记录"),
        _("记下核对结果"),
        _("核对结果已记下；收到的内容都保留在案。"),
        reverse("web:offline_checks"),
        _("离线核对"),
        template="offline/check",
    )
    return ask(
        request,
        person,
        frame,
        form,
        act,
        at,
        _checked_already(upload),
        versions=shown,
        flags=flags_of(OFFLINE, [str(upload_id)]).get(str(upload_id), []),
        **_told(upload),
    )


def _checked_already(upload: Upload) -> Refusal | None:
    done = upload.checked
    if done is None:
        return None
    return Refusal(
        "CHECKED_ALREADY",
        f"{done.by.name}已核对：{done.note}",
        f"{done.by.name} has checked it: {done.note}",
    )


@never_cache
@require_GET
@signed_in
def devices(request: HttpRequest, person: Person) -> HttpResponse:
    """The telephones with which this person writes without signal."""
    rows = Device.objects.filter(person=person).order_by("-registered_at")
    return page(request, person, "offline/devices", now(), devices=rows)


@require_POST
@signed_in
def take_off(request: HttpRequest, person: Person, device: UUID) -> HttpResponse:
    """Take one of them off."""
    try:
        revoke(by=person, device=device, at=now())
    except Refusal:
        raise Http404 from None
    say(request, _("这部手机已停用；它还没上传的记录登录后仍可上传，由学校核对。"), "good")
    return redirect("web:offline_devices")
