"""The forms of a close-out: asking, evidence, review, and where a returned child sits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.core.case_terms import Decision, PlacementKind
from notoneless.core.terms import CloseOutKind, Evidence, Paper
from notoneless.records.models import ClassGroup, EnrolmentChange, PaperIssued
from notoneless.services.evidence import BASES
from notoneless.web.codes import term
from notoneless.web.forms import Chips, Day, ManyChips, TermsForm, choices, note_field

NO_FACE = _("照片里没有人脸，请先打勾；有人脸的请重拍。")


class AskCloseOutForm(forms.Form):
    """申请销号: which way is the button that was pressed."""

    note = note_field(_("说明"), required=False)

    def clean(self) -> dict[str, Any]:
        """Read the button that was pressed."""
        try:
            self.kind = term(CloseOutKind, self.data.get("kind", ""))
        except ValueError:
            raise forms.ValidationError(_("请按一种销号方式的按钮。")) from None
        self.words: str = self.cleaned_data.get("note", "")
        return self.cleaned_data


class EvidenceForm(TermsForm):
    """佐证: what it proves and what it rests on."""

    offered = {"evidence": tuple(BASES)}
    evidence = forms.ChoiceField(
        label=_("证明什么"), widget=Chips, error_messages={"required": _("请选证明什么。")}
    )
    change = forms.ChoiceField(label=_("凭哪次学籍异动"), required=False)
    paper = forms.ChoiceField(label=_("凭哪份本系统签发的文书"), required=False)
    number = forms.CharField(
        label=_("证明的文号"), required=False, max_length=100, help_text=_("证明本身的编号，不是身份证号。")
    )
    issuer = forms.CharField(label=_("出具单位"), required=False, max_length=100)
    picture = forms.FileField(
        label=_("证明的照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("只拍纸，不拍人脸；身份证号请遮住。"),
    )
    no_face = forms.BooleanField(label=_("我确认照片里没有人脸"), required=False)
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(
        self,
        *args: Any,
        changes: Iterable[EnrolmentChange] = (),
        papers: Iterable[PaperIssued] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("change", [(str(row.pk), f"{_term(row.kind)} {row.from_day}") for row in changes])
        self._offer("paper", [(str(row.pk), f"{_term(row.kind)} {row.numbered}".strip()) for row in papers])

    def _offer(self, name: str, rows: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        if rows:
            field.choices = [("", _("不选")), *rows]
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A picture is kept only of paper."""
        if self.cleaned_data.get("picture") and not self.cleaned_data.get("no_face"):
            self.add_error("no_face", str(NO_FACE))
        return self.cleaned_data

    def kind(self) -> Evidence:
        """What it proves."""
        return term(Evidence, self.cleaned_data["evidence"])


class ReviewForm(TermsForm):
    """复核."""

    offered = {"decision": tuple(Decision)}
    decision = forms.ChoiceField(
        label=_("复核结果"), widget=Chips, error_messages={"required": _("请选同意或不同意。")}
    )
    note = forms.CharField(
        label=_("复核意见"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不同意的要写明缺什么，申请人会看到。"),
    )


class PlacementForm(TermsForm):
    """返校安置."""

    offered = {"kind": tuple(PlacementKind)}
    kind = forms.ChoiceField(
        label=_("怎样安置"), widget=Chips, error_messages={"required": _("请选怎样安置。")}
    )
    class_group = forms.TypedChoiceField(
        label=_("编入班级"), coerce=int, empty_value=None, error_messages={"required": _("请选班级。")}
    )
    from_day = forms.DateField(
        label=_("从哪天起"), widget=Day, error_messages={"required": _("请填写日期，例如 2026-11-20。")}
    )
    papers = forms.MultipleChoiceField(
        label=_("手里有的材料（改变年级时必须有）"), required=False, widget=ManyChips
    )
    why = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("与建议不同的要写明理由。"),
    )

    def __init__(self, *args: Any, classes: Iterable[ClassGroup] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, papers = self.fields["class_group"], self.fields["papers"]
        assert isinstance(field, forms.TypedChoiceField)
        assert isinstance(papers, forms.MultipleChoiceField)
        field.choices = [(str(each.pk), each.name) for each in classes]
        papers.choices = choices((Paper.GUARDIAN_REQUEST, Paper.SCHOOL_ASSESSMENT))


def _term(kind: Any) -> str:
    return str(choices([kind])[0][1])
