"""The forms of supervision: an answer, an inspection and its findings, a sample, a recognition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from notoneless.core.case_terms import Decision
from notoneless.core.report_terms import InspectionKind, MeasureKind, QuestionOutcome, RecognitionKind
from notoneless.services.supervision.inspections import RESPONSIBLE
from notoneless.services.supervision.samples import OF_WORDS
from notoneless.web.forms import Chips, TermsForm, note_field
from notoneless.web.people_forms import day_field

ONE_OF = {"required": _("请选一项。")}


def _line(label: Any, most: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        error_messages={"required": _("请填写这一项。")},
    )


class AnswerForm(TermsForm):
    """核实答复."""

    offered = {"outcome": tuple(QuestionOutcome)}
    outcome = forms.ChoiceField(label=_("核实结论"), widget=Chips, error_messages=ONE_OF)
    note = note_field(_("核实情况"))


class InspectionForm(TermsForm):
    """督导记录."""

    offered = {"kind": tuple(InspectionKind)}
    kind = forms.ChoiceField(label=_("督导类型"), widget=Chips, error_messages=ONE_OF)
    place = forms.TypedChoiceField(label=_("督导哪个单位"), coerce=int)
    day = day_field(_("哪一天"))
    inspectors = _line(_("督导人员"), 200)
    subject = _line(_("督导内容"), 200, _("例如 开学点名、家访记录、台账。"))
    note = note_field(_("情况记录"), required=False)

    def __init__(self, *args: Any, places: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(number), name) for number, name in places]


class FindingForm(TermsForm):
    """督导问题."""

    offered = {"responsible": RESPONSIBLE}
    what = note_field(_("发现的问题"))
    ground = _line(_("依据"), 300, _("写明条款或事实，例如 控辍保学制度第三条。"))
    responsible = forms.ChoiceField(label=_("责任岗位"), widget=Chips, error_messages=ONE_OF)
    due_on = day_field(_("整改到哪天"), required=False, help_text=_("不填就只记问题，不责令整改。"))


class MeasureForm(TermsForm):
    """约谈、通报."""

    offered = {"kind": tuple(MeasureKind)}
    kind = forms.ChoiceField(label=_("方式"), widget=Chips, error_messages=ONE_OF)
    finding = forms.ChoiceField(label=_("因哪一条问题"), required=False)
    day = day_field(_("哪一天"))
    who = _line(_("对象（写岗位）"), 200, _("例如 校长、分管副校长；不写学生。"))
    reason = note_field(_("事由和要求"))
    number = _line(_("文号"), 100, required=False)

    def __init__(self, *args: Any, findings: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["finding"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不因哪一条")), *findings]


class RectifiedForm(forms.Form):
    """整改报告."""

    note = note_field(_("整改情况"))


class ReinspectForm(forms.Form):
    """复查."""

    enough = forms.ChoiceField(label=_("复查结果"), widget=Chips, error_messages=ONE_OF)
    due_on = day_field(_("没有通过的，再改到哪天"), required=False)
    note = note_field(_("复查情况"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["enough"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("yes", _("复查合格")), ("no", _("复查未通过"))]


class AnnounceForm(forms.Form):
    """抽样公告."""

    of = forms.ChoiceField(label=_("从什么里抽"), widget=Chips, error_messages=ONE_OF)
    first = day_field(_("从哪天"))
    last = day_field(_("到哪天（含）"))
    size = forms.IntegerField(
        label=_("抽几条"),
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={each: _("请填写数字，例如 20。") for each in ("required", "invalid", "min_value")},
    )
    seed_source = _line(_("用哪个公开号码"), 200, _("例如 福彩双色球 2026年第134期开奖号码。"))
    seed_on = day_field(_("号码哪天公布"), help_text=_("在今天以后，公告时谁也不知道。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["of"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, in_words(words)) for code, words in OF_WORDS.items()]


class DrawForm(forms.Form):
    """抽样."""

    seed = _line(_("公布的号码"), 200, _("照公布的抄，例如 05 11 16 22 28 33 07。"))


class RevisitForm(forms.Form):
    """回访."""

    as_recorded = forms.ChoiceField(label=_("与记录"), widget=Chips, error_messages=ONE_OF)
    note = note_field(_("回访情况"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["as_recorded"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("yes", _("相符")), ("no", _("不符"))]


class AskRecognitionForm(TermsForm):
    """评选申报."""

    offered = {"kind": tuple(RecognitionKind)}
    kind = forms.ChoiceField(label=_("申报什么"), widget=Chips, error_messages=ONE_OF)
    class_group = forms.ChoiceField(label=_("哪个班"), required=False)
    grade = forms.ChoiceField(label=_("哪个年级"), required=False)
    first = day_field(_("从哪天"))
    last = day_field(_("到哪天（含）"))
    note = _line(_("推荐理由"), 300, required=False)

    def __init__(self, *args: Any, classes: Mapping[int, str] = {}, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group, grade = self.fields["class_group"], self.fields["grade"]
        assert isinstance(group, forms.ChoiceField)
        assert isinstance(grade, forms.ChoiceField)
        group.choices = [("", "——"), *((str(number), name) for number, name in classes.items())]
        grade.choices = [("", "——"), *((str(number), str(number)) for number in range(1, 10))]


class DecideRecognitionForm(TermsForm):
    """评定."""

    offered = {"decision": tuple(Decision)}
    decision = forms.ChoiceField(label=_("评定结果"), widget=Chips, error_messages=ONE_OF)
    note = _line(_("评定意见"), 300, _("不同意的要写明原因。"), required=False)


def in_words(words: tuple[str, str]) -> str:
    """The Chinese or the English of a pair, by the reader's language."""
    return words[1] if (get_language() or "zh").startswith("en") else words[0]
