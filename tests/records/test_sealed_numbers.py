"""Identity numbers: sealed to their row, found by an index, shown masked, never in a repr."""

from __future__ import annotations

from uuid import uuid4

import pytest
from builders_db import a_class, a_place, a_pupil
from django.db import IntegrityError, connection, transaction

from notoneless.core.terms import PlaceKind
from notoneless.records.models import Child
from notoneless.records.secrets import CannotOpen, blind_index, masked, seal, unseal

NUMBER = "00000020160101001X"
CELL = {"table": "records_child", "column": "identity_no_sealed"}


def test_what_was_sealed_opens_in_its_own_row_only() -> None:
    row = uuid4()
    sealed = seal(NUMBER, **CELL, row=row)
    assert unseal(sealed, **CELL, row=row) == NUMBER
    with pytest.raises(CannotOpen):
        unseal(sealed, **CELL, row=uuid4())


def test_a_changed_byte_does_not_open() -> None:
    row = uuid4()
    sealed = bytearray(seal(NUMBER, **CELL, row=row))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        unseal(bytes(sealed), **CELL, row=row)


def test_the_same_number_seals_differently_and_indexes_alike() -> None:
    row = uuid4()
    assert seal(NUMBER, **CELL, row=row) != seal(NUMBER, **CELL, row=row)
    assert blind_index(NUMBER) == blind_index(f" {NUMBER.lower()} ")
    assert len(blind_index(NUMBER)) == 32


def test_another_data_key_neither_opens_nor_finds(settings: object) -> None:
    row = uuid4()
    sealed, index = seal(NUMBER, **CELL, row=row), blind_index(NUMBER)
    settings.DATA_KEY = bytes(32)  # type: ignore[attr-defined]
    assert blind_index(NUMBER) != index
    with pytest.raises(CannotOpen):
        unseal(sealed, **CELL, row=row)


def test_people_see_the_ends_of_a_number() -> None:
    assert masked(NUMBER) == "0000**********001X"
    assert masked("") == ""


@pytest.mark.django_db
def test_the_table_holds_no_number_in_the_clear() -> None:
    child = a_child()
    child.keep_identity_no(NUMBER)
    child.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_child")
        stored = b"|".join(
            bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in cursor.fetchone()
        )
    assert NUMBER.encode() not in stored
    again = Child.objects.get(pk=child.pk)
    assert (again.identity_no(), again.identity_no_masked()) == (NUMBER, "0000**********001X")
    assert NUMBER not in f"{again!r}{again}"


@pytest.mark.django_db
def test_two_children_cannot_have_one_number() -> None:
    first, second = a_child(), a_child("岑小二")
    first.keep_identity_no(NUMBER)
    first.save()
    second.keep_identity_no(NUMBER.lower())
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def a_child(name: str = "安小一") -> Child:
    school = a_place(PlaceKind.SCHOOL, "云岭完小")
    return a_pupil(name, a_class(school, f"{name}班"))
