"""怎样通知我: one's own ways to be reached; and, for the system officer, what could not be delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notoneless.core.terms import Channel
from notoneless.records.access import Thing
from notoneless.records.models import ContactWay, Person
from notoneless.records.scopes import people_at
from notoneless.services.refusals import Refusal
from notoneless.services.telling_undelivered import by_channel, held_up, undelivered
from notoneless.services.telling_ways import end_way, fits, keep_way, use_first
from notoneless.web.codes import term
from notoneless.web.forms import TermsForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in

LOOK_BACK = timedelta(days=7)
AT_ONCE = 100
# What a person has an address of; slips and the telephone on file need none.
ADDRESSED = (
    *(Channel.EMAIL, Channel.SMS, Channel.WECOM, Channel.DINGTALK, Channel.FEISHU),
    *(Channel.WEBHOOK, Channel.RELAY),
)


_ROBOT = gettext_lazy("请从群机器人的设置里复制以 https:// 开头的整个网址。")
_HINTS = {
    Channel.EMAIL: gettext_lazy("请填一个邮箱，像 name@example.cn。"),
    Channel.SMS: gettext_lazy("请填手机号，只有数字。"),
    Channel.WEBHOOK: gettext_lazy("请填对方系统以 https:// 开头的整个网址。"),
    Channel.RELAY: gettext_lazy("请填 Apprise 地址，像 pushplus://令牌。"),
}


class WayForm(TermsForm):
    """A way to reach me; the address is typed twice, as nothing is sent to one that is not sure."""

    offered = {"channel": ADDRESSED}
    channel = forms.ChoiceField(label=gettext_lazy("渠道"))
    address = forms.CharField(label=gettext_lazy("地址或号码"), max_length=500)
    again = forms.CharField(label=gettext_lazy("再输一次"), max_length=500)

    def clean_again(self) -> str:
        """The same once more."""
        again: str = self.cleaned_data["again"]
        if again.strip() != self.cleaned_data.get("address", "").strip():
            raise forms.ValidationError(_("两次输入的不一样；请核对后再输。"))
        return again

    def clean(self) -> dict[str, Any]:
        """An address that this channel can send to."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("channel") and given.get("address"):
            channel = term(Channel, given["channel"])
            if not fits(channel, given["address"]):
                self.add_error("address", str(_HINTS.get(channel, _ROBOT)))
        return given


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def ways(request: HttpRequest, person: Person) -> HttpResponse:
    """The ways I am reached, in their order, and one more; addresses are never shown again in full."""
    at = now()
    form = WayForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            _keep(person, form)
        except Refusal as refusal:
            problem = sentence(refusal)
        else:
            say(request, _("已记下；以后有待办会发到这里。"), "good")
            return redirect("web:ways")
    rows = ContactWay.objects.filter(person=person, ended_at=None).order_by("rank", "recorded_at")
    status = 422 if request.method == "POST" else 200
    return page(request, person, "ways", at, status=status, form=form, problem=problem, ways=rows)


def _keep(person: Person, form: WayForm) -> None:
    given = form.cleaned_data
    language = "en" if (get_language() or "").startswith("en") else "zh"
    keep_way(
        by=person,
        person=person,
        channel=term(Channel, given["channel"]),
        address=given["address"],
        language=language,
        confirmed=True,
        at=now(),
    )


@never_cache
@require_POST
@signed_in
def first_way(request: HttpRequest, person: Person) -> HttpResponse:
    """Try one of my ways before the others."""
    try:
        use_first(by=person, person=person, channel=term(Channel, request.POST.get("channel", "")), at=now())
    except ValueError:
        say(request, _("没有这个渠道；请刷新页面。"), "refused")
    except Refusal as refusal:
        say(request, sentence(refusal), "refused")
    else:
        say(request, _("以后先用它。"), "good")
    return redirect("web:ways")


@never_cache
@require_POST
@signed_in
def stop_way(request: HttpRequest, person: Person) -> HttpResponse:
    """Stop using one of my ways."""
    try:
        end_way(by=person, person=person, channel=term(Channel, request.POST.get("channel", "")), at=now())
    except ValueError:
        say(request, _("没有这个渠道；请刷新页面。"), "refused")
    else:
        say(request, _("以后不再发到那里。"), "good")
    return redirect("web:ways")


@never_cache
@require_GET
@signed_in
def outbox(request: HttpRequest, person: Person) -> HttpResponse:
    """What is held up, and what of the last seven days failed or is in doubt; of people in scope."""
    at = now()
    scoped = people_at(person, at.date(), Thing.OUTBOX)
    found = undelivered(at - LOOK_BACK).filter(person__in=scoped)
    waiting = held_up().filter(person__in=scoped)
    return page(
        request, person, "outbox", at, rows=found[:AT_ONCE], count=found.count(), waiting=by_channel(waiting)
    )
