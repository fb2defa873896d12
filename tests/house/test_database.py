"""The tests run on the database they were told to run on."""

from __future__ import annotations

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_the_setting_names() -> None:
    named = os.environ.get("NOTONELESS_DATABASE_URL", "sqlite:").partition(":")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.vendor == named
