"""What was done about a class or a place as a whole: a report, a meeting, an inspection."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.terms import Act, ActOutcome, Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Person
from notoneless.records.models.places import ClassGroup, Place


class PlaceAct(models.Model):
    """已办动作 about no single child; with `class_group` it is about that class, else about `place`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="acts", db_index=False)
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, related_name="acts", db_index=False
    )
    # The key of the obligation that it was done for; one done for nothing in particular meets what it fits.
    obligation = models.UUIDField(null=True)
    act = TermField(Act)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    taking_part = models.JSONField(default=list)  # posts
    to_post = TermField(Post, blank=True)
    outcome = TermField(ActOutcome)
    evidence = models.JSONField(default=list)  # kinds of evidence that lie beside it
    note = models.TextField(blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["place", "class_group", "happened_at"], name="place_act_when")]
