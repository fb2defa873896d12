"""The forms of a case: reasons, plan, a step done, hand-off and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notoneless.core.case_terms import CaseReason, HandOffOutcome
from notoneless.core.terms import Post
from notoneless.records.models import Place
from notoneless.web.codes import term
from notoneless.web.forms import COMPANIONS, Chips, Day, ManyChips, choices, note_field, private_field

ROWS = 4  # steps on one sheet
OWE_STEPS = (
    Post.CLASS_TEACHER,
    Post.SUBJECT_TEACHER,
    Post.SCHOOL_OFFICE,
    Post.VICE_PRINCIPAL,
    Post.PRINCIPAL,
    Post.VILLAGE_COMMITTEE,
    Post.VILLAGE_CADRE,
    Post.TOWNSHIP,
    Post.COUNTY_BUREAU,
)


def _choose(form: forms.Form, name: str, offered: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = offered


class ReasonsForm(forms.Form):
    """原因: the chief one, and what comes with it."""

    chief = forms.ChoiceField(label=_("最主要的原因"), error_messages={"required": _("请选最主要的原因。")})
    others = forms.MultipleChoiceField(label=_("还有哪些"), required=False, widget=ManyChips)
    note = note_field(_("怎么知道的、具体情况"), required=False)
    private = private_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "chief", [("", gettext("请选择")), *choices(CaseReason)])
        _choose(self, "others", choices(CaseReason))

    def reasons(self) -> list[CaseReason]:
        """The chief reason first, each once."""
        codes = [self.cleaned_data["chief"], *self.cleaned_data["others"]]
        return [term(CaseReason, code) for code in dict.fromkeys(codes)]


class StepGiven(NamedTuple):
    """One row of the sheet as it was filled in."""

    what: str
    posts: tuple[Post, ...]
    due_on: date


class PlanForm(forms.Form):
    """劝返方案: a goal and some steps, each with who does it by when; rows left empty count for nothing."""

    goal = note_field(_("目标"))
    taking_part = forms.MultipleChoiceField(
        label=_("一起商定的人"),
        required=False,
        widget=ManyChips,
        help_text=_("条款要求一起商定的也在这里选。"),
    )
    review_on = forms.DateField(label=_("哪天再看一次"), required=False, widget=Day)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "taking_part", choices(COMPANIONS))
        for n in range(1, ROWS + 1):
            values = {"n": n}
            self.fields[f"what_{n}"] = forms.CharField(
                label=gettext("第 %(n)s 步：做什么") % values, required=False, max_length=300
            )
            self.fields[f"posts_{n}"] = forms.MultipleChoiceField(
                label=gettext("第 %(n)s 步：谁做") % values,
                required=False,
                widget=ManyChips,
                choices=choices(OWE_STEPS),
            )
            self.fields[f"due_{n}"] = forms.DateField(
                label=gettext("第 %(n)s 步：哪天以前") % values, required=False, widget=Day
            )

    def clean(self) -> dict[str, Any]:
        """A row that says anything says all of it."""
        for n in range(1, ROWS + 1):
            given = [self.cleaned_data.get(f"{part}_{n}") for part in ("what", "posts", "due")]
            if any(given) and not all(given):
                self.add_error(f"what_{n}", gettext("这一步要写齐：做什么、谁做、哪天以前。"))
        return self.cleaned_data

    def steps(self) -> list[StepGiven]:
        """The rows that were filled in."""
        rows = (self._row(n) for n in range(1, ROWS + 1) if self.cleaned_data.get(f"what_{n}"))
        return list(rows)

    def _row(self, n: int) -> StepGiven:
        given = self.cleaned_data
        posts = tuple(term(Post, code) for code in given[f"posts_{n}"])
        return StepGiven(given[f"what_{n}"], posts, given[f"due_{n}"])


class StepForm(forms.Form):
    """办了自己的一份."""

    post = forms.ChoiceField(
        label=_("以什么岗位"), widget=Chips, error_messages={"required": _("请选岗位。")}
    )
    note = forms.CharField(label=_("办得怎样"), required=False, max_length=300)

    def __init__(self, *args: Any, posts: Iterable[Post] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "post", choices(posts))


class HandOffForm(forms.Form):
    """移送."""

    to_place = forms.ChoiceField(label=_("移送给哪个单位"), required=False)
    elsewhere = forms.CharField(
        label=_("对方不在本系统的，写明是哪里"),
        required=False,
        max_length=100,
        help_text=_("例如：邻省某县教育局。由县教育局登记对方的回函。"),
    )
    reason = note_field(_("为什么移送"))

    def __init__(self, *args: Any, places: Iterable[Place] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(each.pk), each.name) for each in places]
        _choose(self, "to_place", [("", gettext("不在本系统")), *offered])


class AnswerForm(forms.Form):
    """答复移送."""

    outcome = forms.ChoiceField(
        label=_("答复"), widget=Chips, error_messages={"required": _("请选接收或不接收。")}
    )
    number = forms.CharField(label=_("对方回函的文号"), required=False, max_length=100)
    note = forms.CharField(
        label=_("说明"), required=False, max_length=300, help_text=_("不接收的，要写理由。")
    )

    def __init__(self, *args: Any, outside: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "outcome", choices((HandOffOutcome.CONFIRMED, HandOffOutcome.REFUSED)))
        if not outside:
            del self.fields["number"]
