"""Fields that speak our words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from notoneless.core.terms import Term


class TermField(models.CharField):  # type: ignore[type-arg]
    """A stored code that comes back as the member of its vocabulary, label and all.

    The database and the migrations know plain text, so a new word needs no migration.
    """

    def __init__(self, term: Callable[..., Term] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        self.term = term
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """As a plain CharField."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> Term | str | None:
        """The member; empty stays empty."""
        return self.term(value) if value and self.term else value

    def to_python(self, value: Any) -> Any:
        """The member, from a member or its code."""
        return self.term(value) if value and self.term else value

    def get_prep_value(self, value: Any) -> Any:
        """The code as plain text."""
        return value.value if isinstance(value, Term) else super().get_prep_value(value)
