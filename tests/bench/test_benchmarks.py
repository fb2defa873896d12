"""The benchmarks run and judge rightly; what they measure is nobody's business here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import check, evaluate
from bench.measure import Measured
from bench.offline import run as offline
from bench.processes import cpu_of_trees
from bench.report import check_lines, evaluate_lines, offline_lines, roll_call_lines
from bench.roll_call import client, product_site
from bench.roll_call import run as roll_call
from bench.roll_call.databases import SqliteFiles
from bench.table import Line, amount, as_table, at_most, bounded

TINY = roll_call.Plan(product_site.QUICK, rounds=1, days_a_round=1, days_at_province=1, days_at_peak=1)


def test_a_ratio_at_its_limit_is_met_and_one_above_is_not() -> None:
    assert at_most("x", 3.0, 1.5, "CPU-ms", 2, "floor") == Line(
        "x", "3 CPU-ms", "floor 1.50 CPU-ms", "2.00×", "≤ 2×", True
    )
    assert at_most("x", 3.1, 1.5, "CPU-ms", 2, "floor").met is False


def test_a_figure_without_a_target_is_neither_met_nor_missed() -> None:
    assert at_most("x", 3.0, 1.5, "s", None, "SQL").cells()[-2:] == ("", "")


def test_a_plain_limit_may_be_reached_and_not_passed() -> None:
    assert [bounded("x", value, "ms", 50).met for value in (49.9, 50, 50.1)] == [True, True, False]


@pytest.mark.parametrize(
    ("value", "text"), [(0.123, "0.12 s"), (12.34, "12.3 s"), (1234.5, "1,234 s"), (2.0, "2 s")]
)
def test_a_number_has_the_digits_it_deserves(value: float, text: str) -> None:
    assert amount(value, "s") == text


def test_every_row_of_the_table_is_equally_wide() -> None:
    lines = as_table(
        [Line("点名", "1"), Line("roll call", "2", "floor 1", "2.00×", "≤ 2×", True)]
    ).splitlines()
    assert [len(line) + line.count("点") + line.count("名") for line in lines] == [len(lines[0])] * 4


def test_a_percentile_is_one_of_the_waits() -> None:
    assert [client.percentile([3.0, 1.0, 2.0, 4.0], share) for share in (0, 0.5, 0.95, 1)] == [1, 3, 4, 4]


def test_the_cpu_of_a_tree_counts_children_that_ended() -> None:
    before = cpu_of_trees(os.getpid())
    subprocess.run([sys.executable, "-c", "for _ in range(3_000_000): pass"], check=True)
    assert cpu_of_trees(os.getpid()) > before


def test_evaluating_a_few_children_agrees_with_the_rules_in_sql(tmp_path: Path) -> None:
    lines = list(evaluate_lines(500, *evaluate.run(tmp_path, 500, 1)))
    assert all(line.ratio.endswith("×") for line in lines)


def test_checking_a_class_takes_more_than_reading_its_files(tmp_path: Path) -> None:
    result = check.run(tmp_path, 45, 1)
    assert result.marks > 0
    assert result.check.code in (0, 1)
    assert [line.ratio.endswith("×") for line in check_lines(45, result)] == [True] * 3


def test_a_school_is_called_over_http_and_every_mark_arrives(tmp_path: Path) -> None:
    # The run itself compares what was sent with what is stored, in all three applications.
    result = roll_call.run(SqliteFiles(tmp_path), tmp_path, TINY)
    assert result.classes == 36
    assert set(result.rounds) == {"product", "floor", "ordinary", "ordinary, those away only"}
    lines = {line.what: line for line in roll_call_lines(result)}
    assert lines["roll call, SQLite: 333/s, errors"].product == "0 of 36"
    assert lines["roll call, SQLite: server"].ratio.endswith("×")


def test_a_record_that_was_lost_is_a_target_missed_and_named() -> None:
    lived = offline.Lived(10, 35, 25, 9, 1, ("schedule 7: 1 records are lost",))
    lines = list(offline_lines(Measured(5.0, 6.0, 100.0, lived)))
    assert (lines[0].product, lines[0].met, lines[1].product) == (
        "1",
        False,
        "schedule 7: 1 records are lost",
    )
    whole = list(offline_lines(Measured(5.0, 6.0, 100.0, lived._replace(faults=()))))
    assert (whole[0].product, whole[0].met) == ("0", True)


@pytest.mark.long
def test_drawn_schedules_are_lived_through_on_a_database_of_their_own(tmp_path: Path) -> None:
    lived: offline.Lived = offline.run(tmp_path, 3).value
    assert (lived.schedules, lived.faults) == (3, ())
    assert lived.recorded + lived.to_check + lived.variants == lived.told
