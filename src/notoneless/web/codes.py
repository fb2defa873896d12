"""From a code as a form or a stored list holds it to the term it stands for."""

from __future__ import annotations

from typing import TypeVar

from notoneless.core.terms import Term

T = TypeVar("T", bound=Term)


def term(kind: type[T], code: str) -> T:
    """The term of this kind with this code; ValueError when there is none."""
    return kind(code)  # type: ignore[call-arg]  # looks a member up; the checker sees the three-part __new__
