"""The demo's people come and go: a deputy, a hand-over that waits, a vacant post; everybody else is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from builders_db import at
from django.db import transaction
from pytest_django import DjangoDbBlocker

from notoneless.batch.simulate import shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.core.terms import AnswersAs, GapKind, PlaceKind, Post, Stage
from notoneless.records.models import (
    Boarding,
    Case,
    Child,
    ClassGroup,
    CoverageGap,
    InKeyGroup,
    Person,
    Place,
    PostHeld,
    Residence,
)
from notoneless.records.scopes import visible_children
from notoneless.services import demo
from notoneless.services.coverage import check_coverage
from notoneless.services.hand_over import waiting_for
from notoneless.services.responsibility import chain_of

MORNING = at("2026-11-20 08:05")
PASSWORDS = {"cadre": "one", "township": "two", "security": "three", "audit": "four"}


@pytest.fixture(scope="module")
def standing_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo county, loaded once for all tests of the file."""
    county = simulate(
        shipped_params(), seed=1, schools=3, pupils=180, until=MORNING, calendar=default_calendar()
    )
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(county, at=MORNING, passwords=PASSWORDS)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(standing_county: None, db: None) -> None:
    """The demo county; what a test does to it is undone after the test."""


def named(username: str) -> Person:
    return Person.objects.get(user__username=username)


@pytest.mark.usefixtures("loaded")
def test_one_post_is_vacant_and_the_township_owes_it() -> None:
    check_coverage(now=MORNING)
    gap = CoverageGap.objects.get()
    assert (gap.kind, gap.post, gap.owed_by) == (GapKind.VACANT, Post.VILLAGE_COMMITTEE, Post.TOWNSHIP)
    assert PostHeld.objects.filter(person=named("township"), place=gap.owed_at).exists()


@pytest.mark.usefixtures("loaded")
def test_a_hand_over_waits_for_the_new_cadre_with_the_cases_of_the_village() -> None:
    cadre = named("cadre")
    made = waiting_for(cadre).get()
    village = made.taken.place
    assert village is not None
    assert village.name == "云岭村"
    there = Residence.objects.filter(place=village).values("child")
    mine = Case.objects.filter(child__in=there).exclude(stage__in=(Stage.CLOSED.value, Stage.ATTENDING.value))
    assert set(mine.values_list("number", flat=True)) <= set(made.cases)
    assert set(there.values_list("child", flat=True)) <= set(
        visible_children(cadre, MORNING.date()).values_list("pk", flat=True)
    )


@pytest.mark.usefixtures("loaded")
def test_a_deputy_answers_in_one_class_and_everybody_has_somebody_on_the_other_rungs() -> None:
    chains = chain_of(list(Child.objects.values_list("pk", flat=True)), MORNING.date())
    deputies = {link.answers_as for chain in chains.values() for link in chain}
    assert deputies == {AnswersAs.HOLDER, AnswersAs.DEPUTY, AnswersAs.ASSIGNED, None}
    gaps = {link.post for chain in chains.values() for link in chain if link.gap}
    assert gaps == {Post.VILLAGE_COMMITTEE}
    assert all(len(chain) == 8 for chain in chains.values())


@pytest.mark.usefixtures("loaded")
def test_the_tree_has_a_place_of_each_kind_and_children_in_them() -> None:
    kinds = set(Place.objects.values_list("kind", flat=True))
    assert set(PlaceKind) - kinds == {PlaceKind.PROVINCE, PlaceKind.CITY}
    assert ClassGroup.objects.get(teaching_point__isnull=False).grade == 1
    assert PostHeld.objects.get(post=Post.GRADE_HEAD).place == Place.objects.get(kind=PlaceKind.GRADE)
    assert Residence.objects.count() == Child.objects.count()
    assert Boarding.objects.exists()
    assert InKeyGroup.objects.exists()


@pytest.mark.usefixtures("loaded")
def test_the_security_officer_and_the_audit_officer_see_no_child() -> None:
    for username in ("security", "audit"):
        assert not visible_children(named(username), MORNING.date()).exists()
