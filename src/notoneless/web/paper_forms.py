"""The forms about papers: by which day, how a notice was served, why it is replaced, an own template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notoneless.core.paper_terms import PaperFormat, ServedHow
from notoneless.records.models import Place
from notoneless.services.paper_templates import FORMATS
from notoneless.services.paper_values.about import Offer, Subject
from notoneless.web.forms import Chips, TermsForm, moment_field
from notoneless.web.people_forms import day_field

HELP = {Subject.MONTH: _("填这个月里的任何一天。"), Subject.YEAR: _("填这一学年里的任何一天。")}


class PaperForm(forms.Form):
    """签发: which record the paper is of, and the day a notice gives, where the kind has them."""

    of = forms.ChoiceField(label=_("哪一份记录"), required=False)
    due_on = day_field(_("期限（到哪天）"), help_text=_("按日历日算，从今天起一般给 7 天。"))

    def __init__(self, *args: Any, offers: Iterable[Offer] = (), notice: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(offers)
        field = self.fields["of"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.of, each.words) for each in found]
        if len(found) < 2:
            del self.fields["of"]
        if not notice:
            del self.fields["due_on"]


class PlacePaperForm(forms.Form):
    """签发: the day, month or school year a paper of a place is of, and with whom a statement is signed."""

    place = forms.ChoiceField(label=_("与哪个单位"), error_messages={"required": _("请选一个下级单位。")})
    day = day_field(_("哪一天的"))

    def __init__(
        self, *args: Any, subject: Subject = Subject.DAY, places: Iterable[Place] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), each.name) for each in places]
        if subject is not Subject.YEAR:
            del self.fields["place"]
        if subject is Subject.PLACE:
            del self.fields["day"]
        elif subject in HELP:
            self.fields["day"].help_text = HELP[subject]


class ReplaceForm(PaperForm):
    """换发: why."""

    why = forms.CharField(
        label=_("为什么换发"), max_length=300, error_messages={"required": _("请写明为什么换发。")}
    )


class ServeForm(TermsForm):
    """送达."""

    offered = {"how": tuple(ServedHow)}
    how = forms.ChoiceField(
        label=_("怎样送达"), widget=Chips, error_messages={"required": _("请选送达方式。")}
    )
    served_at = moment_field()
    receiver = forms.CharField(label=_("受送达人"), required=False, max_length=60)
    relation = forms.CharField(label=_("与学生关系"), required=False, max_length=30)
    where = forms.CharField(label=_("送达地点"), required=False, max_length=100)
    witnesses = forms.CharField(
        label=_("见证人"), required=False, max_length=100, help_text=_("留置送达必须写。")
    )
    note = forms.CharField(label=_("备注"), required=False, max_length=300)


class TemplateForm(TermsForm):
    """文书模板: an office's own file."""

    offered = {"format": FORMATS}
    format = forms.ChoiceField(label=_("格式"), widget=Chips, error_messages={"required": _("请选格式。")})
    file = forms.FileField(
        label=_("模板文件"), max_length=1000, error_messages={"required": _("请选一个文件。")}
    )


def format_of(code: str) -> PaperFormat | None:
    """The format of this code, whatever its case; None for none."""
    return PaperFormat.__members__.get(code.upper())
