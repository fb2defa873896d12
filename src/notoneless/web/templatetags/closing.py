"""The close-out and placement parts of a case's page, and the link to a picture."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from notoneless.core.terms import Term
from notoneless.records.models import Case, EvidencePiece, Person
from notoneless.web.read import close_outs
from notoneless.web.templatetags.words import label

register = template.Library()


@register.filter
def labels(terms: Iterable[Term]) -> str:
    """Several labels in the reader's language, one after the other."""
    return _("、").join(label(each) for each in terms)


@register.inclusion_tag("web/closing/part.html")
def close_out_part(case: Case, person: Person, at: datetime) -> dict[str, Any]:
    """Where the close-out of the case stands."""
    return {"case": case, "part": close_outs.close_out_part(person, case, at)}


@register.inclusion_tag("web/closing/placement_part.html")
def placement_part(case: Case, person: Person, at: datetime) -> dict[str, Any]:
    """Where a returned child sits, and what is advised."""
    return {"case": case, "placed": close_outs.placed(person, case, at)}


@register.simple_tag
def picture_link(piece: EvidencePiece) -> str:
    """The way to the picture a piece rests on."""
    address = reverse("web:attachment", args=(piece.attachment_id,))
    return format_html('<a href="{}">{}</a>', address, _("看照片"))


@register.simple_tag
def new_key() -> str:
    """A key that tells a form sent twice."""
    return str(uuid4())
