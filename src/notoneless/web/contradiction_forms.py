"""The forms about contradictions: an answer, and a table that another office sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.core.report_terms import FindingAnswer
from notoneless.web.forms import Chips, Day, TermsForm


class AnswerForm(TermsForm):
    """核对答复."""

    offered = {"answer": tuple(FindingAnswer)}
    answer = forms.ChoiceField(
        label=_("核对结果"), widget=Chips, error_messages={"required": _("请选一项。")}
    )
    note = forms.CharField(
        label=_("说明"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一两句：怎么更正的，或为什么是这样。")},
    )


class OutsideTableForm(forms.Form):
    """外来表."""

    office = forms.CharField(
        label=_("哪个单位的表（如残联、民政局）"),
        max_length=100,
        error_messages={"required": _("请写来表单位。")},
    )
    day = forms.DateField(
        label=_("表上数字截至哪一天"),
        widget=Day,
        error_messages={"required": _("请选日期。"), "invalid": _("请选日期。")},
    )
    file = forms.FileField(
        label=_("表格文件（Excel 或 CSV）"),
        error_messages={"required": _("请选文件。"), "empty": _("这个文件是空的。")},
    )

    def kept(self) -> dict[str, Any]:
        """What is carried from the preview to the comparison."""
        return {"office": self.cleaned_data["office"], "day": self.cleaned_data["day"].isoformat()}
