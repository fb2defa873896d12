"""Quotas: a share of the children or a number of times, within a period that may open early."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoiled_pack import GOOD, read

from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.library import run_examples
from notoneless.core.policy.pack import CountOf, Quota
from notoneless.core.policy.quota import measure, needed

HALF = """
[[quota]]
id = "half"
clause = ["C2"]
pointer = "二"
says = "说"
reading = "读"
act = "home_visit"
who = "class_teacher"
least = "50%"
per = "term"
of = "class"

[[quota_example]]
quota = "half"
about = "41 人要 21 人，同一个学生只算一次"
children = 41
done = [
  { at = "2026-10-12 16:00", child = 1 },
  { at = "2026-10-13 16:00", child = 1 },
  { at = "2026-11-21 16:00", child = 2 },
]
at = "2026-11-20 09:30"
expect = { done = 1, needed = 21, due = "2027-01-15 23:59", met = false }
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME)


def quota(text: str = HALF) -> Quota:
    return read(GOOD + text).quotas[0]


def test_a_share_is_rounded_up() -> None:
    assert [needed(quota(), children) for children in (1, 2, 3, 40, 41)] == [1, 1, 2, 20, 21]


def test_times_count_every_visit_and_children_only_once() -> None:
    acts = [(at("2026-10-12 16:00"), "1"), (at("2026-10-13 16:00"), "1")]
    for least, done in (("10 times", 2), ("10 children", 1)):
        found = measure(
            quota(HALF.replace("50%", least)), 40, acts, default_calendar(), as_of=at("2026-11-20 09:00")
        )
        assert found is not None
        assert (found.done, found.needed) == (done, 10)


@pytest.mark.parametrize(
    ("window", "day", "done"),
    [("", "2026-08-20", None), ("30", "2026-08-20", 1), ("30", "2026-10-01", 1), ("", "2026-10-01", 0)],
)
def test_days_before_the_term_count_only_where_the_quota_says_so(
    window: str, day: str, done: int | None
) -> None:
    more = f'of = "class"\nwindow = "{window} calendar days before term"' if window else 'of = "class"'
    asked = quota(HALF.replace('of = "class"', more))
    found = measure(asked, 40, [(at("2026-08-10 16:00"), "1")], default_calendar(), as_of=at(f"{day} 09:00"))
    assert (found.done if found else None) == done


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9)), max_size=20), st.integers(0, 120))
def test_progress_never_falls_within_a_term_and_never_counts_the_future(
    visits: list[tuple[int, int]], later: int
) -> None:
    start = at("2026-09-01 08:00")
    acts = [(start + timedelta(hours=12 * hours), str(child)) for hours, child in visits]
    first = measure(quota(), 9, acts, default_calendar(), as_of=start)
    then = measure(quota(), 9, acts, default_calendar(), as_of=start + timedelta(days=later))
    assert first is not None
    assert then is not None
    known = {child for moment, child in acts if moment <= start + timedelta(days=later)}
    assert first.done <= then.done == len(known)


def test_a_quota_example_is_compared_in_full_and_a_bare_quota_is_told() -> None:
    def problems(text: str) -> list[str]:
        pack = read(text)
        packs = PacksInForce([(pack, pack.in_force_from, None)])
        return [
            r.problem for r in run_examples(pack, packs) if "half" in r.problem or r.example.rule == "half"
        ]

    assert problems(GOOD + HALF) == [""]
    for old, new in (
        ("done = 1, ", "done = 2, "),
        ("needed = 21", "needed = 20"),
        ("met = false", "met = true"),
    ):
        assert problems((GOOD + HALF).replace(old, new)) != [""]
    assert "half" in problems(GOOD + HALF.split("[[quota_example]]")[0])[0]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"50%"', '"half"', '可写 "50%"（占学生的比例）'),
        ('"50%"', '"101%"', '可写 "50%"'),
        ('per = "term"', 'per = "week"', "可用：month、term、school year"),
        ('of = "class"', 'of = "house"', "可用：class、teacher、school、case"),
        ('quota = "half"', 'quota = "whole"', "没有这项数量要求；本文件有：half"),
        (
            'clause = ["C2"]\npointer = "二"\nsays = "说"\nreading = "读"\nact = "home',
            'clause = []\npointer = "二"\nsays = "说"\nreading = "读"\nact = "home',
            "每条规则都要写明依据的条款",
        ),
        ("children = 41", "children = 0", "应当是不小于 1 的整数"),
    ],
)
def test_a_wrong_quota_is_refused_with_its_line_and_the_remedy(old: str, new: str, says: str) -> None:
    text = GOOD + HALF
    assert old in HALF
    with pytest.raises(PackError, match=r"第\d+行") as refusal:
        read(GOOD + HALF.replace(old, new))
    assert says in str(refusal.value)
    assert refusal.value.line > text.count("\n", 0, text.index("[[quota]]"))


def test_counting_kinds() -> None:
    assert quota().counts is CountOf.CHILDREN
    assert quota(HALF.replace("50%", "10 times")).counts is CountOf.TIMES
