"""Who answers for what, and since when: posts own, people hold posts for a time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from notoneless.core.terms import GapKind, Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup, Place


class PostHeld(models.Model):
    """任职: a person holds a post at a place or in a class, from a day until a day (exclusive).

    A deputy (代理) holds the same post in the same spot for a time and answers in the holder's stead.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts_held")
    post = TermField(Post)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="posts_held")
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="posts_held"
    )
    held_from = models.DateField()
    held_until = models.DateField(null=True, blank=True)
    deputising_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    basis = models.CharField(max_length=200, blank=True)  # the paper that appoints
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__isnull=False) ^ Q(class_group__isnull=False),
                name="post_at_a_place_or_in_a_class",
            ),
            models.CheckConstraint(
                # Ended on its first day: it was never held.
                condition=Q(held_until__isnull=True) | Q(held_until__gte=models.F("held_from")),
                name="post_held_for_a_time",
            ),
        ]
        indexes = [models.Index(fields=["place", "post"]), models.Index(fields=["class_group", "post"])]


class Assigned(models.Model):
    """包保: one person answers for one child on a rung, before whoever holds the post there in general."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="assigned")
    person = models.ForeignKey(Person, models.PROTECT, related_name="assigned")
    post = TermField(Post)
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "post"], condition=Q(until__isnull=True), name="one_assigned_a_rung"
            )
        ]


class HandOver(models.Model):
    """移交: what the leaving holder passes to the next one; it stands open until its receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    left = models.ForeignKey(PostHeld, models.PROTECT, related_name="handed_over")
    taken = models.ForeignKey(PostHeld, models.PROTECT, related_name="received")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    cases = models.JSONField(default=list)  # numbers of the cases that go over
    obligations = models.JSONField(default=list)  # keys of what is owed
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left", "taken"], name="one_hand_over_a_pair")]


class HandOverReceipt(models.Model):
    """接收: the new holder confirms what was handed over."""

    hand_over = models.OneToOneField(HandOver, models.PROTECT, related_name="receipt")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True)


class HandOverSigned(models.Model):
    """移交人签字: who leaves confirms that the list is what they had in hand."""

    hand_over = models.OneToOneField(HandOver, models.PROTECT, related_name="signed")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True)


class CoverageGap(models.Model):
    """缺口: a rung without its one answering person, found by the nightly check, and whose duty it is."""

    key = models.CharField(max_length=120)
    kind = TermField(GapKind)
    post = TermField(Post, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="gaps")  # where it is
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="gaps")
    child = models.ForeignKey(Child, models.PROTECT, null=True, related_name="gaps")
    owed_by = TermField(Post)
    owed_at = models.ForeignKey(Place, models.PROTECT, related_name="gaps_owed")
    found_on = models.DateField()
    due_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(closed_on__isnull=True), name="one_open_gap_a_key"
            )
        ]
        indexes = [models.Index(fields=["owed_at", "owed_by"], name="gap_owed")]


class BreakGlass(models.Model):
    """紧急查看: one child outside one's scope, for a typed reason, for a short time; its owner is told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="broke_glass")
    post = TermField(Post)
    child = models.ForeignKey(Child, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    until = models.DateTimeField()
