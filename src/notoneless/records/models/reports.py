"""台账号, 报表 and their steps, and numbers that people brought from paper."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import LedgerKind, ReportKind, ReportStep
from notoneless.core.terms import Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup, Place


class LedgerCounter(models.Model):
    """The last line number of a county's ledger in a year; its row is the lock for the next one."""

    county = models.ForeignKey(Place, models.PROTECT, related_name="+")
    ledger = TermField(LedgerKind)
    year = models.PositiveSmallIntegerField()
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "ledger", "year"], name="one_counter_a_ledger_and_year")
        ]


class LedgerLine(models.Model):
    """立账: the number that a line of a ledger got; what stands in the line is read from the records."""

    ledger = TermField(LedgerKind)
    county = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    entry = models.CharField(max_length=80)  # names what opened it: "case/12/3", "route/…"
    child = models.ForeignKey(Child, models.PROTECT, null=True, related_name="ledger_lines")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    opened_on = models.DateField()  # when it happened
    at = models.DateTimeField()  # when it was numbered

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ledger", "entry"], name="one_line_an_entry"),
            models.UniqueConstraint(fields=["county", "ledger", "year", "number"], name="lines_are_numbered"),
        ]


class LedgerLineClosed(models.Model):
    """销号: the number under which a line was closed, when and why."""

    line = models.OneToOneField(LedgerLine, models.PROTECT, related_name="closed")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    closed_on = models.DateField()
    why = models.CharField(max_length=40)  # a CloseOutKind, or a word of the ledger's own
    at = models.DateTimeField()


class ReportDrawn(models.Model):
    """编制: a report as it was drawn up, with the digest of its rows; its counts never change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = TermField(ReportKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="reports")
    first = models.DateField()  # the period, both days within it
    last = models.DateField()
    counts = models.JSONField()  # {"CLOSING": {"<class or place id>": 41, …}, …}
    roll_calls = models.JSONField(default=dict)  # {"due": …, "taken": …, "unexplained": …}
    parts = models.JSONField(default=list)  # ids of the accepted reports below that it sums
    absent_parts = models.JSONField(default=list)  # ids of places below that had none
    nil = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 over kind, place, period and every row
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        indexes = [models.Index(fields=["place", "kind", "last"], name="report_of")]


class ReportRows(models.Model):
    """报表名单: the children behind each count as they were when it was drawn up, compressed ids."""

    report = models.OneToOneField(ReportDrawn, models.PROTECT, primary_key=True, related_name="frozen")
    rows = models.BinaryField()


class ReportStepTaken(models.Model):
    """报表环节: one step of a report, by whom, and the digest that was before their eyes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(ReportDrawn, models.PROTECT, related_name="steps")
    step = TermField(ReportStep)
    post = TermField(Post)  # the post of the chain by which it was taken
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    comment = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=80, null=True, unique=True)


class CountGiven(models.Model):
    """填报数: a number from before this system, from a paper that is named; it has no list of children."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="counts_given")
    tally = TermField(Tally)
    school_year = models.PositiveSmallIntegerField()  # the year it begins in
    grade = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=200)  # the paper: 2020年事业统计基层报表
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        indexes = [models.Index(fields=["place", "tally", "school_year"], name="count_given_of")]


class LedgerTemplate(models.Model):
    """台账模板: an office's own workbook with marked cells for a ledger; the last one stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="ledger_templates")
    ledger = TermField(LedgerKind)
    name = models.CharField(max_length=100)
    content = models.BinaryField(null=True)  # empty: none any more
    digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
