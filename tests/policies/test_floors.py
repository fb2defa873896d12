"""A nearer document may ask for more, or for it sooner, than a floor that law sets; never for less."""

from __future__ import annotations

from datetime import date

import pytest
from builders import pack, rule

from notoneless.core.calendar import default_calendar
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.floors import refuse_below_floors
from notoneless.core.policy.in_force import in_force
from notoneless.core.policy.pack import PolicyPack

REFUSED = 'after = { act = "persuade", outcome = "REFUSED" }'


def duty(by: str, act: str = "written_report") -> str:
    return f'{{ act = "{act}", who = "principal", by = "{by}" }}'


def check(far_when: str, far_by: str, near_when: str, near: str) -> None:
    far = pack(rule(far_when, obliges=duty(far_by), id="floor", more="floor = true"), id="nation")
    near_rule = rule(near_when, obliges=near, id="near", more='refines = "nation#floor"')
    finer = pack(near_rule, id="county", top='extends = "nation"')
    packs: dict[str, PolicyPack] = {far.id: far}
    refuse_below_floors(in_force(finer, packs.__getitem__, date(2026, 1, 1)), default_calendar())


@pytest.mark.parametrize("by", ["same day", "1 working day", "1 hour"])
def test_as_soon_or_sooner_is_allowed(by: str) -> None:
    check(REFUSED, "1 working day", REFUSED, duty(by))


@pytest.mark.parametrize("by", ["2 working days", "15 calendar days", "month end"])
def test_later_is_refused_with_file_line_rule_and_remedy(by: str) -> None:
    with pytest.raises(PackError, match=r"第\d+行，规则“near”：比法定底线 nation#floor 宽：.*缩短时限"):
        check(REFUSED, "1 working day", REFUSED, duty(by))


def test_another_act_does_not_stand_in_for_the_one_law_asks() -> None:
    with pytest.raises(PackError, match="比法定底线"):
        check(REFUSED, "1 working day", REFUSED, duty("same day", act="home_visit"))


def test_a_trigger_that_comes_later_is_refused_and_an_earlier_one_allowed() -> None:
    check('absence = "3 school days"', "same day", 'absence = "2 school days"', duty("same day"))
    with pytest.raises(PackError, match="比法定底线"):
        check('absence = "3 school days"', "same day", 'absence = "4 school days"', duty("same day"))


def test_a_monthly_report_may_come_by_the_20th_but_not_by_the_end_of_term() -> None:
    check('every = "month"', "month end", 'every = "month"', duty("by the 20th"))
    with pytest.raises(PackError, match="比法定底线"):
        check('every = "month"', "month end", 'every = "term"', duty("term end"))
