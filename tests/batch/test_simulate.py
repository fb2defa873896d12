"""The made-up county: the same for the same seed, true to its figures, and nobody real in it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from notoneless.batch.simulate import (
    BadParams,
    BadScenario,
    BadSize,
    County,
    NoSchoolDays,
    read_params,
    shipped_params,
    simulate,
)
from notoneless.batch.simulate.reactions import histories
from notoneless.batch.simulate.tables import write
from notoneless.batch.simulate.totals import totals
from notoneless.batch.tables import MARKS
from notoneless.core.calendar import default_calendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.library import packs_in_force
from notoneless.core.terms import AttendanceStatus, ObligationState, PlaceKind, Post
from notoneless.exchange.identity import check_enrolment_no, check_identity_no

MORNING = datetime(2026, 11, 20, 8, 5, tzinfo=CHINA_TIME)
EVENING = datetime(2026, 11, 20, 20, tzinfo=CHINA_TIME)
END_OF_YEAR = datetime(2026, 7, 15, 20, tzinfo=CHINA_TIME)


def made(seed: int = 1, until: datetime = MORNING, **size: int) -> County:
    asked = {"schools": 3, "pupils": 360, **size}
    return simulate(shipped_params(), seed=seed, until=until, calendar=default_calendar(), **asked)


@pytest.fixture(scope="module")
def county() -> County:
    return made()


def files(county: County, folder: Path, form: str = "csv") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in write(county, default_calendar(), folder, form)}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_seed_writes_the_same_bytes(county: County, tmp_path: Path, form: str) -> None:
    assert files(county, tmp_path / "a", form) == files(made(), tmp_path / "b", form)


def test_another_seed_is_another_county(county: County) -> None:
    assert made(seed=2).children != county.children


def test_looking_further_changes_nothing_that_was() -> None:
    earlier, later = made(until=MORNING), made(until=EVENING)
    assert set(earlier.roll_calls) <= set(later.roll_calls)
    assert set(earlier.marks) <= set(later.marks)
    assert set(earlier.acts) <= set(later.acts)


def test_nothing_is_known_before_it_happened(county: County) -> None:
    assert all(call.taken_at <= call.recorded_at <= MORNING for call in county.roll_calls)
    assert all(mark.at <= mark.recorded_at <= MORNING for mark in county.marks)
    assert all(leave.granted_at <= MORNING for leave in county.leaves)
    assert all(made.done.at <= made.done.learned_at <= MORNING for made in county.acts)


def test_every_identity_number_is_of_an_area_that_does_not_exist() -> None:
    numbers = [child.identity_no for child in made(pupils=2000).children if child.identity_no]
    assert {number[:6] for number in numbers} == {"000000"}
    assert [number for number in numbers if check_identity_no(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_some_children_have_no_identity_number_and_all_have_an_enrolment_number() -> None:
    children = made(pupils=2000).children
    assert 0 < sum(not child.identity_no for child in children) < 60
    assert [child.no for child in children if check_enrolment_no(child.enrolment_no)] == []
    assert len({child.enrolment_no for child in children}) == 2000


def test_no_telephone_number_can_be_dialled(county: County) -> None:
    phones = [child.guardian_phone for child in county.children] + [one.phone for one in county.staff]
    assert {phone[:4] for phone in phones} == {"000-"}
    assert len(set(phones)) == len(phones)


def test_children_are_as_old_as_their_grade_asks(county: County) -> None:
    ages = Counter(
        2026 - child.birth_on.year - (child.birth_on.month >= 9) - county.classes[child.class_group].grade
        for child in county.children
    )
    assert set(ages) == {5, 6}  # six at the start of grade 1, some a year older
    assert ages[5] > 8 * ages[6] > 0


def test_the_story_class_has_no_roll_call_yet_and_few_others_have(county: County) -> None:
    today = {call.class_group for call in county.roll_calls if call.day == MORNING.date()}
    story = [group.no for group in county.classes if group.name == "三年级2班"]
    assert story
    assert not today & set(story)
    assert 0 < len(today) < len(county.classes) / 2


def test_the_story_class_was_called_on_every_day_before(county: County) -> None:
    story = next(group.no for group in county.classes if group.name == "三年级2班")
    called = [call.day for call in county.roll_calls if call.class_group == story]
    assert called == list(county.days[:-1])


def test_schools_stand_below_the_central_school_of_a_township_of_the_county(county: County) -> None:
    schools = [place for place in county.places if place.kind is PlaceKind.SCHOOL]
    assert [school.name for school in schools] == ["云岭完小", "清溪初级中学", "石桥完小"]
    for school in schools:
        central = county.places[school.parent or 0]
        township = county.places[central.parent or 0]
        assert (central.kind, township.kind) == (PlaceKind.CENTRAL_SCHOOL, PlaceKind.TOWNSHIP)
        assert township.parent == 0


def test_every_child_lives_in_a_village_of_its_schools_township(county: County) -> None:
    assert [home.child for home in county.homes] == [child.no for child in county.children]
    for home in county.homes:
        village = county.places[home.village]
        school = county.places[county.classes[county.children[home.child].class_group].school]
        assert village.kind is PlaceKind.VILLAGE
        assert village.parent == county.places[school.parent or 0].parent


def test_only_pupils_of_the_junior_school_board_and_only_from_other_villages(county: County) -> None:
    homes = dict(county.homes)
    assert county.beds
    for child, house in county.beds:
        school = county.classes[county.children[child].class_group].school
        assert (county.places[house].kind, county.places[house].parent) == (PlaceKind.BOARDING_HOUSE, school)
        own = county.places[school].name.removesuffix("初级中学")
        assert county.places[homes[child]].name != f"{own}村"


def test_key_groups_come_at_the_shares_they_are_drawn_from(county: County) -> None:
    noted = {group.child for group in county.groups if group.group.name.startswith("LEFT_BEHIND")}
    assert 0.25 < len(noted) / len(county.children) < 0.45


def test_schools_follow_their_own_pack_or_the_county_s(county: County) -> None:
    packs = {p.name: county.pack_of(p.no) for p in county.places if p.kind is PlaceKind.SCHOOL}
    assert packs == {
        "云岭完小": "seeds/shanshu-2014",
        "清溪初级中学": "seeds/xxx-township",
        "石桥完小": "fujian/jianning-2024",
    }


def test_every_class_and_place_has_somebody_who_answers(county: County) -> None:
    of_class = {held.class_group for held in county.posts if held.post is Post.CLASS_TEACHER}
    assert of_class == {group.no for group in county.classes}
    schools = {place.no for place in county.places if place.kind is PlaceKind.SCHOOL}
    for post in (Post.PRINCIPAL, Post.SCHOOL_OFFICE, Post.ENROLMENT_OFFICER):
        assert {held.place for held in county.posts if held.post is post} == schools


def live_obligations(county: County) -> Counter[ObligationState]:
    found: Counter[ObligationState] = Counter()
    for no, history in histories(county, default_calendar()).items():
        pack = county.pack_of(county.classes[county.children[no].class_group].school)
        acts = tuple(act.done for act in county.acts if act.child == no)
        assessment = evaluate(
            history._replace(acts=acts),
            default_calendar(),
            packs_in_force(pack, county.days[0]),
            as_of=county.until,
        )
        found.update(owed.state for owed in assessment.obligations)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_did_nearly_all_that_was_asked_of_them(seed: int) -> None:
    states = live_obligations(made(seed=seed))
    assert states[ObligationState.MET] > 50
    assert states[ObligationState.OVERDUE] + states[ObligationState.OPEN] < 20


def test_some_acts_came_too_late() -> None:
    county = made(pupils=1200, schools=6)
    assert live_obligations(county)[ObligationState.OVERDUE] > 0


def test_a_corrected_mark_keeps_the_one_it_corrects() -> None:
    county = made(until=EVENING, pupils=1200)
    corrections = [mark for mark in county.marks if mark.corrects]
    assert corrections
    first = {(m.child, m.day): m for m in county.marks if not m.corrects}
    for mark in corrections:
        wrong = first[mark.child, mark.day]
        assert wrong.status is AttendanceStatus.ABSENT
        assert wrong.at < mark.at


# Check figures of the parameter set, for 60,000 pupils over a school year; the tolerances are for 12,000,
# where a grade's leavers alone vary by a quarter.
EXPECTED = {
    "daily absence": (0.018, 0.0015),
    "of it sick": (0.011, 0.001),
    "of it personal leave": (0.003, 0.0005),
    "of it unexcused": (0.0045, 0.0008),
    "absent 10 % or more": (0.006, 0.003),
    "left within the year": (86 / 5, 12.0),
}
# The prototype behind the figures knew none of these; with them a county comes out a little lower.
AS_THE_PROTOTYPE = replace(
    shipped_params(),
    return_worked=0.0,
    return_alone=0.0,
    school_spread=0.0,
    unex_long_share=0.0,
    written_as_sick=0.0,
    written_as_present=0.0,
)


def test_a_large_county_comes_to_the_published_totals() -> None:
    county = simulate(
        AS_THE_PROTOTYPE,
        seed=1,
        schools=12,
        pupils=12_000,
        class_size=45,
        until=END_OF_YEAR,
        calendar=default_calendar(),
        with_acts=False,
    )
    off = {
        total.en: total.simulated
        for total in totals(county)
        if total.en in EXPECTED and abs(total.simulated - EXPECTED[total.en][0]) > EXPECTED[total.en][1]
    }
    assert off == {}
    assert len(county.days) == county.days_in_year > 180


def test_in_a_poor_county_more_children_leave() -> None:
    def left(scenario: str) -> float:
        county = simulate(
            shipped_params(),
            seed=1,
            schools=4,
            pupils=3000,
            until=END_OF_YEAR,
            calendar=default_calendar(),
            scenario=scenario,
            with_acts=False,
        )
        return next(t.simulated for t in totals(county) if t.en == "left within the year")

    assert left("poor2010") > 5 * left("today")


def test_replay_reads_the_marks_as_they_are_written(county: County, tmp_path: Path) -> None:
    write(county, default_calendar(), tmp_path, "parquet")
    marks = pq.read_table(tmp_path / "marks.parquet")
    assert marks.schema.names == MARKS.names
    assert marks.schema.field("day").type == MARKS.field("day").type
    assert marks["child"].to_pylist() == sorted(marks["child"].to_pylist())


def test_a_roll_call_nobody_has_is_written_as_unrecorded(tmp_path: Path) -> None:
    county = made(until=EVENING)
    known = Counter(call.class_group for call in county.roll_calls)
    silent = sum((len(county.days) - known[group]) * len(kids) for group, kids in county.pupils().items())
    write(county, default_calendar(), tmp_path, "parquet")
    statuses = Counter(pq.read_table(tmp_path / "marks.parquet")["status"].to_pylist())
    assert statuses["UNRECORDED"] == silent > 0


@pytest.mark.parametrize("size", [{"schools": 0}, {"schools": 500}, {"pupils": 10}, {"class_size": 200}])
def test_an_impossible_size_is_refused_with_what_is_possible(size: dict[str, int]) -> None:
    with pytest.raises(BadSize, match="学校应为 1–300 所"):
        made(**size)


def test_an_unknown_scenario_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadScenario, match="today、poor2010"):
        simulate(
            shipped_params(),
            seed=1,
            schools=1,
            pupils=50,
            until=MORNING,
            calendar=default_calendar(),
            scenario="gone",
        )


def test_a_year_the_calendar_does_not_know_is_refused() -> None:
    with pytest.raises(NoSchoolDays, match="2028-03-01"):
        made(until=datetime(2028, 3, 1, 8, tzinfo=CHINA_TIME))


def test_a_parameter_too_many_or_too_few_is_named() -> None:
    with pytest.raises(BadParams, match="“surprise”不是参数"):
        read_params(json.dumps({**vars(shipped_params()), "surprise": 1}), file="mine.json")
    with pytest.raises(BadParams, match="“act_late”没有写"):
        read_params("{}", file="mine.json")


def test_the_parameters_say_which_of_them_are_assumed() -> None:
    params = shipped_params()
    assert set(params.assumed) < set(vars(params))
