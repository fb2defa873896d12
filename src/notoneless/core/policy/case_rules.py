"""What a pack says of casework beside its rules: close-outs, placement on return, home tuition, pairing."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from notoneless.core.case_terms import PairingPurpose, PlacementKind
from notoneless.core.terms import CloseOutKind, Evidence, Post

# Who may be the second person of a close-out, the nearest to the child first; a pack chooses among them.
REVIEWERS = (Post.PRINCIPAL, Post.VICE_PRINCIPAL, Post.CENTRAL_SCHOOL, Post.TOWNSHIP, Post.COUNTY_BUREAU)
MAY_REVIEW = frozenset(REVIEWERS)


class ClosingExample(NamedTuple):
    """A worked example: so many school days present, and whether that closes."""

    present: int
    met: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """A close-out type: its evidence, who must review, and for a return the school days present in a row."""

    kind: CloseOutKind
    present_school_days: int  # 0 for every kind but a stable return
    clause: tuple[str, ...]
    reading: str
    evidence: frozenset[Evidence] = frozenset()
    reviewers: frozenset[Post] = MAY_REVIEW
    examples: tuple[ClosingExample, ...] = ()

    @property
    def nearest_reviewers(self) -> tuple[Post, ...]:
        """The posts of whom one must review, the nearest to the child first."""
        return tuple(post for post in REVIEWERS if post in self.reviewers)

    def missing_days(self, present: int) -> int:
        """School days still to come after so many present in a row; 0 when there are enough."""
        return max(self.present_school_days - present, 0)


class PlacementExample(NamedTuple):
    """A worked example: the first day away and the day back, to which the placement applies."""

    left: date
    back: date


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """Where a child sits who comes back after so many calendar months; advice, never an order."""

    months_from: int
    months_until: int | None  # exclusive; None: however long
    kind: PlacementKind
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    examples: tuple[PlacementExample, ...] = ()

    def fits(self, months: int) -> bool:
        """Whether it speaks of so many whole months away."""
        return self.months_from <= months and (self.months_until is None or months < self.months_until)


def months_away(left: date, back: date) -> int:
    """Whole calendar months from the first day away to the day back; a month's last day completes it."""
    months = (back.year - left.year) * 12 + back.month - left.month
    complete = back.day >= min(left.day, monthrange(back.year, back.month)[1])
    return months if complete else months - 1


class TuitionExample(NamedTuple):
    """A worked example: so many lessons in a year and whether they suffice, or the lessons of one week."""

    lessons: int | None
    met: bool
    week: int | None


@dataclass(frozen=True, slots=True)
class Tuition:
    """The least teaching at home a child is given in a school year, in lessons."""

    lessons_a_year: int
    times_a_week: int | None
    lessons_each: int | None
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    examples: tuple[TuitionExample, ...] = ()

    @property
    def lessons_a_week(self) -> int | None:
        """Lessons in a usual week; None where the document says nothing of weeks."""
        return None if self.times_a_week is None else self.times_a_week * (self.lessons_each or 1)


class PairingExample(NamedTuple):
    """A worked example: a contact, and the last day for the next one."""

    contact: date
    until: date


@dataclass(frozen=True, slots=True)
class PairingRule:
    """How often a helper is in touch: at most so many calendar days lie between two contacts."""

    purpose: PairingPurpose
    contact_days: int
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    examples: tuple[PairingExample, ...] = ()
