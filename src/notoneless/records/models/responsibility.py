"""Who answers for what, and since when: posts own, people hold posts for a time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from notoneless.core.terms import Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Person
from notoneless.records.models.places import ClassGroup, Place


class PostHeld(models.Model):
    """任职: a person holds a post at a place or in a class, from a day until a day (exclusive)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts_held")
    post = TermField(Post)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="posts_held")
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="posts_held"
    )
    held_from = models.DateField()
    held_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__isnull=False) ^ Q(class_group__isnull=False),
                name="post_at_a_place_or_in_a_class",
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gt=models.F("held_from")),
                name="post_held_for_a_time",
            ),
        ]
        indexes = [models.Index(fields=["place", "post"]), models.Index(fields=["class_group", "post"])]
