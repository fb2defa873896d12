"""The figures a made-up county is drawn from: published ones, and assumptions that say so."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any


class BadParams(ValueError):
    """A parameter file that cannot be used; the message names the key and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Params:
    """Shares are of pupils, `_daily` figures of pupil-days, `_len` and `_days` are school days.

    `hazard` and `stock` are by scenario: the share of a grade that leaves in a school year, and the share of
    all pupils who had left before it began. Day factors multiply absence; their base is a Wednesday outside
    breaks in a month of average absence.
    """

    boys: float
    no_identity_no: float
    share: dict[str, float]
    rr: dict[str, float]  # relative risk of leaving, by the traits of `share`
    hazard: dict[str, dict[str, float]]
    stock: dict[str, float]
    onset: dict[str, float]  # when leaving starts: spring_start, autumn_start, mid
    ramp_share: float  # leavers who stay away more and more before they leave
    ramp_days: tuple[int, int]
    ramp_peak: float
    written_as_sick: float  # leavers the register calls sick, for `written_as_sick_days`
    written_as_sick_days: int
    written_as_present: float  # leavers the register calls present (名在人不在)
    return_worked: float  # back within `return_worked_days` when somebody acts at once …
    return_worked_days: int
    return_decay: float  # … times this for each school day of delay
    return_alone: float
    leaves_again: float
    noshow_spring: float
    noshow_return: float  # a day
    ill_daily: float
    ill_len: float
    ill_frailty_shape: float
    leave_daily: float
    leave_len: float
    unex_daily: float
    unex_len: float
    unex_long_share: float
    unex_long_len: float
    frailty_shape: float
    late_daily: float
    school_spread: float  # standard deviation of the log
    dow: tuple[float, ...]  # Monday to Friday; a make-up day at the weekend counts as Wednesday
    month: dict[str, float]
    before_break: float  # the day before three or more days without school
    after_break: float  # the first day after seven or more
    epidemic_days: float
    epidemic_factor: float
    miss_report: float  # roll calls that nobody has by the evening
    miss_report_bad_share: float
    miss_report_bad: float
    miss_report_worst_share: float
    miss_report_worst: float
    report_late_share: float  # of those: written down after all, `report_late_days` later
    report_late_days: tuple[int, int]
    corrected: float  # first days of absence that are put right within the morning
    act_late: float
    act_never: float
    unreachable: float
    refused: float
    assumed: tuple[str, ...]  # the parameters above that nobody has published for a Chinese county

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names `simulate` may be asked for."""
        return tuple(self.hazard)


def read_params(text: str, *, file: str) -> Params:
    """Parameters from JSON; every key must be there and no other. Raises BadParams."""
    given = json.loads(text)
    known = {field.name for field in fields(Params) if field.default is MISSING}
    for key in sorted(given.keys() ^ known):
        wrong = "没有写" if key in known else "不是参数"
        raise BadParams(f"{file}：“{key}”{wrong}；应当恰好写出这些参数：{'、'.join(sorted(known))}。")
    return Params(**{key: _frozen(value) for key, value in given.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def shipped_params() -> Params:
    """The parameters that ship with the product."""
    text = (files("notoneless.batch") / "data" / "county_params.json").read_text("utf-8")
    return read_params(text, file="county_params.json")
