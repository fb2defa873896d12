"""The ordinary project's database and the requests made to it; each function runs in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlencode

from bench.roll_call.calls import SESSION, Call, Morning, Request

DATABASE = "BENCH_ORDINARY_DATABASE"
AT_ONCE = 500
# The same view given only those who are away; under another session, so that it does not meet its own rows.
EXCEPTIONS = "EXCEPTIONS"


def environment(url: str) -> dict[str, str]:
    """What its processes need to know."""
    return {DATABASE: url, "DJANGO_SETTINGS_MODULE": "bench.ordinary.settings"}


def build(url: str, mornings: list[Morning]) -> tuple[list[list[Request]], list[list[Request]]]:
    """Tables, classes, pupils, signed-in teachers; the requests with all pupils, and with those away."""
    _set_up(url)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)  # ours point at Django's tables
    people = _people(mornings[0])
    whole = [list(_requests(morning, people, SESSION)) for morning in mornings]
    away = [list(_requests(morning, people, EXCEPTIONS)) for morning in mornings]
    return whole, away


def stored(url: str) -> tuple[int, int]:
    """How many roll calls and marks it holds."""
    _set_up(url)
    from bench.ordinary.models import Mark, RollCall

    return RollCall.objects.count(), Mark.objects.count()


def _set_up(url: str) -> None:
    os.environ |= environment(url)
    import django

    django.setup()


class _People:
    """What the requests need: the class's number here, the pupils' numbers, the teacher's headers."""

    def __init__(self, class_id: int, pupils: list[int], headers: dict[str, str], token: str) -> None:
        self.class_id, self.pupils, self.headers, self.token = class_id, pupils, headers, token


def _people(morning: Morning) -> list[_People]:
    from django.contrib.auth.models import User

    from bench.ordinary.models import Pupil, SchoolClass

    names = [f"teacher-{call.number}" for call in morning]
    users = User.objects.bulk_create([User(username=name, password="!") for name in names], AT_ONCE)
    classes = SchoolClass.objects.bulk_create(
        [SchoolClass(name=user.username, teacher=user) for user in users], AT_ONCE
    )
    rows = [
        Pupil(name=f"{n}", school_class=group)
        for group, call in zip(classes, morning, strict=True)
        for n, _ in enumerate(call.pupils)
    ]
    pupils = iter(Pupil.objects.bulk_create(rows, AT_ONCE))
    return [
        _People(group.pk, [next(pupils).pk for _ in call.pupils], *_signed_in(user))
        for group, call, user in zip(classes, morning, users, strict=True)
    ]


def _signed_in(user: object) -> tuple[dict[str, str], str]:
    """The headers of a signed-in teacher's browser, and the token its forms carry."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest
    from django.middleware.csrf import get_token

    assert isinstance(user, User)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = (
        str(user.pk),
        "django.contrib.auth.backends.ModelBackend",
    )
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    asked = HttpRequest()
    token = get_token(asked)
    cookies = f"sessionid={session.session_key}; csrftoken={asked.META['CSRF_COOKIE']}"
    return {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}, token


def _requests(morning: Morning, people: list[_People], session: str) -> Iterator[Request]:
    for call in morning:
        who = people[call.number]
        path = f"/roll-call/{who.class_id}/{call.day}/{session}/"
        body = urlencode([("csrfmiddlewaretoken", who.token), *_fields(call, who, session)])
        yield Request(path, who.headers, body.encode(), call.taken_at)


def _fields(call: Call, who: _People, session: str) -> Iterator[tuple[str, str]]:
    for child, pupil in zip(call.pupils, who.pupils, strict=True):
        status, reason = call.away.get(child, ("PRESENT", ""))
        if session == SESSION or child in call.away:
            yield f"status-{pupil}", status
            yield f"reason-{pupil}", reason
