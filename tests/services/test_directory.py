"""The county's directory: asked about people without a password of ours, and nobody is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from builders import at
from builders_db import School, a_school
from django.contrib.auth.models import User
from ldap_server import Directory, a_directory

from notoneless.records.models import Person
from notoneless.services import accounts, directory

TODAY = at("2025-09-08 08:05").date()
PASSWORD = "three kind words"


@pytest.fixture
def school(db: None) -> School:
    """The teacher is "bai", in the directory; the office is "office", with a password of ours."""
    made = a_school()
    for person, name, password in ((made.teacher, "bai", None), (made.office, "office", PASSWORD)):
        person.user = User.objects.create_user(name, password=password)
        person.save()
    return made


@pytest.fixture
def county(school: School, settings: Any) -> Iterator[Directory]:
    """A directory that knows three names."""
    with a_directory(bai="in the directory", office="in the directory", stranger="in the directory") as found:
        settings.LDAP_AUTH_URL = [found.url]
        settings.LDAP_AUTH_SEARCH_BASE = "ou=people"
        yield found


def who(username: str, password: str) -> Person | None:
    found = accounts.person_with(username, password, on=TODAY)
    return found.person if found else None


def test_whoever_has_no_password_of_ours_signs_in_with_the_directorys(
    county: Directory, school: School
) -> None:
    assert who("bai", "in the directory") == school.teacher
    assert who("bai", "wrong") is None


def test_nobody_is_made_of_whom_the_directory_knows(county: Directory) -> None:
    before = (User.objects.count(), Person.objects.count())
    assert directory.knows("stranger", "in the directory")
    assert who("stranger", "in the directory") is None
    assert (User.objects.count(), Person.objects.count()) == before


def test_a_password_of_ours_is_shown_to_no_directory(county: Directory, school: School) -> None:
    assert who("office", PASSWORD) == school.office
    assert who("office", "in the directory") is None
    assert county.asked == []


def test_an_empty_password_is_nobodys(county: Directory) -> None:
    assert county.takes("uid=bai,ou=people", "")  # as directories are
    assert who("bai", "") is None


@pytest.mark.parametrize("name", ["*", "ba*", "bai)(uid=*", "bai,ou=people"])
def test_a_name_is_a_name_and_no_question_to_the_directory(county: Directory, name: str) -> None:
    assert who(name, "in the directory") is None


def test_a_stopped_person_stays_out(county: Directory) -> None:
    User.objects.update(is_active=False)
    assert who("bai", "in the directory") is None


def test_a_directory_that_is_away_lets_nobody_in_and_ours_sign_in_all_the_same(
    county: Directory, school: School, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LDAP_AUTH_URL = ["ldap://127.0.0.1:9"]
    assert who("bai", "in the directory") is None
    assert who("office", PASSWORD) == school.office
    assert "in the directory" not in caplog.text


def test_without_an_address_there_is_no_directory(school: School) -> None:
    assert not directory.is_on()
    assert not directory.knows("bai", "in the directory")
