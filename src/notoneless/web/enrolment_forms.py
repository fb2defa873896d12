"""The forms about enrolment: changes and their steps, special routes, where a child is, rosters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.core.terms import ChangeKind, Paper, RouteKind, Whereabouts
from notoneless.records.models import ClassGroup, Place
from notoneless.web.forms import Chips, ManyChips, TermsForm, choices, note_field
from notoneless.web.people_forms import day_field

ASKED_HERE = tuple(kind for kind in ChangeKind if kind is not ChangeKind.TRANSFER_IN)
# Not a change that is granted: chosen, it is answered with the law and what to do instead.
LEAVE_SCHOOL = ("LEAVE_SCHOOL", _("家长要求退学"))


class PlaceField(forms.ChoiceField):
    """One of some places or classes, or none."""

    def offer(self, rows: Iterable[Place | ClassGroup], none: Any) -> None:
        """What may be chosen."""
        self.choices = [("", none), *((str(row.pk), row.name) for row in rows)]


class AskForm(TermsForm):
    """申请异动."""

    offered = {"papers": tuple(Paper)}
    kind = forms.ChoiceField(
        label=_("办什么"), widget=Chips, error_messages={"required": _("请选办哪一种异动。")}
    )
    from_day = day_field(_("从哪天起"))
    until = day_field(_("休学到哪天（应复学日）"), required=False)
    receiver = PlaceField(label=_("接收学校（本县）"), required=False)
    elsewhere = forms.CharField(label=_("接收学校（不在本县的写校名）"), required=False, max_length=100)
    papers = forms.MultipleChoiceField(label=_("已收到的材料"), required=False, widget=ManyChips)
    reason = note_field(_("原因"), required=False)

    def __init__(self, *args: Any, schools: Iterable[Place] = (), guest: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, receiver = self.fields["kind"], self.fields["receiver"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(receiver, PlaceField)
        kinds = (ChangeKind.TRANSFER_IN, *ASKED_HERE) if guest else ASKED_HERE
        kind.choices = [*choices(kinds), LEAVE_SCHOOL]
        receiver.offer(schools, _("——"))


class TransferInForm(TermsForm):
    """申请转入: the child is found by its name together with one of its numbers, never by a list."""

    offered = {"papers": tuple(Paper)}
    name = forms.CharField(
        label=_("学生姓名"), max_length=60, error_messages={"required": _("请填写学生姓名。")}
    )
    number = forms.CharField(
        label=_("学籍号或身份证件号"), max_length=40, error_messages={"required": _("请填写一个号码。")}
    )
    from_day = day_field(_("从哪天起"))
    papers = forms.MultipleChoiceField(label=_("已收到的材料"), required=False, widget=ManyChips)
    reason = note_field(_("原因"), required=False)


class StepForm(TermsForm):
    """同意、确认、核准 or the opposite."""

    offered = {"papers": (Paper.RECEIVER_LETTER, Paper.SENDER_LETTER)}
    answer = forms.ChoiceField(
        label=_("答复"),
        widget=Chips,
        choices=[("yes", _("同意")), ("no", _("不同意"))],
        error_messages={"required": _("请选同意或不同意。")},
    )
    class_group = PlaceField(label=_("编入哪个班"), required=False)
    papers = forms.MultipleChoiceField(label=_("收到的证明"), required=False, widget=ManyChips)
    note = note_field(_("说明（不同意的必须写）"), required=False)
    step = forms.CharField(required=False, widget=forms.HiddenInput)  # the one the page was made for

    def __init__(
        self,
        *args: Any,
        classes: Iterable[ClassGroup] | None = None,
        letter: Paper | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["class_group"]
        assert isinstance(field, PlaceField)
        if classes is None:
            del self.fields["class_group"]
        else:
            field.offer(classes, _("请选班级"))
        if letter is None:
            del self.fields["papers"]


class WithdrawForm(forms.Form):
    """撤回申请."""

    note = note_field(_("为什么撤回"))


class RouteForm(TermsForm):
    """特殊安置."""

    offered = {"kind": tuple(RouteKind)}
    kind = forms.ChoiceField(label=_("哪一种"), widget=Chips, error_messages={"required": _("请选一种。")})
    from_day = day_field(_("从哪天起"))
    until = day_field(_("到哪天（延缓入学必须写）"), required=False)
    approved_by = forms.CharField(label=_("哪个部门批准的"), max_length=100, required=False)
    paper = forms.CharField(label=_("批准文号"), max_length=100, required=False)
    note = note_field(_("说明"), required=False)


class IntoClassForm(forms.Form):
    """编入班级: one of the classes offered."""

    class_group = PlaceField(label=_("编入哪个班"), error_messages={"required": _("请选班级。")})
    note = note_field(_("说明"), required=False)

    def __init__(self, *args: Any, classes: Iterable[ClassGroup] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["class_group"]
        assert isinstance(field, PlaceField)
        field.offer(classes, _("请选班级"))


class EndRouteForm(IntoClassForm):
    """安置结束，编入班级."""


class WhereaboutsForm(TermsForm):
    """说明去向."""

    offered = {"found": tuple(Whereabouts)}
    found = forms.ChoiceField(
        label=_("查明是哪一种"), widget=Chips, error_messages={"required": _("请选一种。")}
    )
    note = note_field(_("怎样核实的"))


class RosterForm(forms.Form):
    """名册文件."""

    file = forms.FileField(
        label=_("名册文件（Excel 或 CSV）"),
        error_messages={"required": _("请选文件。"), "empty": _("这个文件是空的。")},
    )
    whole = forms.BooleanField(
        label=_("这是全校（全县）的完整名册：名册上没有的学生都要查明去向"), required=False
    )
