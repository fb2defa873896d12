"""A tiny county goes through everything that a whole one is measured with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.county import made
from bench.county import run as county
from bench.county.client import is_whole
from bench.county.made import Size
from bench.county.people import share_without
from bench.county.report import county_lines
from bench.postgresql import durable_server

TINY = county.Plan(Size(schools=4, pupils=400, mornings=6, open_obligations=4_000, imported=60), 0.2, 1, 4)


@pytest.mark.parametrize(
    ("got", "whole"),
    [
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVary: Cookie\r\n\r\nabc", True),
    ],
)
def test_an_answer_is_whole_when_all_its_bytes_are_there(got: bytes, whole: bool) -> None:
    assert is_whole(got) is whole


def test_who_has_only_the_offices_computer_signs_in_nearly_every_morning() -> None:
    assert share_without(own=0.0) < 0.05
    assert share_without(own=1.0) > share_without(own=0.5) > share_without(own=0.0)


def test_the_measured_mornings_come_after_the_term_that_was_loaded() -> None:
    days = made.days_ahead(TINY.size)
    assert len(days) == TINY.size.mornings
    assert min(days) > made.LOADED_AT.date()


@pytest.mark.long
def test_a_tiny_county_is_stormed_looked_at_filled_and_checked(tmp_path: Path) -> None:
    # The run itself compares the roll calls and marks that were sent with those that are stored.
    with durable_server() as server:
        result = county.run(server, tmp_path, tmp_path, TINY)
    assert not result.storm.errors
    assert [each.name for each in result.pages if each.wrong] == []
    assert result.imported.children == TINY.size.imported
    assert result.copied.rows > 2 * TINY.size.imported
    assert not result.others.errors
    assert {line.met for line in county_lines(result)} >= {True, None}
