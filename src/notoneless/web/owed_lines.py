"""What is owed in two short lines each, in words; made for lists of a hundred."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from notoneless.core.terms import Term
from notoneless.records.models import Obligation
from notoneless.web.addresses import address
from notoneless.web.read.lists import OwedLine
from notoneless.web.templatetags.words import owed_words, state_word, tone
from notoneless.web.words import due_words, left_words


class Line(NamedTuple):
    """One thing owed: whom or what it is about, what is to be done, how it stands, where and by when."""

    name: str
    url: str
    what: str
    what_url: str
    tone: str
    word: str
    where: str
    when: str


def lines(rows: Iterable[Obligation | OwedLine], now: datetime, *, place: bool, who: bool) -> Iterator[Line]:
    """The rows in words; with the place and class where asked for, and with the post that owes."""
    speech = _Speech(now, get_language() or "zh")
    for each in rows:
        row = each if isinstance(each, OwedLine) else of(each)
        where = speech.where(row, place=place, who=who)
        yield Line(*speech.about(row), *speech.state(row), where, speech.when(row))


def of(row: Obligation) -> OwedLine:
    """An obligation as a line of a list."""
    return OwedLine(
        row.key,
        row.child_id,
        row.child.name if row.child else None,
        row.class_group.name if row.class_group else None,
        row.place.name,
        row.act,
        row.to_post,
        row.who,
        row.state,
        row.late,
        row.due_at,
        row.occasion,
        row.due_unknown,
    )


class _Speech:
    """The words of one page in its reader's language, each looked up once and not for each line."""

    def __init__(self, now: datetime, language: str) -> None:
        self._now, self._language = now, language
        self._gettext: Callable[[str], str] = cache(gettext)
        self._owed, self._label = cache(owed_words), cache(self._label_of)
        self._states: dict[tuple[object, ...], str] = {}

    def about(self, row: OwedLine) -> tuple[str, str, str, str]:
        """Name and address of whom it is about, then of what is owed; what a date brought is about itself."""
        what = self._owed(row.act, row.to_post or None)
        if row.child is not None:
            child = address("web:child", row.child)
            return row.name or "", child, what, address("web:obligation", row.child, row.key)
        if row.of_the_date:
            return capfirst(what), address("web:duty", row.key), "", ""
        return row.class_group or capfirst(what), "", what if row.class_group else "", ""

    def state(self, row: OwedLine) -> tuple[str, str]:
        """Shape and word of how it stands."""
        shape = tone(row, self._now)
        key = (shape, row.state, row.late)
        if key not in self._states:
            self._states[key] = state_word(row, self._now)
        return shape, self._states[key]

    def where(self, row: OwedLine, *, place: bool, who: bool) -> str:
        """云岭完小 三年级2班 · 班主任."""
        group = row.class_group if row.child is not None or row.of_the_date else None
        spot = " ".join(each for each in (row.place if place else None, group) if each)
        return " · ".join(each for each in (spot, self._label(row.who) if who else "") if each)

    def when(self, row: OwedLine) -> str:
        """今天 09:05 前 · 还剩 42 分."""
        if row.due_at is None:
            return row.due_unknown
        due = due_words(row.due_at, self._now, self._gettext)
        return f"{due} · {left_words(row.due_at, self._now, self._gettext)}"

    def _label_of(self, term: Term) -> str:
        return term.label(self._language)
