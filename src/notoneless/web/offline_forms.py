"""The form by which a person says what becomes of a record that a telephone sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.services.offline_checking import LONGEST_NOTE, Upload
from notoneless.web.forms import Chips


class CheckUploadForm(forms.Form):
    """Which version is recorded, if any, and what the person found."""

    NONE = "none"
    account = forms.ChoiceField(
        label=_("怎么处理"),
        widget=Chips,
        error_messages={"required": _("请选一项。"), "invalid_choice": _("请选一项。")},
    )
    reason = forms.CharField(
        label=_("怎么核对的"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明怎么核对的。")},
    )

    def __init__(self, *args: Any, upload: Upload, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*_versions(upload), (self.NONE, _("不再入账，只写明情况"))]


def _versions(upload: Upload) -> list[tuple[str, Any]]:
    """Those that could be recorded: readable, and not recorded when they arrived."""
    many = len(upload.accounts) > 1
    return [
        (str(each.number), _("按第 %(no)s 份入账") % {"no": no} if many else _("按这一份入账"))
        for no, each in enumerate(upload.accounts, 1)
        if each.says is not None and not (each.number == upload.row.pk and upload.row.made_kind)
    ]
