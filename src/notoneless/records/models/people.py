"""People who work with the system, children, and their guardians."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from notoneless.core.terms import HouseholdRegister, KeyGroup, Sex
from notoneless.records.models.fields import TermField
from notoneless.records.models.places import Place
from notoneless.records.secrets import blind_index, masked, seal, unseal

SEALED = {"table": "records_child", "column": "identity_no_sealed"}


class Person(models.Model):
    """人员: a teacher, officer or cadre; what they may do comes from the posts they hold."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    # Raised to sign the person out everywhere; the session cookie carries the number it was given.
    session_version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Child(models.Model):
    """适龄儿童少年: the root of everything; not "student", for a child out of school is none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    name_pinyin = models.CharField(max_length=300, blank=True)
    sex = TermField(Sex, blank=True)
    birth_on = models.DateField(null=True, blank=True)
    identity_no_sealed = models.BinaryField(null=True)
    identity_index = models.BinaryField(max_length=32, null=True, unique=True)
    enrolment_no = models.CharField(max_length=40, null=True, blank=True, unique=True)
    household = TermField(HouseholdRegister, default=HouseholdRegister.UNKNOWN.value)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Child {self.pk}>"

    def keep_identity_no(self, identity_no: str) -> None:
        """Seal `identity_no` into this row (not yet saved); an empty one takes it out."""
        text = identity_no.strip().upper()
        self.identity_no_sealed = seal(text, **SEALED, row=self.pk) if text else None
        self.identity_index = blind_index(text) if text else None

    def identity_no(self) -> str:
        """The whole number; reading it is a sensitive read that the caller journals."""
        sealed = self.identity_no_sealed
        return unseal(bytes(sealed), **SEALED, row=self.pk) if sealed else ""

    def identity_no_masked(self) -> str:
        """The number as pages show it."""
        return masked(self.identity_no())


class Guardian(models.Model):
    """监护人 of a child."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="guardians")
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=30, blank=True)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name


class Residence(models.Model):
    """现住: the village a child lives in, from a day until a day (exclusive)."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="residences")
    place = models.ForeignKey(Place, models.PROTECT, related_name="residents")
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(until__isnull=True), name="one_residence_a_child"
            )
        ]
        indexes = [models.Index(fields=["place", "child"], name="residence_of")]


class Boarding(models.Model):
    """寄宿: the boarding house a child sleeps in, from a day until a day (exclusive)."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="boarding")
    house = models.ForeignKey(Place, models.PROTECT, related_name="boarders")
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=Q(until__isnull=True), name="one_bed_a_child")
        ]


class InKeyGroup(models.Model):
    """重点对象: that a child belongs to a group looked after with particular care, for a time."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="key_groups")
    group = TermField(KeyGroup)
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "group"], condition=Q(until__isnull=True), name="once_in_a_key_group"
            )
        ]
