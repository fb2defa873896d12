"""没有信号时用: the empty page that a telephone keeps, the worker that keeps it, and the key for a lost PIN.

The page holds nothing about anybody, so that it may be kept: all else comes by `views.offline` and is sealed
on the telephone.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person
from notoneless.services.offline_rescue import rescue_key
from notoneless.web import session as sessions
from notoneless.web.moment import now
from notoneless.web.signed_in import signed_in
from notoneless.web.views.roll_call import ABSENT_REASONS, LEAVE_REASONS, STATUSES

SCRIPTS = "web/offline"
BESIDE = ("web/style.css", "web/icon.svg")
WORKER = "web/sw.js"


@never_cache
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page with nobody's data in it; the same for everybody who reads the same language."""
    with override(_language(request)):
        return HttpResponse(_shell())


@never_cache
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page and its files; another text whenever one of them is another.

    It stands beside the page, so that it watches over no other page of the site. The language is asked for
    by name: what a browser says that it reads may differ between a page and its worker.
    """
    language = _language(request)
    files = {static(name): _digest(_bytes(name)) for name in _names()}
    page = reverse("web:offline")
    with override(language):
        files[page] = _digest(_shell().encode())
    kept = {
        "version": _digest(json.dumps(files, sort_keys=True).encode())[:16],
        "files": files,
        "page": page,
        "from": f"{page}?language={language}",
    }
    text = f"const SHELL = {json.dumps(kept, sort_keys=True)};\n{_bytes(WORKER).decode()}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@never_cache
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What the telephone shows on its home screen."""
    page = reverse("web:offline")
    said = {
        "id": page,
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "name": _("一个都不能少"),
        "short_name": _("一个都不能少"),
        "description": _("没有信号时点名、写走访记录。"),
        "background_color": "#ffffff",
        "theme_color": "#1d3f72",
        "icons": [{"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@never_cache
@require_POST
@signed_in
def rescue(request: HttpRequest, person: Person) -> HttpResponse:
    """The key for what waits in a vault of this person's; never on a computer that others use too."""
    at = now()
    try:
        vault = UUID(str(json.loads(request.body)["vault"]))
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"problem": _("这部手机发来的内容不完整；请重新打开这一页。")}, status=400)
    standing = sessions.standing(request.session, at)
    if standing is None or standing.device is DeviceKind.SHARED:
        return JsonResponse({"problem": _("公用电脑上不能存离线资料；请在自己的手机上用。")}, status=403)
    return JsonResponse({"key": b64encode(rescue_key(by=person, vault=vault, at=at)).decode()})


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


def _shell() -> str:
    absent = [{"value": each, "name": each, "of": "ABSENT"} for each in ABSENT_REASONS]
    leave = [{"value": each, "name": each, "of": "LEAVE"} for each in LEAVE_REASONS]
    statuses = [{"value": status.value, "name": name} for status, name in STATUSES]
    context = {"demo": settings.DEMO, "statuses": statuses, "reasons": absent + leave}
    return render_to_string("web/offline/shell.html", context)


def _names() -> list[str]:
    folder = Path(str(finders.find(SCRIPTS)))
    return [*BESIDE, *sorted(f"{SCRIPTS}/{each.name}" for each in folder.iterdir() if each.is_file())]


def _bytes(name: str) -> bytes:
    return Path(str(finders.find(name))).read_bytes()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
