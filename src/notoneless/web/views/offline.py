"""离线: what telephones ask and send; JSON throughout, so that no page is taken for an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notoneless.records.models import Device, Person
from notoneless.services.offline import receive, register
from notoneless.services.offline_bodies import LARGEST
from notoneless.services.offline_reading import bundle_of
from notoneless.services.offline_receipts import Checkpoint, checkpoint, public_key
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.refused import sentence
from notoneless.web.signed_in import person_of

View = Callable[[HttpRequest, Person], HttpResponse]


def signed_in_json(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Pass the person to the view; whoever is not signed in is told so in JSON, and keeps what they sent."""

    @wraps(view)
    def asks_first(request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return problem(_("请先登录；记录还在这部手机上。"), 401)
        return view(request, person)

    return asks_first


def problem(words: str, status: int) -> JsonResponse:
    """An answer that is no receipt: the telephone keeps what it sent."""
    return JsonResponse({"problem": words}, status=status, json_dumps_params={"ensure_ascii": False})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_json
def device(request: HttpRequest, person: Person) -> HttpResponse:
    """Who is signed in and how their telephone stands; posted: its registration."""
    at = now()
    if request.method == "POST":
        return _register(request, person, at)
    return JsonResponse(
        {
            "csrf": get_token(request),
            "person": {"id": person.pk, "name": person.name},
            "device": _standing(request.GET.get("device", ""), person),
            **_believed(at),
        }
    )


def _register(request: HttpRequest, person: Person, at: datetime) -> HttpResponse:
    try:
        given = json.loads(request.body)
        name, drawn = str(given.get("name") or ""), given.get("device")
        number = UUID(drawn) if drawn else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return problem(_("登记的内容读不懂；请重新打开这一页。"), 400)
    row = register(by=person, name=name, device=number, at=at)
    return JsonResponse({"device": str(row.pk), **_believed(at)})


def _standing(number: str, person: Person) -> str:
    try:
        row = Device.objects.filter(pk=UUID(number), person=person).first()
    except ValueError:
        row = None
    if row is None:
        return "unknown"
    return "known" if row.revoked_at is None else "revoked"


def _believed(at: datetime) -> dict[str, object]:
    return {"key": public_key(), "checkpoint": said(checkpoint(at))}


@never_cache
@require_GET
@gzip_page
@signed_in_json
def bundle(request: HttpRequest, person: Person) -> HttpResponse:
    """What the telephone needs to write for days: the person's own classes and cases, and no more of them."""
    at = now()
    answer = {
        "checkpoint": said(checkpoint(at)),
        **bundle_of(person, at=at, language=get_language() or "zh"),
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@never_cache
@require_POST
@signed_in_json
def records(request: HttpRequest, person: Person) -> HttpResponse:
    """One record, kept and answered with a signed receipt; the same as often as it is sent."""
    at = now()
    try:
        content = request.body
    except RequestDataTooBig:
        content = b" " * (LARGEST + 1)
    return answer_to(person, content, at)


def answer_to(person: Person, content: bytes, at: datetime) -> HttpResponse:
    """The receipt for these bytes, or why they are no record."""
    if len(content) > LARGEST:
        return problem(_("这条记录太大（超过 2 MB）；请去掉照片另存。"), 413)
    try:
        received = receive(by=person, content=content, at=at)
    except Refusal as refusal:
        return problem(sentence(refusal), 400)
    answer = {
        "receipt": received.receipt.said(),
        "signature": received.signature,
        "checkpoint": said(checkpoint(at)),
        "problem": sentence(received.problem) if received.problem else "",
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def said(seen: Checkpoint) -> dict[str, object]:
    """A checkpoint as JSON has it."""
    return {"seq": seen.seq, "at": seen.at.isoformat(), "token": seen.token}
