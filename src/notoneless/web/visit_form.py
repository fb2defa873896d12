"""The form of a visit: what is asked, who may be ticked, and how a wrong answer is answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notoneless.core.case_terms import AttachmentKind, VisitItem, VisitKind, VisitTrigger
from notoneless.core.terms import ActOutcome, Post
from notoneless.records.models import Child, Person, Place
from notoneless.services.took_part import BY_NAME, GO, Around, TookPart, by_name_alone
from notoneless.services.visits import Signed
from notoneless.web.codes import term
from notoneless.web.forms import (
    NO_NOTE,
    Chips,
    Day,
    ManyChips,
    Moment,
    MomentField,
    TermsForm,
    choices,
    moment_field,
    next_contact_field,
    note_field,
    outcome_field,
    participants_field,
    private_field,
)
from notoneless.web.templatetags.words import label

ALONE = tuple(kind for kind in VisitKind if kind is not VisitKind.GROUP)  # a group visit has its own page
# Asked for on every form where nobody holds them; others of BY_NAME only where an obligation names them.
ASKED_BY_NAME = (Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE, Post.TOWNSHIP)
# Who signs on the screen: the name of the field, and as what.
SIGNS = (("guardian", "家长"), ("village", "村委会"))


@dataclass(frozen=True)
class WhoMayCome:
    """Who can have taken part: the posts held around the child, and those that the obligation names."""

    around: Sequence[Around]
    needed: frozenset[Post]
    me: Person

    def named(self) -> list[Post]:
        """The posts that the obligation names, in their order."""
        return sorted(self.needed, key=list(Post).index)

    def offered(self) -> list[Around]:
        """The others, those whom the obligation names first."""
        found = [each for each in self.around if each.post in GO and each.person.pk != self.me.pk]
        return sorted(found, key=lambda each: each.post not in self.needed)

    def by_name(self) -> list[Post]:
        """The posts that nobody holds here, so that whoever came is written by name and unit."""
        held = {each.post for each in self.around}
        wanted = (*ASKED_BY_NAME, *(post for post in self.named() if post in BY_NAME))
        return [post for post in dict.fromkeys(wanted) if post not in held]

    def vacant(self) -> list[Post]:
        """The posts that the obligation names, nobody holds and nobody may come for by name."""
        held = {each.post for each in self.around}
        return [post for post in self.named() if post not in held and post not in BY_NAME]


class PictureForm(TermsForm):
    """照片: the door, the notice or a paper, and never a face."""

    offered = {"photo_kind": tuple(AttachmentKind)}
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("只拍门牌、门口或张贴的通知书，不拍人脸。拍摄地点和手机信息不保存。"),
        error_messages={"empty": _("照片是空的，请重新拍一张或重新选一张。")},
    )
    photo_kind = forms.ChoiceField(label=_("照片拍的是"), required=False, widget=Chips)
    no_face = forms.BooleanField(label=_("传照片的，请确认上面没有人脸"), required=False)

    def clean(self) -> dict[str, Any]:
        """A picture says what it shows, and that nobody is on it."""
        given = self.cleaned_data
        if given.get("photo") and not given.get("photo_kind"):
            self.add_error("photo_kind", gettext("请选照片拍的是什么。"))
        if given.get("photo") and not given.get("no_face"):
            self.add_error("no_face", gettext("请确认照片上没有人脸；有人脸的照片不要上传。"))
        return given


class SeenForm(PictureForm):
    """What every visit tells, to one child or to several."""

    offered = {
        "trigger": tuple(VisitTrigger),
        "outcome": tuple(ActOutcome),
        "photo_kind": tuple(AttachmentKind),
    }
    happened_at = moment_field()
    trigger = forms.ChoiceField(
        label=_("走访事由"), widget=Chips, error_messages={"required": _("请选走访事由。")}
    )
    people = forms.MultipleChoiceField(
        label=_("一起去的人"),
        required=False,
        widget=ManyChips,
        help_text=_("只能选那天在任的人；您自己不用选。"),
        error_messages={"invalid_choice": _("选中的人那天没有担任这个岗位，请重新选。")},
    )
    participants = participants_field()
    outcome = outcome_field()
    note = note_field(_("见到谁，孩子在哪里，为什么没来"), required=False)
    agreed = note_field(_("商定的做法"), required=False)
    promised_on = forms.DateField(label=_("答应哪天返校"), required=False, widget=Day)
    next_contact_on = next_contact_field()
    private = private_field()
    purpose = forms.CharField(label=_("走访目的"), required=False, max_length=300)
    appointed_at = MomentField(label=_("约定的时间"), required=False, widget=Moment)
    appointed_how = forms.CharField(label=_("怎么约的"), required=False, max_length=100)
    where = forms.CharField(label=_("在哪里见的"), required=False, max_length=100)
    village = forms.ChoiceField(label=_("哪个村（大致地点）"), required=False)
    guardian_view = note_field(_("家长意见"), required=False)
    child_view = note_field(_("学生意见"), required=False)

    def __init__(
        self, *args: Any, may_come: WhoMayCome, villages: Iterable[Place] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.may_come = may_come
        self._offer("people", [(_code(each), _shown(each)) for each in may_come.offered()])
        self.fields["note"].help_text = gettext("写在这里，或写在下面的六项里；没有记录不算办结。")
        self._offer("village", [("", gettext("不填")), *((str(v.pk), v.name) for v in villages)])
        for item in VisitItem:
            self.fields[f"item_{item.value}"] = _few_words(capfirst(label(item)))
        for post in may_come.by_name():
            self.fields[f"name_{post.value}"] = _line(_("%(post)s：姓名"), post, 60)
            self.fields[f"unit_{post.value}"] = _line(_("%(post)s：单位"), post, 100)

    def _offer(self, name: str, offered: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered

    def by_name_fields(self) -> list[tuple[bool, forms.BoundField, forms.BoundField]]:
        """Name and unit of each post that nobody holds here, and whether it is needed."""
        return [
            (post in self.may_come.needed, self[f"name_{post.value}"], self[f"unit_{post.value}"])
            for post in self.may_come.by_name()
        ]

    def item_fields(self) -> list[forms.BoundField]:
        """六项内容."""
        return [self[f"item_{item.value}"] for item in VisitItem]

    def items_wrong(self) -> bool:
        """Whether the six must be open because one of them is wrong."""
        return any(field.errors for field in self.item_fields())

    def others_wrong(self) -> bool:
        """Whether those by name must be open because one of them is wrong."""
        fields = [field for _needed, *both in self.by_name_fields() for field in both]
        return any(field.errors for field in (*fields, self["participants"]))

    def before_wrong(self) -> bool:
        """Whether purpose and appointment must be open because one of them is wrong."""
        names = ("purpose", "appointed_at", "appointed_how", "where", "village")
        return any(self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        """Something is written, and who came by name has a unit."""
        given = super().clean()
        if not given.get("note", "").strip() and not self.items():
            self.add_error("note", NO_NOTE)
        for post in self.may_come.by_name():
            if given.get(f"name_{post.value}") and not given.get(f"unit_{post.value}"):
                self.add_error(f"unit_{post.value}", gettext("请写明单位，例如某村村委会。"))
        return given

    def items(self) -> dict[VisitItem, str]:
        """What was said under each of the six."""
        found = {item: self.cleaned_data.get(f"item_{item.value}", "") for item in VisitItem}
        return {item: text for item, text in found.items() if text.strip()}

    def parts(self) -> list[TookPart]:
        """Who took part: ticked, by name and unit, or in the line of those without a post."""
        given = self.cleaned_data
        ticked = set(given["people"])
        parts = [TookPart(e.post, e.person) for e in self.may_come.offered() if _code(e) in ticked]
        for post in self.may_come.by_name():
            if name := given[f"name_{post.value}"]:
                parts.append(TookPart(post, name=name, unit=given[f"unit_{post.value}"]))
        return parts + by_name_alone(given["participants"])

    def told(self) -> dict[str, Any]:
        """What `services.visits` is told."""
        given = self.cleaned_data
        village = given["village"]
        plain = ("happened_at", "agreed", "promised_on", "next_contact_on", "private", "purpose")
        return {
            **{name: given[name] for name in plain},
            **{name: given[name] for name in ("appointed_at", "appointed_how", "where")},
            **{name: given[name] for name in ("guardian_view", "child_view")},
            "trigger": term(VisitTrigger, given["trigger"]),
            "outcome": term(ActOutcome, given["outcome"]),
            "findings": given["note"],
            "items": self.items(),
            "people": self.parts(),
            "village": Place.objects.get(pk=village) if village else None,
        }


class VisitForm(SeenForm):
    """走访一名学生: with signatures drawn on the screen."""

    offered = {**SeenForm.offered, "kind": ALONE}
    kind = forms.ChoiceField(label=_("方式"), widget=Chips, error_messages={"required": _("请选方式。")})
    field_order = ("kind", "happened_at", "trigger", "people", "participants", "outcome", "note")

    def __init__(self, *args: Any, posts: Sequence[Post] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, _signs_as in SIGNS:
            self.fields[f"sign_{name}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.fields[f"signed_{name}"] = forms.CharField(
                label=_("签字人姓名"), required=False, max_length=60
            )
        if len(posts) > 1:
            self.fields["by_post"] = forms.ChoiceField(
                label=_("您以什么身份去的"), widget=Chips, choices=choices(posts), required=False
            )

    def sign_fields(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The name and the strokes of each that may sign, with as what."""
        return [(signs_as, self[f"signed_{name}"], self[f"sign_{name}"]) for name, signs_as in SIGNS]

    def signatures(self, at: datetime) -> list[Signed]:
        """Those that were drawn; what is no drawing is left to the service to refuse."""
        given = self.cleaned_data
        return [
            Signed(signs_as, given[f"signed_{name}"], _strokes(given[f"sign_{name}"]), at)
            for name, signs_as in SIGNS
            if given[f"sign_{name}"]
        ]

    def told(self) -> dict[str, Any]:
        """With the kind, and the post by which whoever records it went."""
        by_post = self.cleaned_data.get("by_post", "")
        return {
            **super().told(),
            "kind": term(VisitKind, self.cleaned_data["kind"]),
            "by_post": term(Post, by_post) if by_post else None,
        }


class GroupVisitForm(SeenForm):
    """集体家访: one visit to several children of a class."""

    children = forms.MultipleChoiceField(
        label=_("走访了哪些学生"), widget=ManyChips, error_messages={"required": _("请选走访了哪些学生。")}
    )
    field_order = ("children", "happened_at", "trigger", "people", "participants", "outcome", "note")

    def __init__(self, *args: Any, pupils: Iterable[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("children", [(str(pupil.pk), pupil.name) for pupil in pupils])


class PeriodForm(forms.Form):
    """起止日期."""

    first = forms.DateField(label=_("开始日期"), widget=Day)
    last = forms.DateField(label=_("结束日期"), widget=Day)


def _strokes(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return []


def _code(each: Around) -> str:
    return f"{each.post.value}:{each.person.pk}"


def _shown(each: Around) -> str:
    return f"{capfirst(label(each.post))} {each.person.name}"


def _few_words(name: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=name, required=False, max_length=1000, widget=area)


def _line(words: Any, post: Post, most: int) -> forms.CharField:
    named = capfirst(str(words) % {"post": label(post)})
    return forms.CharField(label=named, required=False, max_length=most)
