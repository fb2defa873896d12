"""A page with one form: shown, checked, done once and left with a sentence, or shown with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from notoneless.records.models import Person
from notoneless.services.people import ChangedMeanwhile
from notoneless.services.refusals import Refusal
from notoneless.web.form_key import form_key
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import already_sent, note_sent, say


class FormPage(NamedTuple):
    """What the page says around its form, and where it leads."""

    title: str
    submit: str
    done: str
    back: str  # the address to go to afterwards, and of the link above
    back_name: str
    lead: str = ""
    template: str = "people/form"


def ask(
    request: HttpRequest,
    person: Person,
    shown: FormPage,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    at: datetime,
    refusal: Refusal | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the form; once it holds together and `act` is done with its fields, go back with a sentence.

    With a `refusal` nothing can be posted and the page says why. Raises ChangedMeanwhile as `act` does.
    """
    key = form_key(request)
    problem = sentence(refusal) if refusal else ""
    if request.method == "POST" and refusal is None:
        if not already_sent(request, key):
            problem = _do(form, act)
        if not problem:
            note_sent(request, key)
            say(request, shown.done, "good")
            return redirect(shown.back)
    status = 422 if request.method == "POST" else 200
    frame = {"shown": shown, "form": None if refusal else form, "key": key, "problem": problem}
    return page(request, person, shown.template, at, status=status, **(frame | context))


def _do(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> str:
    if not form.is_valid():
        return _("还没有记下：请看下面标出的地方。")
    try:
        act(form.cleaned_data)
    except ChangedMeanwhile:
        raise  # the caller's page shows both values
    except Refusal as refusal:
        return sentence(refusal)
    return ""
