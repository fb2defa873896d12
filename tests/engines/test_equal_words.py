"""Amounts that say the same in other words: the mutation check leaves them out, so they are proved here."""

from __future__ import annotations

from datetime import datetime

import pytest
from builders import CHINA, in_a_pack, rule
from drawn_histories import Drawn, drawn
from hypothesis import given, settings

from notoneless.core.evaluate import evaluate
from notoneless.core.policy.in_force import PacksInForce

SAME = [
    ("1 school day", "1 calendar day"),
    ("2 school days", "2 calendar days"),
    ("1 session", "1 school day"),
]


@pytest.mark.parametrize(("said", "other"), SAME)
def test_they_fire_at_the_same_moments_for_any_child(said: str, other: str) -> None:
    left, right = (in_a_pack(rule(f'absence = "{each}"')) for each in (said, other))

    @settings(max_examples=200)
    @given(drawn())
    def same(case: Drawn) -> None:
        assert moments(case, left) == moments(case, right)

    same()


def moments(case: Drawn, packs: PacksInForce) -> list[tuple[datetime, datetime | None]]:
    calendar = CHINA.with_closures(case.closures)
    owed = evaluate(case.history, calendar, packs, as_of=case.as_of).obligations
    return [(each.arose_at, each.due.at) for each in owed]
