"""A place adopts a pack from a day on; open cases keep what they began with until they are re-based."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest
from builders import rule
from builders_db import SHANSHU, TOWNSHIP_PACK, School, a_person, a_place, a_school, at, day
from shelf import EVERY_DAY, NATIONAL, Ship, nothing_left_on_the_shelf, ship

from notoneless.core.case_terms import Decision
from notoneless.core.policy import library
from notoneless.core.terms import Act, PlaceKind, Post
from notoneless.records.models import (
    AttendanceMark,
    Case,
    CaseChange,
    JournalEntry,
    Obligation,
    PackAdopted,
    PackText,
    Person,
    Place,
)
from notoneless.records.packs import LAWS, packs_at
from notoneless.services import casework, policies
from notoneless.services import closing as closing_acts
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["nothing_left_on_the_shelf", "ship"]

TERM = at("09-01 07:00")
REPORT = '{ act = "report", who = "class_teacher", to = "school_office", by = "1 hour" }'
SLOWER = REPORT.replace("1 hour", "same day")
VISIT = '{ act = "home_visit", who = "school_office", by = "same day" }'
CALLED = '{ act = "take_roll_call", who = "roll_call_taker", by = "1 session" }'
AT_RISK = 'stage = "AT_RISK"'


def adopt(
    school: School,
    pack_id: str = SHANSHU,
    from_day: str = "09-01",
    *,
    place: Place | None = None,
    by: Person | None = None,
    when: datetime = TERM,
) -> PackAdopted:
    where = place or school.place
    who = by or (school.principal if where.kind is PlaceKind.SCHOOL else school.bureau)
    return policies.adopt(by=who, place=where, pack_id=pack_id, from_day=day(from_day), at=when)


def refused(school: School, pack_id: str = SHANSHU, from_day: str = "09-01", **more: object) -> Refusal:
    before = PackAdopted.objects.count()
    with pytest.raises(Refusal) as caught:
        adopt(school, pack_id, from_day, **more)  # type: ignore[arg-type]
    assert PackAdopted.objects.count() == before
    return caught.value


def free_school(pupils: int = 4) -> School:
    return a_school(pupils, pack="")


# Adopting.


def test_what_is_adopted_is_kept_with_the_versions_of_all_it_extends() -> None:
    school = free_school()
    row = adopt(school)
    shipped = [library.load(each) for each in (SHANSHU, NATIONAL)]
    assert row.versions == " ".join(f"{pack.id}@{pack.version}" for pack in shipped)
    assert (row.pack_version, row.from_day, row.by) == (shipped[0].version, day("09-01"), school.principal)


def test_adopting_is_one_entry_in_the_journal_with_the_versions_before_and_after() -> None:
    school = free_school()
    row = adopt(school)
    entry = JournalEntry.objects.get()
    assert (entry.act, entry.subject_id, entry.by) == ("ADOPT_PACK", str(school.place.pk), school.principal)
    was = [f"{each}@{library.load(each).version}" for each in LAWS]
    assert (entry.body["was"], entry.body["now"]) == (" ".join(was), f"{row.versions} {was[1]}")


def test_a_class_is_judged_by_the_new_pack_from_its_day_on() -> None:
    school = free_school()
    adopt(school, SHANSHU, "09-09")
    school.calls("09-08 A", "09-09 .A")
    assert school.states(0) == ["VERIFY OPEN"]
    assert sorted(school.states(1)) == ["HOME_VISIT OPEN", "REPORT OPEN"]


@pytest.mark.parametrize(
    ("more", "asked"),
    [("", ["HOME_VISIT", "REPORT"]), ('refines = "county/a#told"', ["HOME_VISIT"])],
)
def test_a_countys_rule_gives_way_only_to_a_school_rule_that_names_it(
    ship: Ship, more: str, asked: list[str]
) -> None:
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, id="told"))
    ship("school/a", rule(EVERY_DAY, obliges=VISIT, more=more), extends="county/a")
    adopt(school, "county/a", place=school.county)
    adopt(school, "school/a")
    school.calls("09-08 A")
    assert sorted(owed.act for owed in ours(school)) == asked


# Who may.


def test_the_bureau_adopts_for_county_and_township_and_the_principal_for_the_school() -> None:
    school = free_school()
    adopt(school, TOWNSHIP_PACK, place=school.county)
    adopt(school, TOWNSHIP_PACK, place=school.township)
    adopt(school, SHANSHU)
    assert PackAdopted.objects.count() == 3


def test_nobody_else_adopts() -> None:
    school, other = free_school(), a_school(1, pack="", county="邻县", name="石桥完小")
    asked = [
        (school.place, school.bureau),
        (school.place, school.office),
        (school.place, other.principal),
        (school.county, school.principal),
        (school.township, school.principal),
        (school.county, other.bureau),
        (school.township, a_person("镇", Post.TOWNSHIP, school.township)),
    ]
    codes = [refused(school, place=place, by=person).code for place, person in asked]
    assert codes == ["MAY_NOT_ADOPT"] * len(asked)


def test_a_village_adopts_nothing() -> None:
    school = free_school()
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    refusal = refused(school, place=village)
    assert (refusal.code, refusal.zh) == (
        "PLACE_ADOPTS_NOTHING",
        "云岭村是村；制度由县、乡镇或学校采用。",
    )


# Dates.


@pytest.mark.parametrize(
    ("from_day", "said"), [("09-01", "从 2025-09-01 起与之重叠"), ("08-25", "从 2025-08-25 起早于已有的采用")]
)
def test_dates_that_overlap_are_refused(from_day: str, said: str) -> None:
    school = free_school()
    adopt(school)
    refusal = refused(school, TOWNSHIP_PACK, from_day)
    assert refusal.code == "ADOPTIONS_OVERLAP"
    assert refusal.zh == (f"云岭完小已自 2025-09-01 起采用 {SHANSHU}，{said}；请选 2025-09-02 或之后的日期。")


def test_the_same_day_at_another_place_is_no_overlap() -> None:
    school = free_school()
    adopt(school)
    assert adopt(school, TOWNSHIP_PACK, place=school.township).from_day == day("09-01")


def test_the_version_already_in_force_is_not_adopted_again() -> None:
    school = free_school()
    adopt(school)
    assert refused(school, SHANSHU, "09-10").code == "ALREADY_ADOPTED"


def test_a_pack_is_not_adopted_before_it_is_in_force() -> None:
    school = free_school()
    refusal = refused(school, "fujian/jianning-2024", "2024-12-08")
    assert refusal.code == "NOT_YET_IN_FORCE"
    assert "自 2024-12-09 起施行" in refusal.zh


def test_a_pack_is_not_put_underneath_cases_that_have_begun_since() -> None:
    school = a_school(4)
    school.calls("09-08 A", "09-09 .A")
    refusal = refused(school, TOWNSHIP_PACK, "09-08", when=at("09-10 09:00"))
    assert refusal.code == "CASES_SINCE"
    assert "2025-09-08 以来已有 2 个个案按原制度立案" in refusal.zh
    assert "请从 2025-09-11 或之后起采用" in refusal.zh


def test_a_day_gone_by_on_which_no_case_has_begun_since_is_accepted() -> None:
    school = a_school(4)
    school.calls("09-08 A")
    assert adopt(school, TOWNSHIP_PACK, "09-09", when=at("09-10 09:00")).pk


# Packs.


def test_an_unknown_pack_is_refused_with_those_there_are() -> None:
    refusal = refused(free_school(), "county/none")
    assert refusal.code == "PACK_REFUSED"
    assert "没有这个制度包；现有：" in refusal.zh


def test_a_pack_laxer_than_the_law_is_refused(ship: Ship) -> None:
    lax = rule(EVERY_DAY, more=f'refines = "{NATIONAL}#dropout-registered-and-persuaded"')
    ship("county/lax", lax, extends=NATIONAL)
    refusal = refused(free_school(), "county/lax")
    assert refusal.code == "PACK_REFUSED"
    assert "比法定底线" in refusal.zh


def test_a_county_may_not_raise_a_floor_above_what_its_schools_adopted(ship: Ship) -> None:
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, id="told"))
    ship("school/a", rule(EVERY_DAY, obliges=SLOWER, more='refines = "county/a#told"'), extends="county/a")
    adopt(school, "county/a", place=school.county)
    adopt(school, "school/a")
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, id="told", more="floor = true"))
    refusal = refused(school, "county/a", "09-10", place=school.county)
    assert refusal.code == "BELOW_FLOOR"
    assert "比法定底线 county/a#told 宽" in refusal.zh


# A new release of the product.


def test_a_new_release_changes_nothing_until_the_place_adopts_it(ship: Ship) -> None:
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT))
    old = adopt(school, "county/a")
    ship("county/a", rule(EVERY_DAY, obliges=VISIT))
    school.calls("09-08 A")
    assert [(o.act, o.pack_version) for o in ours(school)] == [(Act.REPORT, old.pack_version)]
    new = adopt(school, "county/a", "09-09", when=at("09-08 18:00"))
    school.calls("09-09 .A")
    assert [(o.act, o.pack_version) for o in ours(school, 1)] == [(Act.HOME_VISIT, new.pack_version)]


def test_the_texts_adopted_outlive_the_release_they_came_with(ship: Ship) -> None:
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT))
    version = adopt(school, "county/a").pack_version
    ship("county/a", rule(EVERY_DAY, obliges=VISIT))
    assert "report" in PackText.objects.get(pk=version).text
    assert packs_at(school.place).layers[0][0].rule("rule").obliges[0].act is Act.REPORT


# Cases.


def with_an_open_case(ship: Ship) -> School:
    """The first pupil's case began under a report within the hour; from the 9th the day's end will do."""
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, more=AT_RISK))
    adopt(school, "county/a")
    school.calls("09-08 A")
    ship("county/a", rule(EVERY_DAY, obliges=SLOWER, more=AT_RISK))
    adopt(school, "county/a", "09-09", when=at("09-08 18:00"))
    school.calls("09-09 AA")
    return school


def ours(school: School, pupil: int | None = None) -> list[Obligation]:
    """What is owed by the packs of the test; the law asks for more."""
    return [o for o in school.owed(pupil) if o.pack_id != NATIONAL]


def dues(school: School, pupil: int) -> list[str]:
    return [f"{o.due_at.astimezone(TERM.tzinfo):%m-%d %H:%M}" for o in ours(school, pupil) if o.due_at]


def rebase(school: School, moment: str = "09-09 12:00", **more: object) -> list[policies.CaseEffect]:
    given: dict[str, object] = {"by": school.bureau, "reason": "县局统一要求", **more}
    given.setdefault("cases", list(Case.objects.all()))
    return policies.rebase(at=at(moment), **given)  # type: ignore[arg-type]


def test_an_open_case_keeps_the_version_it_began_with(ship: Ship) -> None:
    school = with_an_open_case(ship)
    assert dues(school, 0) == ["09-08 09:05", "09-09 09:05"]
    assert dues(school, 1) == ["09-09 23:59"]


def test_the_case_that_keeps_an_older_version_is_listed(ship: Ship) -> None:
    school = with_an_open_case(ship)
    found = policies.held_cases(school.place, at=at("09-09 12:00"))
    assert [case.child for case in found] == [school.pupils[0]]


def test_a_case_keeps_its_version_however_often_it_is_looked_at(ship: Ship) -> None:
    school = with_an_open_case(ship)
    school.calls("09-10 A", "09-11", "09-12 A")
    assert dues(school, 0) == ["09-08 09:05", "09-09 09:05", "09-10 09:05", "09-12 09:05"]


def test_what_re_basing_would_change_is_listed_and_nothing_written(ship: Ship) -> None:
    school = with_an_open_case(ship)
    before = list(Obligation.objects.order_by("key").values())
    (effect,) = policies.would_rebase(list(Case.objects.all()), at=at("09-09 12:00"))
    assert [(m.was.due_at, m.now.due_at) for m in effect.moved] == [(at("09-09 09:05"), at("09-09 23:59"))]
    assert (effect.child, effect.lost, effect.gained) == (school.pupils[0].pk, (), ())
    assert list(Obligation.objects.order_by("key").values()) == before


def test_re_basing_moves_what_arose_since_the_adoption_and_nothing_before(ship: Ship) -> None:
    school = with_an_open_case(ship)
    rebase(school)
    assert dues(school, 0) == ["09-08 09:05", "09-09 23:59"]
    new = PackAdopted.objects.latest("from_day").pack_version
    assert [o.pack_version == new for o in ours(school, 0)] == [False, True]


def test_late_stays_late_when_a_case_is_re_based(ship: Ship) -> None:
    school = with_an_open_case(ship)
    school.calls("09-10 A")  # by now the report of the 9th is overdue
    rebase(school, "09-10 12:00")
    assert [(o.occasion, o.late) for o in ours(school, 0)][1] == ("2025-09-09/MORNING", True)


def test_re_basing_is_listed_in_the_journal_and_in_the_case(ship: Ship) -> None:
    school = with_an_open_case(ship)
    (effect,) = rebase(school)
    entry = JournalEntry.objects.get(act="REBASE")
    assert (entry.by, entry.reason) == (school.bureau, "县局统一要求")
    assert entry.body["cases"] == [effect.as_json()]
    assert effect.was != effect.now
    step = CaseChange.objects.filter(case__child=school.pupils[0]).latest("pk")
    assert (step.stage_before, step.stage, step.note) == (
        "AT_RISK",
        "AT_RISK",
        "个案改按现行制度办理：县局统一要求",
    )


def test_what_the_new_pack_does_not_ask_for_is_withdrawn_with_the_reason(ship: Ship) -> None:
    school = with_an_open_case(ship)
    ship("county/b", rule(EVERY_DAY, obliges=VISIT, more=AT_RISK))
    adopt(school, "county/b", "09-10", when=at("09-09 18:00"))
    school.calls("09-10 A")
    (effect,) = rebase(school, "09-10 12:00", cases=[Case.objects.get(child=school.pupils[0])])
    assert ([o.act for o in effect.lost], [o.act for o in effect.gained]) == ([Act.REPORT], [Act.HOME_VISIT])
    lost = Obligation.objects.get(key=effect.lost[0].key)
    assert (lost.state, lost.withdrawn_why) == ("WITHDRAWN", "个案改按现行制度办理：县局统一要求")


def test_what_was_done_stays_done(ship: Ship) -> None:
    school = with_an_open_case(ship)
    moment = at("09-09 08:30")
    second = ours(school, 0)[1]
    casework.fulfil(by=school.teacher, obligation=second, happened_at=moment, at=moment)
    ship("county/b", rule(EVERY_DAY, obliges=VISIT, more=AT_RISK))
    adopt(school, "county/b", "09-10", when=at("09-09 18:00"))
    school.calls("09-10 A")
    rebase(school, "09-10 12:00")
    assert Obligation.objects.get(key=second.key).state == "MET"


def test_a_re_based_case_keeps_what_it_was_re_based_on(ship: Ship) -> None:
    school = with_an_open_case(ship)
    rebase(school)
    ship("county/a", rule(EVERY_DAY, obliges=REPORT.replace("1 hour", "2 hours"), more=AT_RISK))
    adopt(school, "county/a", "09-10", when=at("09-09 18:00"))
    school.calls("09-10 A")
    assert dues(school, 0) == ["09-08 09:05", "09-09 23:59", "09-10 23:59"]


def test_a_case_is_re_based_once(ship: Ship) -> None:
    school = with_an_open_case(ship)
    rebase(school)
    with pytest.raises(Refusal) as caught:
        rebase(school, "09-09 13:00")
    assert caught.value.code == "NOTHING_TO_REBASE"


def test_re_basing_asks_for_a_reason_and_a_post(ship: Ship) -> None:
    school = with_an_open_case(ship)
    codes = []
    for wrong in ({"reason": " "}, {"by": school.teacher}, {"by": school.office}):
        with pytest.raises(Refusal) as caught:
            rebase(school, **wrong)
        codes.append(caught.value.code)
    assert codes == ["NO_REASON", "MAY_NOT_REBASE", "MAY_NOT_REBASE"]
    assert not JournalEntry.objects.filter(act="REBASE").exists()


def test_a_closed_case_is_judged_as_it_was_and_the_next_one_by_the_new_version(ship: Ship) -> None:
    closing = (
        '[[closing]]\nkind = "STABLE_RETURN"\npresent_school_days = 2\nclause = ["C1"]\nreading = "读"\n'
    )
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, more=AT_RISK), closing)
    adopt(school, "county/a")
    school.calls("09-08 A")
    ship("county/a", rule(EVERY_DAY, obliges=SLOWER, more=AT_RISK), closing)
    adopt(school, "county/a", "09-09", when=at("09-08 18:00"))
    school.calls("09-09 A", "09-10", "09-11")
    moment = at("09-11 17:00")
    asked = closing_acts.ask_close_out(by=school.office, case=Case.objects.get(), at=moment)
    closing_acts.review_close_out(by=school.principal, asked=asked, decision=Decision.AGREED, at=moment)
    school.calls("09-12", "09-15 A")
    assert dues(school, 0) == ["09-08 09:05", "09-09 09:05", "09-15 23:59"]
    assert [o.state for o in ours(school, 0)][:2] == ["OVERDUE", "OVERDUE"]


# Before adopting.


def test_a_preview_shows_what_would_be_lost_and_gained_for_an_open_case(ship: Ship) -> None:
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, more=AT_RISK))
    ship("county/b", rule(EVERY_DAY, obliges=VISIT, more=AT_RISK))
    adopt(school, "county/a")
    school.calls("09-08 A", "09-09 A")
    found = policies.preview(school.place, "county/b", day("09-10"), at=at("09-09 18:00"))
    (effect,) = found.cases
    assert [f"{o.act} {o.arose_at:%m-%d}" for o in effect.lost] == ["REPORT 09-08", "REPORT 09-09"]
    assert [f"{o.act} {o.arose_at:%m-%d}" for o in effect.gained] == ["HOME_VISIT 09-08", "HOME_VISIT 09-09"]
    assert (effect.number, effect.moved) == (Case.objects.get().number, ())


def test_a_preview_shows_the_same_duty_at_another_moment_as_moved(ship: Ship) -> None:
    school = free_school()
    ship("county/a", rule(EVERY_DAY, obliges=REPORT, more=AT_RISK))
    adopt(school, "county/a")
    school.calls("09-08 A")
    ship("county/a", rule(EVERY_DAY, obliges=SLOWER, more=AT_RISK))
    found = policies.preview(school.place, "county/a", day("09-10"), at=at("09-08 18:00"))
    ((moved,),) = [effect.moved for effect in found.cases]
    assert (moved.was.due_at, moved.now.due_at) == (at("09-08 09:05"), at("09-08 23:59"))


def test_a_preview_counts_what_last_term_would_have_asked_of_each_post_a_week(ship: Ship) -> None:
    school = free_school()
    twice = rule(EVERY_DAY, obliges=f"{VISIT}, {REPORT}")
    ship("county/b", twice, rule('roll_call = "MORNING"', obliges=CALLED, id="called"))
    school.calls("09-01 A", "09-08 A", "09-09 A.A", "09-10", "09-15 .A")
    found = policies.preview(school.place, "county/b", day("2026-02-25"), at=at("2026-02-10 09:00"))
    assert (found.term.first_day, len(found.weeks)) == (date(2025, 9, 1), len(found.loads[0].now))
    asked = {load.post: (load.now[:4], load.then[:4]) for load in found.loads}
    assert asked[Post.SCHOOL_OFFICE] == ((0, 0, 0, 0), (1, 3, 1, 0))
    assert asked[Post.CLASS_TEACHER] == ((1, 3, 1, 0), (2, 6, 2, 0))
    # Sunday 28 September 2025 makes up for the holiday that follows.
    assert asked[Post.ROLL_CALL_TAKER] == ((0, 0, 0, 0), (5, 5, 5, 6))


def test_what_a_preview_counts_is_what_the_pack_then_brings(ship: Ship) -> None:
    calls = ("09-01 A", "09-02 A", "09-03 A", "09-08 .AA", "09-09 .A", "09-10", "09-11 L.A")
    before, after = free_school(), a_school(4, pack="", county="邻县", name="石桥完小")
    adopt(after, SHANSHU)
    for school in (before, after):
        school.calls(*calls)
    found = policies.preview(before.place, SHANSHU, day("09-15"), at=at("09-12 18:00"))
    brought = Counter(
        Obligation.objects.filter(place=after.place, child__isnull=False).values_list("who", flat=True)
    )
    counted = {load.post: sum(load.then) for load in found.loads}
    assert brought[Post.SCHOOL_OFFICE] > 2
    for post in (Post.SCHOOL_OFFICE, Post.CLASS_TEACHER):
        assert counted.get(post, 0) == brought[post]


def test_a_preview_of_a_county_looks_at_all_its_schools_and_leaves_others_alone() -> None:
    school = free_school(3)
    a_school(2, pack="", name="石桥完小")
    a_school(5, pack="", county="邻县", name="东山完小")
    school.calls("09-08 A")
    said: list[tuple[int, int]] = []
    found = policies.preview(
        school.county,
        TOWNSHIP_PACK,
        day("09-15"),
        at=at("09-10 18:00"),
        progress=lambda done, of: said.append((done, of)),
    )
    assert (found.children, said[-1]) == (5, (5, 5))


def test_a_preview_writes_nothing() -> None:
    school = a_school()
    school.calls("09-08 A")
    tables = (AttendanceMark, CaseChange, JournalEntry, Obligation, PackAdopted, PackText)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    policies.preview(school.place, TOWNSHIP_PACK, day("09-10"), at=at("09-09 18:00"))
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_a_preview_is_refused_where_adopting_would_be() -> None:
    with pytest.raises(Refusal) as caught:
        policies.preview(a_school().place, TOWNSHIP_PACK, day("09-01"), at=TERM)
    assert caught.value.code == "ADOPTIONS_OVERLAP"
