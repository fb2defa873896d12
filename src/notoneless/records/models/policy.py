"""Which policy packs a place has adopted, and the days on which there was no school."""

from __future__ import annotations

from django.db import models

from notoneless.records.models.people import Person
from notoneless.records.models.places import ClassGroup, Place


class PackText(models.Model):
    """The text of one version of a pack, kept for as long as anything was ever counted by it."""

    version = models.CharField(max_length=12, primary_key=True)  # first 12 hex digits of the text's SHA-256
    pack_id = models.CharField(max_length=80)
    text = models.TextField()


class PackAdopted(models.Model):
    """A place adopted a policy pack from a day on, until it adopts another; nearer places refine farther."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="packs_adopted")
    pack_id = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=40)
    # "pack@version …" of the pack and all it extends, nearest first; empty: as the product ships them.
    versions = models.TextField(blank=True, default="")
    from_day = models.DateField()
    adopted_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "from_day"], name="one_pack_from_a_day")]


class ClosureDeclared(models.Model):
    """停课 of a place, a grade there, or one class; `until` is the first day with school again."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="closures")
    grade = models.PositiveSmallIntegerField(null=True, blank=True)
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="closures"
    )
    from_day = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=100)
    declared_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
