"""The forms by which a child is written down, completed, taken into a class, or found to be here twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.records.models import ClassGroup, Place
from notoneless.services.child_record import Known
from notoneless.web.codes import term
from notoneless.web.enrolment_forms import IntoClassForm, PlaceField
from notoneless.web.forms import Chips, TermsForm, moment_field, note_field
from notoneless.web.people_forms import day_field

OURS, OTHER, NONE = "OURS", "OTHER", "NONE"
UNKNOWN = HouseholdRegister.UNKNOWN


def number_field(label: Any) -> forms.CharField:
    """An identity or enrolment number, never filled in by the browser."""
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class KnownForm(TermsForm):
    """What is known of a child; a name is enough."""

    offered = {"sex": tuple(Sex), "household": tuple(HouseholdRegister)}
    name = forms.CharField(
        label=_("孩子姓名"),
        max_length=60,
        error_messages={"required": _("请填写孩子姓名；别的可以以后补。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sex = forms.ChoiceField(label=_("性别"), required=False, widget=Chips)
    birth_on = day_field(_("出生日期"), required=False)
    identity_no = number_field(_("身份证件号"))
    household = forms.ChoiceField(label=_("户籍类型"), required=False, widget=Chips, initial=UNKNOWN.value)
    guardian_name = forms.CharField(label=_("监护人姓名"), required=False, max_length=60)
    guardian_phone = forms.CharField(
        label=_("监护人电话"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def known(self) -> Known:
        """What was filled in."""
        given = self.cleaned_data
        return Known(
            given["name"],
            term(Sex, given["sex"]) if given["sex"] else None,
            given["birth_on"],
            given["identity_no"],
            given.get("enrolment_no", ""),
            term(HouseholdRegister, given["household"]) if given["household"] else None,
            given["guardian_name"],
            given["guardian_phone"],
        )


class VillageForm(KnownForm):
    """And where the child lives."""

    village = PlaceField(label=_("现住村"), required=False)

    def __init__(self, *args: Any, villages: Iterable[Place] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["village"]
        assert isinstance(field, PlaceField)
        field.offer(villages, _("不清楚住在哪个村"))


class PupilForm(VillageForm):
    """登记一名学生: into a class, on our roll or as a guest."""

    class_group = PlaceField(label=_("编入哪个班"), error_messages={"required": _("请选班级。")})
    from_day = day_field(_("从哪天起在班里"))
    roll = forms.ChoiceField(
        label=_("学籍"),
        widget=Chips,
        choices=[(OURS, _("在本校")), (OTHER, _("在别的学校（借读）")), (NONE, _("没有学籍或还不清楚"))],
        error_messages={"required": _("请选学籍在哪里。")},
    )
    roll_at = forms.CharField(
        label=_("学籍所在学校（借读的写）"),
        required=False,
        max_length=100,
    )
    enrolment_no = number_field(_("学籍号"))
    field_order = (
        *("name", "class_group", "from_day", "roll", "roll_at", "sex", "birth_on"),
        *("identity_no", "enrolment_no", "household", "guardian_name", "guardian_phone", "village"),
    )

    def __init__(self, *args: Any, classes: Iterable[ClassGroup] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["class_group"]
        assert isinstance(field, PlaceField)
        field.offer(classes, _("请选班级"))

    def clean(self) -> dict[str, Any]:
        """A guest pupil's roll is somewhere."""
        if self.cleaned_data.get("roll") == OTHER and not self.cleaned_data.get("roll_at", "").strip():
            self.add_error("roll_at", str(_("借读的请写学籍所在的学校；不清楚的选“没有学籍或还不清楚”。")))
        return self.cleaned_data


class NeverEnrolledForm(VillageForm):
    """登记应入学未入学: who, where it lives, which school is to take it in, how it was found."""

    school = PlaceField(
        label=_("应当接收的学校"), error_messages={"required": _("请选应当接收这名孩子的学校。")}
    )
    found_at = moment_field()
    note = note_field(_("怎样发现的、为什么没有入学"), required=False)
    field_order = (
        *("name", "village", "school", "found_at", "note", "sex", "birth_on"),
        *("identity_no", "household", "guardian_name", "guardian_phone"),
    )

    def __init__(self, *args: Any, schools: Iterable[Place] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["found_at"].label = _("什么时候查明的")
        field = self.fields["school"]
        assert isinstance(field, PlaceField)
        field.offer(schools, _("请选学校"))


class ListForm(forms.Form):
    """应入学名单: a file with names, the school that takes those in who are in none, and their village."""

    file = forms.FileField(
        label=_("名单文件（Excel 或 CSV）"),
        error_messages={"required": _("请选文件。"), "empty": _("这个文件是空的。")},
    )
    school = PlaceField(
        label=_("没有入学的由哪所学校接收"), error_messages={"required": _("请选接收的学校。")}
    )
    village = PlaceField(label=_("名单是哪个村的"), required=False)

    def __init__(
        self, *args: Any, schools: Iterable[Place] = (), villages: Iterable[Place] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        school, village = self.fields["school"], self.fields["village"]
        assert isinstance(school, PlaceField)
        assert isinstance(village, PlaceField)
        school.offer(schools, _("请选学校"))
        village.offer(villages, _("不止一个村，或不清楚"))


class TakeInForm(IntoClassForm):
    """编入班级."""

    on_our_roll = forms.BooleanField(label=_("同时列入本校学籍"), required=False, initial=True)
    field_order = ("class_group", "on_our_roll", "note")


class CompleteForm(TermsForm):
    """补全、更正: what is written of the child; `before` is what the page showed."""

    offered = {"sex": tuple(Sex), "household": tuple(HouseholdRegister)}
    name = forms.CharField(
        label=_("姓名"), max_length=60, error_messages={"required": _("请填写孩子姓名；别的可以以后补。")}
    )
    sex = forms.ChoiceField(label=_("性别"), required=False, widget=Chips)
    birth_on = day_field(_("出生日期"), required=False)
    enrolment_no = number_field(_("学籍号"))
    household = forms.ChoiceField(label=_("户籍类型"), widget=Chips)
    identity_no = number_field(_("身份证件号（不改就不填）"))
    before = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, with_identity: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_identity:
            del self.fields["identity_no"]


class FindSameForm(forms.Form):
    """The other record: by the child's name together with one of its numbers."""

    name = forms.CharField(label=_("另一条记录的姓名"), max_length=60, required=False)
    number = number_field(_("另一条记录的学籍号或身份证件号"))


class SameChildForm(forms.Form):
    """合并: how it is known that both are one child."""

    why = note_field(_("怎样核实是同一名学生的"))
    other = forms.UUIDField(widget=forms.HiddenInput)
