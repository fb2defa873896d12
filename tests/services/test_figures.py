"""Figures from records: exclusions child by child, bounds where they are measured, numbers from paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from builders_db import School, a_class, a_pupil, a_school, at

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.policy.report_rules import ALL_GRADES, ExclusionRule, TargetRule
from notoneless.core.terms import HouseholdRegister
from notoneless.records.models import Child, ClassGroup, CountGiven, Enrolment, JournalEntry, OnRoll
from notoneless.services.counting import Asked, lines
from notoneless.services.counts_given import give_count
from notoneless.services.figures import Rules, asked_of, asked_on, by_class, by_grade, value
from notoneless.services.figures_known import then_and_now
from notoneless.services.figures_out import bound
from notoneless.services.refusals import Refusal

NOW = at("2025-11-20 08:00")


@pytest.fixture
def school(db: None) -> School:
    """Four pupils on roll, and a second class of grade 4 with two."""
    made = a_school()
    other = a_class(made.place, "四年级1班")
    ClassGroup.objects.filter(pk=other.pk).update(grade=4)
    made.pupils += [a_pupil(f"寅{n}", other) for n in (1, 2)]
    for child in made.pupils:
        OnRoll.objects.create(child=child, school=made.place, from_day=date(2025, 9, 1))
    return made


def on(school: School, day: str = "2025-11-20") -> Asked:
    return asked_on(school.place, date.fromisoformat(day), NOW)


def leaves(child: Child, day: str, learned: str) -> None:
    Enrolment.objects.filter(child=child).update(until=day, end_recorded_at=at(learned))


def target(figure: Figure, per: str, grades: frozenset[int] = ALL_GRADES, **bounds: str) -> TargetRule:
    limits = {name: Decimal(bounds[name]) if name in bounds else None for name in ("at_most", "at_least")}
    return TargetRule(
        figure,
        limits["at_most"],
        limits["at_least"],
        grades,
        per,
        ("C001",),
        "一",
        "",
        "",
        below="below" in bounds,
    )


def test_a_child_on_two_lists_that_are_left_out_is_left_out_once(school: School) -> None:
    leaves(school.pupils[0], "2025-10-08", "2025-10-08 08:00")
    leaves(school.pupils[1], "2025-10-08", "2025-10-08 08:00")
    Child.objects.filter(pk=school.pupils[0].pk).update(household=HouseholdRegister.ELSEWHERE_HERE)
    plain = value(Figure.LOSS_R21, on(school), Rules((), (_leaves_out(),)))
    assert (plain.above, plain.below) == (2, 6)
    both = _leaves_out(Tally.REGISTERED_ELSEWHERE, Tally.EVER_LOST)
    found = value(Figure.LOSS_R21, on(school), Rules((), (both,)))
    assert (found.above, found.below) == (0, 4)
    own = value(Figure.LOSS_R21, on(school), Rules())
    assert (own.above, own.below, own.share) == (1, 5, Decimal("20.00"))


def _leaves_out(*tallies: Tally) -> ExclusionRule:
    return ExclusionRule(Figure.LOSS_R21, frozenset(tallies), ("C001",), "一", "", "")


def test_grades_sum_to_the_school_even_with_children_in_no_class(school: School) -> None:
    leaves(school.pupils[0], "2025-10-08", "2025-10-08 08:00")
    whole = value(Figure.DROP_STOCK, on(school), Rules())
    grades = by_grade(Figure.DROP_STOCK, on(school), Rules())
    assert whole.below == 6 == sum(each.below for each in grades)
    assert {next(iter(each.unit.grades)): each.below for each in grades} == {3: 4, 4: 2}


def test_whoever_leaves_on_the_second_day_was_there_at_first(school: School) -> None:
    leaves(school.pupils[0], "2025-09-02", "2025-09-03 08:00")
    found = value(Figure.DENOM_FIX, on(school), Rules())
    assert (found.above, found.below) == (5, 6)


def test_a_bound_is_held_against_the_grades_that_it_names(school: School) -> None:
    leaves(school.pupils[4], "2025-10-08", "2025-10-08 08:00")
    rules = Rules(
        (
            target(Figure.DENOM_FIX, "school", frozenset({4}), at_least="100"),
            target(Figure.DENOM_FIX, "school", frozenset({3}), at_least="100"),
            target(Figure.DENOM_FIX, "township", at_least="100"),
            target(Figure.DENOM_FIX, "school", frozenset({7, 8, 9}), at_least="100"),
        )
    )
    found = value(Figure.DENOM_FIX, on(school), rules).targets
    assert [(each.actual.share, each.met) for each in found] == [(Decimal(50), False), (Decimal(100), True)]


def test_a_bound_for_classes_is_held_against_each_class(school: School) -> None:
    leaves(school.pupils[4], "2025-10-08", "2025-10-08 08:00")
    rules = Rules((target(Figure.DENOM_FIX, "class", at_least="100"),))
    classes = by_class(Figure.DENOM_FIX, on(school), rules)
    assert [
        (each.unit.class_group.grade, each.targets[0].met) for each in classes if each.unit.class_group
    ] == [
        (3, True),
        (4, False),
    ]


def test_without_a_share_a_bound_is_neither_met_nor_missed(school: School) -> None:
    rules = Rules((target(Figure.RETURN, "school", at_least="80"),))
    (only,) = value(Figure.RETURN, on(school), rules).targets
    assert only.met is None


def test_a_bound_says_whether_its_end_belongs_to_it() -> None:
    assert bound(target(Figure.LOSS_R21, "school", at_most="2")) == "≤ 2 %"
    assert (
        bound(target(Figure.LOSS_R21, "grade", frozenset({7}), at_most="1.50", below=""))
        == "< 1.5 %（7年级）"
    )


@pytest.mark.parametrize("first", [("2025-10-08", "2025-10-09 08:00"), ("2025-10-08", "2025-11-10 08:00")])
def test_then_and_now_sum_exactly_list_by_list(school: School, first: tuple[str, str]) -> None:
    leaves(school.pupils[0], *first)
    leaves(school.pupils[1], "2025-10-09", "2025-11-12 08:00")
    asked = asked_on(school.place, date(2025, 10, 20), at("2025-10-21 08:00"))
    found = then_and_now(Figure.DENOM_FIX, asked, NOW, Rules())
    for each in (*found.above, *found.below):
        assert each.before + sum(moved.sign for moved in each.moved) == each.now
        assert each.now == len(lines(asked_of(asked, each.tally)._replace(known_at=NOW), each.tally))
        assert all(moved.events for moved in each.moved)
    assert found.moved == (1 if first[1].startswith("2025-10-09") else 2)


def give(school: School, number: int, moment: str, **more: object) -> CountGiven:
    values = {"tally": Tally.BASELINE, "school_year": 2025, "grade": None, "source": "基层报表"} | more
    return give_count(by=school.principal, place=school.place, number=number, at=at(moment), **values)  # type: ignore[arg-type]


def test_a_typed_number_is_superseded_and_never_changed(school: School) -> None:
    first = give(school, 40, "2025-11-01 08:00")
    again = give(school, 40, "2025-11-01 09:00")
    second = give(school, 41, "2025-11-02 08:00")
    assert first == again
    assert second.supersedes == first
    assert CountGiven.objects.get(pk=first.pk).number == 40
    assert JournalEntry.objects.filter(act="GIVE_COUNT").count() == 2


def test_a_typed_number_counts_only_without_a_list_and_as_it_was_known(school: School) -> None:
    give(school, 40, "2025-11-01 08:00")
    give(school, 41, "2025-11-12 08:00")
    assert value(Figure.DR_CASE, on(school), Rules()).below == 6
    OnRoll.objects.all().delete()
    then = on(school)._replace(known_at=at("2025-11-05 08:00"))
    assert value(Figure.DR_CASE, then, Rules()).below == 40
    assert value(Figure.DR_CASE, on(school), Rules()).below == 41
    (typed,) = [each for each in then_and_now(Figure.DR_CASE, then, NOW, Rules()).below if each.typed]
    assert (typed.before, typed.now, typed.moved) == (40, 41, ())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"tally": Tally.DROPOUTS}, "HAS_A_LIST"),
        ({"school_year": 2026}, "NO_SUCH_YEAR"),
        ({"grade": 12}, "NO_SUCH_GRADE"),
        ({"source": " "}, "NOT_WRITTEN"),
        ({"number": -1}, "NOT_A_NUMBER"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(school: School, wrong: dict[str, object], code: str) -> None:
    values: dict[str, object] = {"number": 3} | wrong
    number = values.pop("number")
    assert isinstance(number, int)
    with pytest.raises(Refusal) as refused:
        give(school, number, "2025-11-01 08:00", **values)
    assert refused.value.code == code
    assert not CountGiven.objects.exists()


def test_whoever_may_not_record_figures_types_none(school: School) -> None:
    with pytest.raises(Refusal):
        give_count(
            by=school.teacher,
            place=school.place,
            tally=Tally.BASELINE,
            school_year=2025,
            grade=None,
            number=1,
            source="表",
            at=NOW,
        )
