"""监护人 of a child: one more, and a number put right; two who change one number see both."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.records.access import Verb
from notoneless.records.models import Child, Person
from notoneless.services.guardians import add_guardian, change_guardian_phone
from notoneless.services.people import ChangedMeanwhile
from notoneless.web.form_page import FormPage, ask
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.people_forms import PhoneForm
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in


class GuardianForm(PhoneForm):
    """A guardian's name, relation and telephone."""

    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        error_messages={"required": gettext_lazy("请填写监护人姓名。")},
    )
    relation = forms.CharField(label=gettext_lazy("与学生的关系"), required=False, max_length=30)
    field_order = ("name", "relation", "phone")


class GuardianPhoneForm(PhoneForm):
    """The number, and the one that stood there when the page was made."""

    before = forms.CharField(required=False, widget=forms.HiddenInput, empty_value="")


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def add(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """One guardian more."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.CHANGE)

    def act(given: dict[str, Any]) -> object:
        return add_guardian(by=person, child=child, at=at, **given)

    return ask(request, person, _shown(_("添加监护人"), child), GuardianForm(request.POST or None), act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def phone(request: HttpRequest, person: Person, child_id: UUID, guardian_id: int) -> HttpResponse:
    """A guardian's number put right."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.CHANGE)
    guardian = child.guardians.filter(pk=guardian_id).first()
    if guardian is None:
        raise Http404
    stands = {"phone": guardian.phone, "before": guardian.phone}
    form = GuardianPhoneForm(request.POST or None, initial=stands)
    shown = _shown(_("改%(name)s的电话") % {"name": guardian.name}, child)

    def act(given: dict[str, Any]) -> object:
        return change_guardian_phone(by=person, guardian=guardian, at=at, **given)

    try:
        return ask(request, person, shown, form, act, at)
    except ChangedMeanwhile as changed:
        values = {"theirs": changed.now_is, "yours": form.cleaned_data["phone"]}
        frame = {"back": shown.back, "back_name": shown.back_name, "problem": sentence(changed)}
        return page(request, person, "people/phone_twice", at, status=409, **(frame | values))


def _shown(title: str, child: Child) -> FormPage:
    back = reverse("web:child", args=(child.pk,))
    return FormPage(title, _("记下"), _("已记下。"), back, child.name)
