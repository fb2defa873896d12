"""The forms about support: relief, pairing and its contacts, home tuition."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.core.case_terms import Decision, HelpWay, PairingPurpose, ReliefKind
from notoneless.core.explain import stamp
from notoneless.records.models import ActRecord
from notoneless.services.pairings import COUNTS_AS
from notoneless.web.forms import Chips, ManyChips, TermsForm, choices, in_china, moment_field, note_field
from notoneless.web.people_forms import day_field

BAD_NUMBER = {"required": _("请填写数字。"), "invalid": _("请填写数字，例如 3 或 2.5。")}


def yuan_field(label: Any, help_text: Any = "") -> forms.DecimalField:
    """A sum in yuan and hundredths."""
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=9,
        decimal_places=2,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={each: _("请填写金额，例如 300 或 312.50。") for each in _SUM_WRONG},
    )


_SUM_WRONG = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits")


def lessons_field(label: Any, help_text: Any = "") -> forms.DecimalField:
    """A number in halves."""
    wrong = dict.fromkeys(_SUM_WRONG, BAD_NUMBER["invalid"])
    return forms.DecimalField(
        label=label,
        max_digits=3,
        decimal_places=1,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={**BAD_NUMBER, **wrong},
    )


def in_fen(yuan: Decimal | None) -> int | None:
    """The sum as it is kept: hundredths of a yuan."""
    return None if yuan is None else int(yuan * 100)


class ReliefForm(TermsForm):
    """申请减免."""

    offered = {"kind": tuple(ReliefKind)}
    kind = forms.ChoiceField(
        label=_("哪一种"), widget=Chips, error_messages={"required": _("请选减、免、缓、助、补中的一种。")}
    )
    of = forms.CharField(
        label=_("哪项费用"),
        max_length=100,
        help_text=_("例如 寄宿生活费、作业本费、校服。"),
        error_messages={"required": _("请写明是哪项费用。")},
    )
    yuan = yuan_field(_("金额（元）"), _("不是钱的不填，例如助以衣物、用品。"))
    school_year = forms.TypedChoiceField(label=_("学年"), coerce=int)
    reason = note_field(_("申请理由"))

    def __init__(self, *args: Any, years: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school_year"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(year, f"{year}-{year + 1}") for year in years]


class DecideForm(TermsForm):
    """审批减免."""

    offered = {"decision": tuple(Decision)}
    decision = forms.ChoiceField(
        label=_("审批结果"), widget=Chips, error_messages={"required": _("请选同意或不同意。")}
    )
    yuan = yuan_field(_("同意的金额（元）"), _("不多于申请的金额。"))
    from_day = day_field(_("从哪天起"), required=False)
    last_day = day_field(_("到哪天（含）"), required=False)
    note = note_field(_("审批意见"), required=False)


class PairingForm(forms.Form):
    """结对."""

    purpose = forms.ChoiceField(
        label=_("结对目的"), widget=Chips, error_messages={"required": _("请选结对目的。")}
    )
    helper = forms.ChoiceField(label=_("帮扶人"), error_messages={"required": _("请选帮扶人。")})
    helper_is = forms.CharField(
        label=_("帮扶人身份"),
        required=False,
        max_length=60,
        help_text=_("例如 科任教师、党员、校领导、村干部。"),
    )
    from_day = day_field(_("从哪天起"))
    contact_days = forms.IntegerField(
        label=_("最多隔几天联系一次"),
        required=False,
        error_messages=BAD_NUMBER,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    goal = note_field(_("帮扶目标"), required=False)

    def __init__(
        self,
        *args: Any,
        purposes: Iterable[PairingPurpose] = (),
        people: Iterable[tuple[int, str]] = (),
        days: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        purpose, helper = self.fields["purpose"], self.fields["helper"]
        assert isinstance(purpose, forms.ChoiceField)
        assert isinstance(helper, forms.ChoiceField)
        purpose.choices = choices(purposes)
        helper.choices = [("", "——"), *((str(number), name) for number, name in people)]
        self.fields["contact_days"].help_text = days


class HelpForm(TermsForm):
    """一次帮扶: a visit that is recorded already is chosen and not written again."""

    offered = {"way": tuple(HelpWay)}
    act = forms.ChoiceField(label=_("已经记过的走访或电话"), required=False)
    way = forms.ChoiceField(label=_("方式"), widget=Chips, required=False)
    happened_at = moment_field()
    content = note_field(_("做了什么、说了什么"), required=False)
    effect = forms.CharField(label=_("成效"), required=False, max_length=300)

    def __init__(self, *args: Any, acts: Iterable[ActRecord] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acts = {str(each.pk): each for each in acts}
        field = self.fields["act"]
        assert isinstance(field, forms.ChoiceField)
        labels = [
            (number, f"{stamp(in_china(each.happened_at))} {choices([each.act])[0][1]}")
            for number, each in self.acts.items()
        ]
        field.choices = [("", _("都不是，是另一次")), *labels]
        if not labels:
            del self.fields["act"]
        self.fields["happened_at"].required = not self.data.get("act")

    def clean(self) -> dict[str, Any]:
        """A chosen record says when and how; otherwise both are asked for."""
        given = self.cleaned_data
        record = given["record"] = self.acts.get(given.get("act", ""))
        if record is not None:
            given["happened_at"] = record.happened_at
            given["way"] = given.get("way") or COUNTS_AS[record.act].value
        elif not given.get("way"):
            self.add_error("way", str(_("请选一种方式。")))
        return given


class EndPairingForm(forms.Form):
    """结束结对."""

    until = day_field(_("从哪天起结束"))
    evaluation = note_field(_("帮扶评价"))


class PlanForm(forms.Form):
    """送教方案."""

    school_year = forms.TypedChoiceField(label=_("学年"), coerce=int)
    assessment = note_field(_("学生现状（能做什么）"), required=False)
    goals = note_field(_("本学年目标"))
    content = note_field(_("送教内容"))
    times_a_week = lessons_field(_("每周几次"), _("两周一次填 0.5。"))
    lessons_each = lessons_field(_("每次几课时"))
    teachers = forms.MultipleChoiceField(
        label=_("送教教师"), widget=ManyChips, error_messages={"required": _("请选送教教师。")}
    )
    agreed_by_guardian = forms.CharField(label=_("同意的家长"), required=False, max_length=60)

    def __init__(
        self, *args: Any, years: Iterable[int] = (), people: Iterable[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        year, teachers = self.fields["school_year"], self.fields["teachers"]
        assert isinstance(year, forms.ChoiceField)
        assert isinstance(teachers, forms.ChoiceField)
        year.choices = [(each, f"{each}-{each + 1}") for each in years]
        teachers.choices = [(str(number), name) for number, name in people]


class LessonForm(forms.Form):
    """一次送教."""

    day = day_field(_("哪天送教"))
    lessons = lessons_field(_("几课时"))
    teachers = forms.CharField(
        label=_("送教教师"), required=False, max_length=100, help_text=_("不填就记填写人。")
    )
    content = note_field(_("送教内容"))
    response = note_field(_("学生反应"), required=False)
    guardian_there = forms.BooleanField(label=_("家长在场"), required=False)


class ReviewForm(forms.Form):
    """送教评估."""

    words = note_field(_("送教以来的进步，接下来改什么"))
