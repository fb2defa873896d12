"""文书: what was issued under which number, how it was served, and an office's own templates."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from notoneless.core.paper_terms import PaperFormat, PaperKind, ServedHow
from notoneless.core.terms import Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import Place
from notoneless.records.models.visits import Attachment
from notoneless.records.secrets import seal, unseal

SEALED = {"table": "records_paperissued", "column": "values_sealed"}


class PaperCounter(models.Model):
    """The last number an office gave to a kind of paper in a year; its row is the lock for the next one."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    kind = TermField(PaperKind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "kind", "year"], name="one_paper_counter_a_year")
        ]


class PaperTemplate(models.Model):
    """文书模板: an office's own file with marked cells; the last one of a kind and format stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="paper_templates")
    kind = TermField(PaperKind)
    format = TermField(PaperFormat)
    name = models.CharField(max_length=100)
    content = models.BinaryField(null=True)  # empty: our own template again
    digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class PaperIssued(models.Model):
    """签发的文书: the words it was issued with, sealed, so that it prints the same for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = TermField(PaperKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="papers")  # who issued it
    child = models.ForeignKey(Child, models.PROTECT, null=True, related_name="papers")
    about_kind = models.CharField(max_length=20, blank=True)  # case, act, change, pairing, paper
    about_id = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True)  # empty where papers of the kind bear none
    numbered = models.CharField(max_length=60, blank=True)  # 义限通字〔2026〕12号
    due_on = models.DateField(null=True, blank=True)  # of a notice: the day the child is to be back
    values_sealed = models.BinaryField()
    digest = models.CharField(max_length=64)  # SHA-256 of the words
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind", "year", "number"],
                condition=Q(number__isnull=False),
                name="one_paper_a_number",
            )
        ]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="papers_about")]

    def keep_values(self, text: str) -> None:
        """Seal the words, given as JSON text, into this row (not yet saved)."""
        self.values_sealed = seal(text, **SEALED, row=self.pk)

    def values(self) -> Any:
        """The words as they were issued."""
        return json.loads(unseal(bytes(self.values_sealed), **SEALED, row=self.pk))


class PaperServed(models.Model):
    """送达: how a notice reached the guardian; its moment starts a clock."""

    paper = models.OneToOneField(PaperIssued, models.PROTECT, related_name="served")
    how = TermField(ServedHow)
    served_at = models.DateTimeField()
    receiver = models.CharField(max_length=60)
    relation = models.CharField(max_length=30, blank=True)
    where = models.CharField(max_length=100, blank=True)
    witnesses = models.CharField(max_length=100, blank=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
