"""For which day figures are asked, as known when; numbers typed from paper; a sum of scores to divide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.records.models import ClassGroup
from notoneless.services.counts_given import TYPED
from notoneless.web.forms import Day, MomentField, choices


class AskedForm(forms.Form):
    """The day, and the moment of which our knowledge is; neither lies ahead."""

    on = forms.DateField(
        label=_("截止日"), required=False, widget=Day, error_messages={"invalid": _("截止日要是真实的日期。")}
    )
    known = MomentField(
        label=_("与当时所知比较"),
        required=False,
        error_messages={"invalid": _("比较的时间要写成日期和几点几分。")},
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_on(self) -> object:
        """A day that has come."""
        on = self.cleaned_data["on"]
        if on and on > self.at.date():
            raise forms.ValidationError(_("这一天还没有到；请选今天或以前的日子。"))
        return on

    def clean_known(self) -> object:
        """A moment that has come."""
        known = self.cleaned_data["known"]
        if known and known > self.at:
            raise forms.ValidationError(_("这个时间还没有到；请选现在以前的时间。"))
        return known


class CountForm(forms.Form):
    """填报数."""

    tally = forms.ChoiceField(label=_("填哪一项"), error_messages={"required": _("请选一项。")})
    school_year = forms.IntegerField(
        label=_("哪一学年（开始的那一年）"), error_messages={"required": _("学年填开始的那一年，例如 2017。")}
    )
    grade = forms.IntegerField(label=_("年级"), required=False, help_text=_("整个单位的数不填。"))
    number = forms.IntegerField(
        label=_("人数"), min_value=0, error_messages={"required": _("请填人数，没有填 0。")}
    )
    source = forms.CharField(
        label=_("来源（哪份表）"),
        max_length=200,
        help_text=_("例如：2017年小学基层报表，存校档案室。"),
        error_messages={"required": _("请写明出自哪份表。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tally"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices(TYPED)


class ScoresForm(forms.Form):
    """按原有人数算平均分: nothing of it is kept."""

    group = forms.ChoiceField(label=_("哪个班"))
    scores = forms.DecimalField(
        label=_("到考学生总分"), min_value=Decimal(0), max_value=Decimal(10_000_000), decimal_places=2
    )

    def __init__(self, *args: Any, classes: Iterable[ClassGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), each.name) for each in classes]
