"""The forms about people, posts and places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Person, Place
from notoneless.web.forms import Day, ManyChips, choices, note_field

NEEDS_DAY = {"required": _("请填写日期，例如 2026-11-20。"), "invalid": _("请填写日期，例如 2026-11-20。")}


def day_field(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label, required=required, widget=Day, help_text=help_text, error_messages=NEEDS_DAY
    )


def basis_field() -> forms.CharField:
    """The paper that appoints."""
    return forms.CharField(label=_("任免依据（文号）"), required=False, max_length=200)


class WhoForm(forms.Form):
    """Somebody known here, or somebody new by name and telephone."""

    NEW = "new"
    person = forms.ChoiceField(
        label=_("由谁担任"), error_messages={"required": _("请选一个人，或填写新人的姓名。")}
    )
    name = forms.CharField(label=_("新人姓名"), required=False, max_length=60)
    phone = forms.CharField(
        label=_("新人电话"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def __init__(self, *args: Any, people: Iterable[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        known = [(str(each.pk), f"{each.name} {each.phone[-4:]}".strip()) for each in people]
        field.choices = [(self.NEW, _("新人（填下面的姓名和电话）")), *known]

    def clean(self) -> dict[str, Any]:
        """Somebody new has a name."""
        new = self.cleaned_data.get("person") == self.NEW
        if new and not self.cleaned_data.get("name", "").strip():
            self.add_error("person", str(_("请选一个人，或填写新人的姓名。")))
        return self.cleaned_data


class AppointForm(WhoForm):
    """任命."""

    post = forms.ChoiceField(label=_("岗位"), error_messages={"required": _("请选岗位。")})
    from_day = day_field(_("从哪天起"))
    until = day_field(_("到哪天止（当天起不再担任）"), required=False)
    basis = basis_field()
    field_order = ("post", "person", "name", "phone", "from_day", "until", "basis")

    def __init__(self, *args: Any, posts: Iterable[Post] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices(posts)


class DeputyForm(WhoForm):
    """代理."""

    from_day = day_field(_("从哪天起"))
    until = day_field(_("到哪天止（当天起不再代理）"))
    basis = basis_field()


class HandOverForm(WhoForm):
    """移交."""

    from_day = day_field(_("从哪天起由接任者负责"))
    basis = basis_field()
    note = note_field(_("交代的话"), required=False)


class EndForm(forms.Form):
    """结束任职."""

    until = day_field(_("从哪天起不再担任"), help_text=_("填今天，立即不能再看到相关学生。"))
    basis = basis_field()


class PhoneForm(forms.Form):
    """电话."""

    phone = forms.CharField(
        label=_("电话"), required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class BreakGlassForm(forms.Form):
    """紧急查看."""

    number = forms.CharField(
        label=_("学籍号或个案号（完整）"),
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写完整的学籍号或个案号。")},
    )
    reason = forms.CharField(
        label=_("查看理由（至少 10 个字）"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明查看理由。")},
    )


class PlaceForm(forms.Form):
    """新增单位."""

    kind = forms.ChoiceField(label=_("类别"), error_messages={"required": _("请选类别。")})
    name = forms.CharField(label=_("名称"), max_length=100, error_messages={"required": _("请填写名称。")})
    code = forms.CharField(
        label=_("代码"), required=False, max_length=40, help_text=_("行政区划代码或学校标识码；没有就不填。")
    )
    grade = forms.TypedChoiceField(
        label=_("年级"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("不是年级"))] + [(n, str(n)) for n in range(1, 10)],
    )

    def __init__(self, *args: Any, kinds: Iterable[PlaceKind] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = list(kinds)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices(kinds)
        if PlaceKind.GRADE not in kinds:
            del self.fields["grade"]


class ClassForm(forms.Form):
    """新增班级."""

    grade = forms.TypedChoiceField(label=_("年级"), coerce=int, choices=[(n, str(n)) for n in range(1, 10)])
    name = forms.CharField(
        label=_("名称"),
        max_length=60,
        help_text=_("例如 三年级2班"),
        error_messages={"required": _("请填写名称。")},
    )
    teaching_point = forms.ChoiceField(label=_("教学点"), required=False)

    def __init__(self, *args: Any, points: Iterable[Place] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["teaching_point"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("在本校")), *((str(each.pk), each.name) for each in points)]


class ChangePlaceForm(PlaceForm):
    """改单位: name, code, and the grade of a grade."""

    field_order = ("name", "code", "grade")

    def __init__(self, *args: Any, kind: PlaceKind, **kwargs: Any) -> None:
        super().__init__(*args, kinds=[kind], **kwargs)
        del self.fields["kind"]


class MergeForm(forms.Form):
    """撤并: into which place, and by which paper."""

    into = forms.ChoiceField(label=_("并入"), required=False)
    basis = forms.CharField(
        label=_("依据（文号）"), max_length=200, error_messages={"required": _("请填写依据（文号）。")}
    )

    def __init__(
        self, *args: Any, places: Iterable[Place] = (), none: str | Promise = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", none), *((str(each.pk), each.name) for each in places)]


class MoveForm(MergeForm):
    """改隶属: below which place."""

    into = forms.ChoiceField(label=_("改由哪个单位管"), error_messages={"required": _("请选单位。")})


class BasisForm(forms.Form):
    """依据: by which paper."""

    basis = forms.CharField(
        label=_("依据（文号）"), max_length=200, error_messages={"required": _("请填写依据（文号）。")}
    )


class WhereForm(forms.Form):
    """现住或寄宿: a place and from when."""

    place = forms.ChoiceField(label=_("地点"), required=False)
    from_day = day_field(_("从哪天起"))

    def __init__(
        self, *args: Any, places: Iterable[Place] = (), none: str | Promise = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", none), *((str(each.pk), each.name) for each in places)]


class GroupsForm(forms.Form):
    """重点对象: the groups a child belongs to from a day on."""

    groups = forms.MultipleChoiceField(label=_("属于哪些重点对象"), required=False, widget=ManyChips)
    from_day = day_field(_("从哪天起"))
    note = forms.CharField(label=_("说明"), required=False, max_length=300)


class IdentityForm(forms.Form):
    """查看完整证件号."""

    reason = forms.CharField(label=_("查看理由"), required=False, max_length=300)
