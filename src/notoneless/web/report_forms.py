"""The forms of reports: a comment with a step, a note with a report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 400


class StepForm(forms.Form):
    """办理: a word with the step, needed where a report goes back."""

    comment = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("退回的，写明要改什么。"),
    )


class DrawForm(forms.Form):
    """编制: a note that stands on the form."""

    note = forms.CharField(
        label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
