"""The forms of people without an account, and of the offices that answer them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from notoneless.core.terms import (
    AbsenceReason,
    AttendanceStatus,
    ContestKind,
    ContestOutcome,
    PlaceKind,
    TipFinding,
)
from notoneless.records.models import Place
from notoneless.services.contests import OUTCOMES
from notoneless.services.questionnaire import QUESTIONS
from notoneless.services.tips import OF_TIPS
from notoneless.web.forms import Chips, Day, TermsForm

FASTEST = timedelta(seconds=3)  # nobody writes a tip in less
LONGEST = timedelta(hours=24)  # a page left open overnight
_SHOWN = "notoneless.web.public_forms"


class Shown(NamedTuple):
    """What a public form carries about itself: its own number, and when it was first shown."""

    key: str
    at: datetime


def new_form(at: datetime) -> str:
    """A signed text for a form shown now; sent again with the same text it is the same form."""
    return Signer(salt=_SHOWN).sign_object({"key": uuid.uuid4().hex, "at": at.isoformat()})


def shown_form(text: str) -> Shown | None:
    """What `new_form` signed, or None."""
    try:
        held = Signer(salt=_SHOWN).unsign_object(text)
        return Shown(held["key"], datetime.fromisoformat(held["at"]))
    except (BadSignature, ValueError, KeyError, TypeError):
        return None


def words_field(label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A few sentences; how many is for the act to say, which then names the limit."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": gettext_lazy("这一栏要写；一两句就够。")},
    )


class TipForm(forms.Form):
    """群众监督."""

    place = forms.ChoiceField(
        label=gettext_lazy("在哪个乡镇、哪个村"),
        error_messages={
            "required": gettext_lazy("请选乡镇或村。"),
            "invalid_choice": gettext_lazy("请从列表里选。"),
        },
    )
    where = forms.CharField(
        label=gettext_lazy("具体在哪里"),
        required=False,
        help_text=gettext_lazy("例如：村口小卖部、镇上的汽修店。"),
    )
    seen = words_field(
        gettext_lazy("看到了什么"),
        rows=5,
        help_text=gettext_lazy(
            "孩子大概几岁、什么时候看到的、在做什么。不用写孩子的全名，也不要写您自己是谁。"
        ),
    )
    reporter = forms.CharField(
        label=gettext_lazy("怎么联系您"),
        required=False,
        help_text=gettext_lazy("电话或微信。加密保存，只有县教育局和督导室能打开，每次打开都留有记录。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [("", _("请选")), *_places()]


def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    """Counties, and townships each with its villages; townships name their county when there are several."""
    rows = list(Place.objects.filter(kind__in=OF_TIPS).select_related("parent").order_by("path"))
    towns = [each for each in rows if each.kind == PlaceKind.TOWNSHIP]
    counties = [each for each in rows if each.kind == PlaceKind.COUNTY]
    several = len(counties) > 1
    far = [(str(each.pk), _("%(county)s（不清楚是哪个乡镇）") % {"county": each.name}) for each in counties]
    groups = [(_("全县"), far)] if far else []
    for town in towns:
        villages = [each for each in rows if each.kind == PlaceKind.VILLAGE and town.contains(each)]
        name = f"{town.parent.name} {town.name}" if several and town.parent else town.name
        whole = _("%(town)s（不清楚是哪个村）") % {"town": town.name}
        groups.append((name, [(str(town.pk), whole), *((str(each.pk), each.name) for each in villages)]))
    return groups


class StatusForm(forms.Form):
    """查进度: the number on the receipt, and nothing else."""

    receipt = forms.CharField(
        label=gettext_lazy("回执号"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填回执号。")},
    )


class FeedbackForm(forms.Form):
    """反馈: the code of the slip and the questions."""

    code = forms.CharField(
        label=gettext_lazy("单子上的编码"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填单子上的编码。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "zh").startswith("en")
        for question in QUESTIONS:
            self.fields[question.code] = forms.ChoiceField(
                label=question.en if english else question.zh,
                choices=[(each.code, each.en if english else each.zh) for each in question.choices],
                widget=Chips,
                error_messages={"required": _("请选一个。")},
            )


class ExplainForm(forms.Form):
    """说明为什么没来."""

    reason = forms.ChoiceField(
        label=gettext_lazy("为什么没来"),
        widget=Chips,
        choices=[
            (AbsenceReason.SICK.value, gettext_lazy("病了")),
            (AbsenceReason.PERSONAL.value, gettext_lazy("家里有事")),
        ],
        error_messages={"required": gettext_lazy("请选一个原因。")},
    )
    from_day = forms.DateField(label=gettext_lazy("从哪天"), widget=Day)
    last_day = forms.DateField(label=gettext_lazy("到哪天（含）"), widget=Day)
    words = words_field(gettext_lazy("想对老师说的话"), required=False)


class ContestForm(forms.Form):
    """提出异议."""

    words = words_field(gettext_lazy("哪里不对，实际是什么情况"))


class CopyForm(forms.Form):
    """要一份资料."""

    words = words_field(gettext_lazy("想要哪些内容"), required=False)


class AnswerContestForm(TermsForm):
    """答复异议."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("结果"), widget=Chips, error_messages={"required": gettext_lazy("请选一个结果。")}
    )
    status = forms.ChoiceField(
        label=gettext_lazy("实际情况"),
        widget=Chips,
        required=False,
        help_text=gettext_lazy("选“已更正”时填；系统按它更正这一条，原记录保留。"),
    )
    words = words_field(gettext_lazy("给家长的答复"))

    def __init__(self, kind: ContestKind, *args: Any, **kwargs: Any) -> None:
        self.offered = {
            "outcome": OUTCOMES[kind],
            "status": (AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.LEAVE),
        }
        super().__init__(*args, **kwargs)
        if kind is not ContestKind.MARK:
            del self.fields["status"]
        if len(OUTCOMES[kind]) == 1:
            self.fields["outcome"].initial = ContestOutcome.GIVEN.value


class ForwardForm(forms.Form):
    """转办."""

    to = forms.ChoiceField(label=gettext_lazy("转给"))
    words = words_field(
        gettext_lazy("请对方核实什么"),
        help_text=gettext_lazy("用自己的话写；对方只看到这几句，看不到线索原文，也不知道是谁反映的。"),
    )

    def __init__(self, places: list[Place], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [("", _("请选")), *((str(each.pk), each.name) for each in places)]


class FindingForm(TermsForm):
    """办结."""

    offered = {"finding": tuple(TipFinding)}
    finding = forms.ChoiceField(
        label=gettext_lazy("核实结果"),
        widget=Chips,
        error_messages={"required": gettext_lazy("请选一个结果。")},
    )
    words = words_field(gettext_lazy("核实情况"))


class ReplyForm(forms.Form):
    """回复转办."""

    words = words_field(gettext_lazy("核实情况"))


class SlipsForm(forms.Form):
    """印反馈单."""

    school = forms.ChoiceField(label=gettext_lazy("学校"))
    many = forms.IntegerField(label=gettext_lazy("印几张"), initial=50)

    def __init__(self, places: list[Place], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school = self.fields["school"]
        assert isinstance(school, forms.ChoiceField)
        school.choices = [("", _("请选")), *((str(each.pk), each.name) for each in places)]
