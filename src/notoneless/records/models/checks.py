"""数据打架: what contradicts what, whose it is to mend, and tables that other offices sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from notoneless.core.report_terms import FindingAnswer
from notoneless.core.terms import Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup, Place


class Contradiction(models.Model):
    """矛盾: rows that cannot all be true, found by a check; open until the facts agree or were explained."""

    key = models.CharField(max_length=160)
    check_id = models.CharField(max_length=60)
    place = models.ForeignKey(Place, models.PROTECT, related_name="contradictions")  # where it is
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="contradictions")
    child = models.ForeignKey(Child, models.PROTECT, null=True, related_name="contradictions")
    rows = models.JSONField(default=list)  # [[kind, id, {values for people}], …]: never an identity number
    owed_by = TermField(Post)
    owed_at = models.ForeignKey(Place, models.PROTECT, related_name="contradictions_owed")
    found_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)  # the facts agree again, or it was explained

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(closed_at__isnull=True), name="one_open_contradiction_a_key"
            )
        ]
        indexes = [
            models.Index(fields=["owed_at", "owed_by"], name="contradiction_owed"),
            models.Index(fields=["check_id", "place"], name="contradiction_of"),
        ]


class ContradictionAnswered(models.Model):
    """核对答复: what the owner said of it; one that is true as it stands is explained, not hidden."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contradiction = models.ForeignKey(Contradiction, models.PROTECT, related_name="answers")
    answer = TermField(FindingAnswer)
    note = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)  # of the rows as they were: other rows are another question
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class OutsideTable(models.Model):
    """外来表: a table another office sent, as counts by place and heading, to compare with ours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="outside_tables")  # whose figures
    office = models.CharField(max_length=100)  # who sent it
    name = models.CharField(max_length=100)  # of the file
    day = models.DateField()  # as of when its figures are
    cells = models.JSONField()  # [[sheet, cell, place id, Tally, number], …]
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)
