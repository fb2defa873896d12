"""A refusal in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from notoneless.services.refusals import Refusal


def sentence(refusal: Refusal) -> str:
    """The one sentence that says who may do it or what would be right."""
    return refusal.text(get_language() or "zh")
