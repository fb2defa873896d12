"""The boards of a single person: the subject teacher's lessons, the village cadre's children."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, Person
from notoneless.records.scopes import visible_children
from notoneless.services.refusals import Refusal
from notoneless.services.updates import Found, tell
from notoneless.web.codes import term
from notoneless.web.form_key import form_key
from notoneless.web.forms import Chips, choices
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.boards_lessons import Lesson
from notoneless.web.read.boards_lessons import lessons as read_lessons
from notoneless.web.read.boards_village import village_board
from notoneless.web.refused import sentence
from notoneless.web.said import already_sent, note_sent, say
from notoneless.web.signed_in import signed_in
from notoneless.web.views.today import no_school, quota_lines


class FoundForm(forms.Form):
    """One choice and one line."""

    found = forms.ChoiceField(label=gettext_lazy("情况"), widget=Chips)
    line = forms.CharField(label=gettext_lazy("一句话"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["found"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices(Found)


@never_cache
@require_GET
@gzip_page
@signed_in
def lessons(request: HttpRequest, person: Person) -> HttpResponse:
    """My lessons' roll calls, my pupils away, my pairs, the visits left."""
    at = now()
    found = read_lessons(person, as_of=at)
    return page(
        request,
        person,
        "boards/lessons",
        at,
        lessons=[_lesson(each, at) for each in found.lessons],
        away=found.away,
        pairs=found.pairs,
        quotas=quota_lines(found.quotas),
    )


def _lesson(each: Lesson, at: datetime) -> dict[str, Any]:
    url = ""
    if each.session is not None:
        url = reverse("web:roll_call", args=(each.class_group.pk, at.date(), each.session.code))
    return {
        "class_group": each.class_group,
        "session": each.session,
        "taken": each.taken,
        "begun": each.session is not None and each.session.starts <= at.time(),
        "no_school": no_school(each.why_no_school) if each.why_no_school else "",
        "url": url,
    }


@never_cache
@require_GET
@gzip_page
@signed_in
def village(request: HttpRequest, person: Person) -> HttpResponse:
    """The cadre's own children of whom something must be found out, and how many others there are."""
    at = now()
    return page(request, person, "boards/village", at, board=village_board(person, as_of=at))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def update(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """一句话反馈 about one child; then back to the list."""
    at = now()
    try:
        child = visible_children(person, at.date(), Verb.RECORD, Thing.VILLAGE_BOARD).get(pk=child_id)
    except Child.DoesNotExist:
        raise Http404 from None
    key = form_key(request)
    form, problem = FoundForm(request.POST or None), ""
    if request.method == "POST":
        if not already_sent(request, key):
            problem = _tell(request, form, person, child, at, key)
        if not problem:
            return redirect("web:village")
    return page(
        request,
        person,
        "boards/update",
        at,
        status=422 if problem else 200,
        child=child,
        form=form,
        key=key,
        problem=problem,
        guardians=child.guardians.exclude(phone=""),
    )


def _tell(request: HttpRequest, form: FoundForm, person: Person, child: Child, at: datetime, key: str) -> str:
    """Keep what the form says; why not, or an empty text."""
    if not form.is_valid():
        return _("还没有记下：请选一种情况。")
    given = form.cleaned_data
    try:
        tell(by=person, child=child, found=term(Found, given["found"]), line=given["line"], at=at, key=key)
    except Refusal as refusal:
        return sentence(refusal)
    note_sent(request, key)
    say(request, _("已记下，学校和乡镇都看得到。"), "good")
    return ""
