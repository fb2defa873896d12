"""Reports up the chain: drawn up from the records, checked in their order, signed, accepted or returned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest
from builders import at
from builders_db import School, a_person, a_pupil, a_school
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.core.figure_terms import Tally
from notoneless.core.policy.library import load
from notoneless.core.policy.report_rules import ReportRule
from notoneless.core.report_terms import OnTime, ReportKind, ReportStep
from notoneless.core.terms import Act, ObligationState, Post
from notoneless.records.models import (
    Case,
    CaseChange,
    Enrolment,
    JournalEntry,
    Obligation,
    Outbox,
    Person,
    PostHeld,
    ReportDrawn,
    ReportStepTaken,
)
from notoneless.records.owing import Owing
from notoneless.services.counting import Asked, lines
from notoneless.services.date_duties import open_date_duties
from notoneless.services.refusals import Refusal
from notoneless.services.reports import rules as report_rules
from notoneless.services.reports.chain import give_back, take_step, the_report
from notoneless.services.reports.changes import changed, then_and_now
from notoneless.services.reports.drawing import draw_up
from notoneless.services.reports.rows import counts_in, packed, rows_in, unpacked
from notoneless.services.reports.silence import expected, tell_overdue, timeliness
from notoneless.services.reports.standing import standing_of

pytestmark = pytest.mark.django_db

LAST, NOW = date(2025, 9, 30), "2025-09-30 16:00"
S = ReportStep


@dataclass
class Chain:
    """A school under the national notice, with everybody who takes a step of its monthly report."""

    school: School
    drawer: Person
    vice: Person

    def draw(self, moment: str = NOW, **more: object) -> ReportDrawn:
        """The monthly report drawn up by the enrolment officer."""
        asked = {"place": self.school.place, "kind": ReportKind.MONTHLY, "day": LAST} | more
        by = asked.pop("by", self.drawer)
        return draw_up(by=by, at=at(moment), **asked)  # type: ignore[arg-type]

    def step(
        self, report: ReportDrawn, step: ReportStep, moment: str = NOW, **more: object
    ) -> ReportStepTaken:
        """The step, by whom the notice names unless another is named."""
        people = {S.CHECKED: self.school.teacher, S.REVIEWED: self.vice}
        people |= {S.SIGNED: self.school.principal, S.ACCEPTED: self.school.bureau}
        given = {"by": people[step], "digest": report.digest} | more
        if step is S.CHECKED:
            given.setdefault("class_group", self.school.class_group)
        return take_step(report=report, step=step, at=at(moment), **given)  # type: ignore[arg-type]

    def until(self, last: ReportStep, report: ReportDrawn | None = None, moment: str = NOW) -> ReportDrawn:
        """A report taken as far as this step."""
        report = report or self.draw(moment)
        for each in (S.CHECKED, S.REVIEWED, S.SIGNED, S.ACCEPTED):
            self.step(report, each, moment)
            if each is last:
                return the_report(report)
        return the_report(report)


@pytest.fixture
def chain() -> Chain:
    return a_chain()


def a_chain(name: str = "云岭完小", pupils: int = 3) -> Chain:
    school = a_school(pupils, pack="", name=name)
    drawer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    vice = a_person("副校长", Post.VICE_PRINCIPAL, school.place)
    school.calls("09-29", "09-30")
    return Chain(school, drawer, vice)


def code_of(act: object, *args: object, **more: object) -> str:
    """The code of the refusal that an act meets; "" when it is done."""
    try:
        act(*args, **more)  # type: ignore[operator]
    except Refusal as refusal:
        return refusal.code
    return ""


def test_every_number_is_the_count_of_its_frozen_rows_and_of_the_list_behind_it(chain: Chain) -> None:
    report = chain.draw()
    asked = Asked(chain.school.place, report.first, report.last, report.at)
    rows, counts = rows_in(report), counts_in(report)
    assert counts[Tally.CLOSING] == {chain.school.class_group.pk: 3}
    for tally, units in counts.items():
        assert {u: len(ids) for u, ids in rows[tally].items()} == units
        assert {line.child for line in lines(asked, tally)} == {
            c for ids in rows[tally].values() for c in ids
        }


def test_rows_packed_are_the_same_rows_again() -> None:
    rows = {Tally.CLOSING: {3: frozenset(UUID(int=n) for n in range(40)), 0: frozenset({UUID(int=99)})}}
    assert unpacked(packed({**rows, Tally.DIED: {}})) == {**rows, Tally.DIED: {}}


def test_a_report_goes_up_its_chain_and_the_county_accepts_it(chain: Chain) -> None:
    report = chain.until(S.ACCEPTED)
    assert standing_of(report) is S.ACCEPTED
    assert [s.step for s in report.steps.order_by("at", "pk")].count(S.SIGNED) == 1
    assert {s.digest for s in report.steps.all()} == {report.digest}
    assert JournalEntry.objects.filter(act="REPORT_STEP").count() == 4


def test_the_same_key_gives_the_same_report_and_the_same_step(chain: Chain) -> None:
    report = chain.draw(key="k")
    assert chain.draw(key="k") == report
    step = chain.step(report, S.CHECKED, key="s")
    assert chain.step(report, S.CHECKED, key="s") == step
    assert code_of(chain.step, report, S.REVIEWED, key="s") == "KEY_USED"
    assert code_of(chain.draw, key="k", day=date(2025, 8, 31)) == "KEY_USED"


@pytest.mark.parametrize(
    ("code", "moment", "more"),
    [
        ("IN_FUTURE", NOW, {"day": date(2025, 11, 3)}),
        ("NOT_OVER", "2025-09-20 09:00", {}),
        ("NOT_OWED", NOW, {"kind": ReportKind.QUARTERLY}),
    ],
)
def test_what_cannot_be_drawn_up_yet_is_refused_and_nothing_is_kept(
    chain: Chain, code: str, moment: str, more: dict[str, object]
) -> None:
    assert code_of(chain.draw, moment, **more) == code
    assert not ReportDrawn.objects.exists()


def test_somebody_without_the_post_draws_and_signs_nothing(chain: Chain) -> None:
    stranger = Person.objects.create(name="路人")
    assert code_of(chain.draw, by=stranger) == "MAY_NOT_DRAW_UP_REPORT"
    assert code_of(chain.draw, by=chain.school.principal) == "NOT_YOUR_STEP"
    report = chain.until(S.REVIEWED)
    assert code_of(chain.step, report, S.SIGNED, by=stranger) == "MAY_NOT_SIGN_REPORT"
    assert code_of(chain.step, report, S.SIGNED, by=chain.school.bureau) == "NOT_YOUR_STEP"
    assert standing_of(the_report(report)) is S.REVIEWED


def test_a_post_that_nobody_holds_is_stood_in_for_and_said(chain: Chain) -> None:
    PostHeld.objects.filter(person=chain.vice).delete()
    report = chain.until(S.CHECKED)
    step = chain.step(report, S.REVIEWED, by=chain.school.principal, comment="看过")
    assert report.note == ""
    assert step.comment == "分管副校长无人任岗，由校长代办。看过"
    assert chain.step(report, S.SIGNED).step is S.SIGNED


def test_a_drawer_that_is_not_there_is_stood_in_for_by_the_office_and_said(chain: Chain) -> None:
    PostHeld.objects.filter(person=chain.drawer).delete()
    assert chain.draw(by=chain.school.office).note == "学籍管理员无人任岗，由教导处代编。"


def test_nobody_takes_two_posts_steps_while_another_holds_the_post(chain: Chain) -> None:
    both = chain.drawer
    PostHeld.objects.create(
        person=both, post=Post.VICE_PRINCIPAL, place=chain.school.place, held_from=date(2025, 9, 1)
    )
    report = chain.until(S.CHECKED)
    assert code_of(chain.step, report, S.REVIEWED, by=both) == "TWO_STEPS"
    PostHeld.objects.filter(person=chain.vice).delete()
    assert chain.step(report, S.REVIEWED, by=both).post is Post.VICE_PRINCIPAL


def test_a_report_whose_rows_have_changed_is_drawn_up_anew_and_nothing_is_lost(chain: Chain) -> None:
    report = chain.until(S.CHECKED)
    late = a_pupil("迟小登", chain.school.class_group, date(2025, 9, 15))
    Enrolment.objects.filter(child=late).update(recorded_at=at("2025-09-30 17:00"))
    assert code_of(chain.step, report, S.REVIEWED, "2025-09-30 18:00") == "ROWS_CHANGED"
    found = {each.tally for each in changed(the_report(report), at("2025-09-30 18:00")).rows}
    assert Tally.CLOSING in found
    again = chain.draw("2025-09-30 18:00")
    assert again.replaces == report
    assert standing_of(the_report(report)) is S.REPLACED
    assert chain.until(S.SIGNED, again, "2025-09-30 18:05").counts["CLOSING"] == {
        str(chain.school.class_group.pk): 4
    }
    assert ReportStepTaken.objects.filter(report=report).count() == 1


def test_then_and_now_sum_exactly_over_the_events_between(chain: Chain) -> None:
    report = chain.draw()
    late = a_pupil("迟小登", chain.school.class_group, date(2025, 9, 15))
    Enrolment.objects.filter(child=late).update(recorded_at=at("2025-09-30 17:00"))
    found = then_and_now(the_report(report), at("2025-10-02 09:00"))
    assert (found[Tally.CLOSING].before, found[Tally.CLOSING].now) == (3, 4)
    assert all(each.before + sum(m.sign for m in each.moved) == each.now for each in found.values())


def test_a_returned_report_is_never_edited_but_drawn_up_anew(chain: Chain) -> None:
    report = chain.until(S.SIGNED)
    assert code_of(chain.draw) == "ALREADY_SENT"
    no_comment = {"by": chain.school.bureau, "report": report, "digest": report.digest, "at": at(NOW)}
    assert code_of(give_back, **no_comment, comment=" ") == "NO_COMMENT"
    give_back(**no_comment, comment="班级数不对")
    assert code_of(chain.step, report, S.ACCEPTED) == "OVER"
    again = chain.draw("2025-10-01 09:00")
    assert (again.replaces, standing_of(the_report(again))) == (report, S.DRAWN)
    assert code_of(chain.draw, "2025-10-01 09:05") == "ALREADY_DRAWN"


def test_a_page_that_shows_another_report_signs_nothing(chain: Chain) -> None:
    report = chain.until(S.REVIEWED)
    assert code_of(chain.step, report, S.SIGNED, digest="0" * 64) == "OTHER_DIGEST"


def test_a_nil_report_is_impossible_while_a_roll_call_is_missing_or_a_child_is_gone(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        chain.draw(nil=True)
    assert no.value.code == "NOT_NIL"
    assert "次点名没有补上" in no.value.zh
    for day in range(1, 31):
        if date(2025, 9, day).weekday() < 5 and day not in (29, 30):
            chain.school.roll_call(moment=f"2025-09-{day:02d} 08:05")
    chain.school.roll_call(moment="2025-09-28 08:05")  # a make-up day
    report = chain.draw(nil=True)
    assert report.nil
    case = Case.objects.create(child=chain.school.pupils[0], stage="SUSPECTED_DROPOUT", opened_at=at(NOW))
    CaseChange.objects.create(
        case=case, at=at("2025-09-30 10:00"), recorded_at=at(NOW), stage_before="ATTENDING",
        stage="SUSPECTED_DROPOUT",
    )  # fmt: skip
    later = "2025-09-30 17:00"
    assert code_of(chain.step, report, S.CHECKED, later) in ("ROWS_CHANGED", "NOT_NIL")
    assert code_of(chain.draw, later, nil=True) == "NOT_NIL"


def test_a_signed_report_is_what_the_dated_duty_asks_for(chain: Chain) -> None:
    open_date_duties(now=at("2025-09-29 09:00"))
    duty = Obligation.objects.get(place=chain.school.place, act=Act.DRAW_UP, occasion="2025-09-01")
    chain.until(S.SIGNED)
    duty.refresh_from_db()
    assert duty.state is ObligationState.MET


def test_silence_becomes_overdue_and_is_told_once_a_day_without_names(chain: Chain) -> None:
    place, now = chain.school.place, at("2025-10-09 09:00")
    september = [e for e in expected(place, now) if e.span.last == LAST and e.rule.kind is ReportKind.MONTHLY]
    assert [each.on_time for each in september] == [OnTime.MISSING]
    assert tell_overdue(now=now) >= 1
    tell_overdue(now=now)
    told = Outbox.objects.filter(kind="REPORT", body__place=place.pk)
    assert [sorted(row.body["posts"]) for row in told] == [["ENROLMENT_OFFICER", "PRINCIPAL"]]


def test_late_stays_late_and_is_counted_per_level(chain: Chain) -> None:
    other = a_chain("石门完小")
    other.until(S.SIGNED)
    chain.until(S.SIGNED, moment="2025-10-09 10:00")
    found = timeliness(chain.school.county, at("2025-10-10 09:00"), ReportKind.MONTHLY)
    counts = next(each.counts for each in found if each.span.last == LAST and each.level == "school")
    assert (counts[OnTime.ON_TIME], counts[OnTime.LATE], counts[OnTime.MISSING]) == (1, 1, 0)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_order_of_calls_by_wrong_people_signs_a_report(chain: Chain, data: st.DataObject) -> None:
    with transaction.atomic():
        _try_any_order(chain, data)
        transaction.set_rollback(True)


def _try_any_order(chain: Chain, data: st.DataObject) -> None:
    report = chain.draw()
    school = chain.school
    people = [chain.drawer, chain.vice, school.teacher, school.office, school.principal, school.bureau]
    right = {S.CHECKED: school.teacher, S.REVIEWED: chain.vice, S.SIGNED: school.principal}
    right[S.ACCEPTED] = school.bureau
    order = [S.CHECKED, S.REVIEWED, S.SIGNED, S.ACCEPTED]
    done = 0
    for _ in range(8):
        step = data.draw(st.sampled_from(order))
        by = data.draw(st.sampled_from(people))
        fits = done < 4 and step is order[done] and by == right[step]
        assert (code_of(chain.step, report, step, by=by) == "") == fits
        done += fits
    assert standing_of(the_report(report)) is ([S.DRAWN, *order][done])


class TestSums:
    """A township's and a county's report are the sums of the accepted ones below."""

    @pytest.fixture
    def rules(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As under a policy by which townships and the county send a monthly report too."""
        known = report_rules._rules

        def more(owing: Owing, on: date) -> dict[ReportKind, ReportRule]:
            found = dict(known(owing, on))
            if owing.level in ("township", "county"):
                post = Post.TOWNSHIP if owing.level == "township" else Post.COUNTY_BUREAU
                to = Post.COUNTY_BUREAU if owing.level == "township" else None
                school = next(iter(load("national/2024-15").reports))
                asked = {"level": owing.level, "drawer": post, "checks": (), "signer": post, "to": to}
                found[ReportKind.MONTHLY] = replace(school, **asked)  # type: ignore[arg-type]
            return found

        monkeypatch.setattr(report_rules, "_rules", more)

    @pytest.mark.usefixtures("rules")
    def test_a_sum_is_of_the_accepted_reports_and_names_the_missing(self, chain: Chain) -> None:
        other = a_chain("石门完小", pupils=2)
        chain.until(S.ACCEPTED)
        town = a_person("镇里", Post.TOWNSHIP, chain.school.township)
        drawn = draw_up(
            by=town, place=chain.school.township, kind=ReportKind.MONTHLY, day=LAST, at=at("2025-09-30 17:00")
        )
        assert counts_in(drawn)[Tally.CLOSING] == {chain.school.place.pk: 3}
        assert drawn.absent_parts == []
        take_step(report=drawn, step=S.SIGNED, by=town, digest=drawn.digest, at=at("2025-09-30 17:05"))
        bureau = chain.school.bureau
        take_step(report=drawn, step=S.ACCEPTED, by=bureau, digest=drawn.digest, at=at("2025-09-30 17:06"))
        county = {"by": bureau, "place": chain.school.county, "kind": ReportKind.MONTHLY, "day": LAST}
        whole = draw_up(**county, at=at("2025-09-30 18:00"))  # type: ignore[arg-type]
        assert counts_in(whole)[Tally.CLOSING] == {chain.school.township.pk: 3}
        assert whole.absent_parts == [other.school.township.pk]
        assert whole.parts == [str(drawn.pk)]

    @pytest.mark.usefixtures("rules")
    def test_a_sum_whose_part_came_in_since_is_drawn_up_anew(self, chain: Chain) -> None:
        town = a_person("镇里", Post.TOWNSHIP, chain.school.township)
        asked = {"by": town, "place": chain.school.township, "kind": ReportKind.MONTHLY, "day": LAST}
        empty = draw_up(**asked, at=at("2025-09-30 15:00"))  # type: ignore[arg-type]
        assert empty.absent_parts == [chain.school.place.pk]
        assert code_of(draw_up, **asked, at=at(NOW), nil=True) == "ALREADY_DRAWN"
        chain.until(S.ACCEPTED)
        step = {"report": empty, "step": S.SIGNED, "by": town, "digest": empty.digest}
        assert code_of(take_step, **step, at=at("2025-09-30 17:00")) == "ROWS_CHANGED"
        again = draw_up(**asked, at=at("2025-09-30 17:00"))  # type: ignore[arg-type]
        assert (again.replaces, again.absent_parts) == (empty, [])
