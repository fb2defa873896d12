"""Rows that have one of very many values, whatever the values hold."""

from __future__ import annotations

import pytest
from builders_db import a_class, a_place, a_pupil

from notoneless.core.terms import PlaceKind
from notoneless.records.among import Among
from notoneless.records.models import Child, Enrolment

pytestmark = pytest.mark.django_db
ODD = ["G1", "甲-1", 'a"b', "a\\b", "a,b", "{}", "NULL", "null", " ", "'", "%s"]


def found(column: str, values: list[object]) -> set[str]:
    return set(Child.objects.filter(Among(column, values)).values_list("name", flat=True))  # type: ignore[arg-type]


def test_texts_bytes_and_ids_are_found_whatever_they_hold() -> None:
    class_group = a_class(a_place(PlaceKind.SCHOOL, "云岭完小"), "三年级2班")
    made = {
        number: a_pupil(
            f"生{n}", class_group, enrolment_no=number, identity_index=bytes([n]) + number.encode()
        )
        for n, number in enumerate(ODD)
    }
    a_pupil("别生", class_group, enrolment_no="Z")
    names = {child.name for child in made.values()}
    assert found("enrolment_no", [*ODD, "nobody's"]) == names
    assert found("identity_index", [child.identity_index for child in made.values()]) == names
    assert found("id", [child.pk for child in made.values()]) == names
    for child in made.values():
        assert found("enrolment_no", [child.enrolment_no]) == {child.name}
    stays = Enrolment.objects.filter(Among("child_id", [child.pk for child in made.values()]))
    assert stays.count() == len(ODD)


def test_none_of_no_values() -> None:
    assert found("enrolment_no", []) == set()
