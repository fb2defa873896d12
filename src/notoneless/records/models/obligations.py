"""应办事项 as last derived; the facts decide, this row is where people and the worker look."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from notoneless.core.terms import Act, ObligationState, Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child
from notoneless.records.models.places import ClassGroup, Place

LIVE = (ObligationState.OPEN, ObligationState.OVERDUE)


class Obligation(models.Model):
    """Owed by a post: what, about whom, by when, under which clause, because of which facts."""

    key = models.UUIDField(primary_key=True, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, null=True, related_name="obligations")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="obligations")
    # The school, or who owes it; the partial index below finds the live ones.
    place = models.ForeignKey(Place, models.PROTECT, related_name="obligations", db_index=False)
    pack_id = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=40)
    rule = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField(default=0)  # which duty of the rule
    clause = models.JSONField(default=list)
    act = TermField(Act)
    who = TermField(Post)
    to_post = TermField(Post, blank=True)
    taking_part = models.JSONField(default=list)
    occasion = models.CharField(max_length=120)
    arose_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_unknown = models.TextField(blank=True)
    state = TermField(ObligationState)
    late = models.BooleanField(default=False)
    met_at = models.DateTimeField(null=True)
    met_by = models.CharField(max_length=40, blank=True)  # the id of the act
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=list)  # [[fact id, a line for people], …]
    proof = models.JSONField(default=list)  # [[from, until, why, name], …]: what the time limit skipped
    opened_at = models.DateTimeField()  # when we first knew that it was owed
    escalated_at = models.DateTimeField(null=True)
    escalation_level = models.PositiveSmallIntegerField(default=0)
    # When the worker must look at it next: the due moment, then each step of escalation, then never.
    look_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    claim_token = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="obligation_look_at"),
            models.Index(
                fields=["place", "due_at"], condition=Q(state__in=["OPEN", "OVERDUE"]), name="obligation_live"
            ),
            # Few of all that is live are notices, and every township's board asks for its own.
            models.Index(
                fields=["place", "due_at"],
                condition=Q(state__in=["OPEN", "OVERDUE"], act="NOTICE"),
                name="obligation_notice",
            ),
            # A roll call asks what its class owes; without this it walks through all that is live anywhere.
            models.Index(
                fields=["class_group"],
                condition=Q(state__in=["OPEN", "OVERDUE"]),
                name="obligation_live_class",
            ),
            # What is overdue in a county: fifty rows in their order, and how many of which post.
            models.Index(
                fields=["due_at", "key"],
                include=["who", "place"],
                condition=Q(state__in=["OPEN", "OVERDUE"]),
                name="obligation_due",
            ),
        ]

    @property
    def of_the_date(self) -> bool:
        """Whether a date brought it, not a child and not a session to call."""
        return self.child_id is None and "/" not in self.occasion
