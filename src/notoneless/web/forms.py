"""The fields of the forms: what is asked, with which choices, and how a wrong answer is answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from notoneless.core.enrolment import NOT_STATED
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    AttendanceStatus,
    EventKind,
    Post,
    Term,
)


def choices(terms: Iterable[Term]) -> list[tuple[str, str]]:
    """Codes with their labels in the reader's language."""
    language = get_language() or "zh"
    return [(term.value, term.label(language)) for term in terms]


class Chips(forms.RadioSelect):
    """One of a few, each a button to tap."""


class ManyChips(forms.CheckboxSelectMultiple):
    """Any of a few, each a button to tap."""


class Moment(forms.DateTimeInput):
    """Day and time, by the device's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Day(forms.DateInput):
    """A day, by the device's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TermsForm(forms.Form):
    """A form whose choices are stored codes; their labels follow the reader's language."""

    offered: dict[str, tuple[Term, ...]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, terms in self.offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices(terms)


def in_china(moment: datetime) -> datetime:
    """The same moment at +08:00, as the records keep it."""
    return moment.astimezone(CHINA_TIME)


class MomentField(forms.DateTimeField):
    """When it happened, in China time."""

    widget = Moment

    def clean(self, value: Any) -> datetime | None:
        """The moment at +08:00, or None where it may be left out."""
        moment: datetime | None = super().clean(value)
        return None if moment is None else in_china(moment)


def moment_field() -> MomentField:
    """The field that every form about something done begins with."""
    return MomentField(
        label=_("什么时候"), error_messages={"required": _("请填写时间，例如 2026-11-20 16:30。")}
    )


NO_NOTE = _("请写一两句；没有记录不算办结。")


def note_field(label: Any, required: bool = True) -> forms.CharField:
    """What was said and seen, in a few sentences."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": NO_NOTE},
    )


def private_field() -> forms.BooleanField:
    """Whether the words are only for whoever must know."""
    return forms.BooleanField(
        label=_("私密记录"), required=False, help_text=_("只给班主任、教导处和校长看。")
    )


def outcome_field() -> forms.ChoiceField:
    """What came of it."""
    return forms.ChoiceField(label=_("结果"), widget=Chips, error_messages={"required": _("请选一个结果。")})


def next_contact_field() -> forms.DateField:
    """When to get in touch again."""
    return forms.DateField(label=_("下次联系"), required=False, widget=Day)


def with_field(help_text: Any) -> forms.MultipleChoiceField:
    """Which posts took part beside oneself."""
    return forms.MultipleChoiceField(
        label=_("一起去的人"), required=False, widget=ManyChips, help_text=help_text
    )


def participants_field() -> forms.CharField:
    """People without a post who were there."""
    return forms.CharField(label=_("还有谁在场"), required=False, max_length=300)


COMPANIONS = (
    Post.CLASS_TEACHER,
    Post.SUBJECT_TEACHER,
    Post.ASSIGNED_TEACHER,
    Post.SCHOOL_OFFICE,
    Post.VICE_PRINCIPAL,
    Post.PRINCIPAL,
    Post.VILLAGE_COMMITTEE,
    Post.VILLAGE_CADRE,
    Post.TOWNSHIP,
)


class ReportForm(TermsForm):
    """报告 and the other acts that are done at a desk."""

    DESK_ACTS = (
        Act.REPORT,
        Act.WRITTEN_REPORT,
        Act.REGISTER,
        Act.RECORD,
        Act.PLAN,
        Act.VERIFY,
        Act.NOTICE,
        Act.MARK_IN_NATIONAL_SYSTEM,
        Act.LOG_IN_NATIONAL_SYSTEM,
        Act.PAIR,
        Act.HELP,
        Act.MEET,
        Act.REVIEW,
        Act.HAND_OVER,
    )
    # What these need is a paper, and what is written here stands for it.
    WRITTEN = (Act.WRITTEN_REPORT, Act.PLAN)
    offered = {"act": DESK_ACTS, "taking_part": COMPANIONS}
    act = forms.ChoiceField(label=_("办了什么"))
    to = forms.ChoiceField(label=_("报给谁"), required=False)
    happened_at = moment_field()
    note = note_field(_("内容"), required=False)
    taking_part = with_field("")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [("", _("不报给谁")), *choices(Post)]

    def clean_note(self) -> str:
        """The text, which a paper may not go without."""
        note: str = self.cleaned_data["note"]
        if not note.strip() and self.cleaned_data.get("act") in self.WRITTEN:
            raise forms.ValidationError(NO_NOTE)
        return note


class SettledReportForm(ReportForm):
    """The same from an obligation's button: act and addressee are settled, a time and a word remain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].widget = forms.HiddenInput()
        self.fields["to"].widget = forms.HiddenInput()
        if not self["taking_part"].value():
            self.fields["taking_part"].widget = forms.MultipleHiddenInput()


class DutyForm(forms.Form):
    """已办: what a date brought was done, when, and in a few words what."""

    happened_at = moment_field()
    note = note_field(_("办了什么"), required=False)


class EventForm(TermsForm):
    """登记情况."""

    offered = {"kind": tuple(kind for kind in EventKind if kind not in NOT_STATED)}
    kind = forms.ChoiceField(
        label=_("发现了什么"), widget=Chips, error_messages={"required": _("请选一种情况。")}
    )
    happened_at = moment_field()
    note = note_field(_("具体情况"), required=False)
    private = private_field()


class CorrectionForm(TermsForm):
    """更正点名: a late arrival, or a mark that was wrong."""

    offered = {
        "status": (
            AttendanceStatus.LATE,
            AttendanceStatus.PRESENT,
            AttendanceStatus.LEAVE,
            AttendanceStatus.ABSENT,
        )
    }
    status = forms.ChoiceField(
        label=_("实际情况"), widget=Chips, error_messages={"required": _("请选实际情况。")}
    )
    reason = forms.ChoiceField(label=_("原因"), required=False)
    happened_at = moment_field()
    note = note_field(_("怎么知道的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [("", _("不填")), *choices(AbsenceReason)]


class LeaveForm(TermsForm):
    """准假."""

    offered = {"reason": (AbsenceReason.SICK, AbsenceReason.PERSONAL, AbsenceReason.OFFICIAL)}
    reason = forms.ChoiceField(label=_("假别"), widget=Chips, error_messages={"required": _("请选假别。")})
    from_day = forms.DateField(label=_("从哪天"), widget=Day)
    last_day = forms.DateField(label=_("到哪天（含）"), widget=Day)
    note = note_field(_("请假理由"), required=False)


class EndLeaveForm(forms.Form):
    """销假 or 续假."""

    until = forms.DateField(
        label=_("哪天应到校"), widget=Day, error_messages={"required": _("请填写应到校的那天。")}
    )
    note = note_field(_("说明"), required=False)
