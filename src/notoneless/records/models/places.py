"""Places from province to school, and the class groups in schools."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from notoneless.core.terms import PlaceKind
from notoneless.records.models.fields import TermField


class Place(models.Model):
    """单位: from a province down to a school's teaching points, grades and boarding houses, in one tree."""

    kind = TermField(PlaceKind)
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=40, unique=True)  # 行政区划代码, or the school's 标识码
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    grade = models.PositiveSmallIntegerField(null=True, blank=True)  # of a place of kind GRADE
    # Where its tile lies on the county's map, from 1; without them it takes a free spot.
    map_column = models.PositiveSmallIntegerField(null=True, blank=True)
    map_row = models.PositiveSmallIntegerField(null=True, blank=True)
    # 撤并: from this day on it is closed; what it was merged into holds it from then.
    closed_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    # "/1/4/9/": a place lies within another when its path begins with the other's.
    path = models.CharField(max_length=200, unique=True, null=True, editable=False)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, and write the path, which needs the number that saving gives."""
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            Place.objects.filter(pk=self.pk).update(path=path)
            self.path = path

    def is_closed(self, on: date) -> bool:
        """Whether the place is closed on a day."""
        return self.closed_on is not None and self.closed_on <= on

    def contains(self, other: Place) -> bool:
        """Whether `other` is this place or lies in it."""
        return bool(self.path and other.path and other.path.startswith(self.path))

    def above(self, kind: PlaceKind) -> Place | None:
        """This place or the nearest one around it that is of `kind`."""
        place: Place | None = self
        while place is not None and place.kind != kind:
            place = place.parent
        return place


def not_closed(on: date) -> Q:
    """Places that are not closed on a day."""
    return Q(closed_on__isnull=True) | Q(closed_on__gt=on)


class ClassGroup(models.Model):
    """班级: one class of one school in one school year."""

    school = models.ForeignKey(Place, models.PROTECT, related_name="class_groups")
    grade = models.PositiveSmallIntegerField()  # 1 to 9 in the compulsory years
    name = models.CharField(max_length=60)  # "三年级2班"
    school_year = models.CharField(max_length=9)  # "2026-2027"
    teaching_point = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "name"], name="one_class_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class ConstantsVersion(models.Model):
    """One row, drawn anew by triggers whenever places, classes, adopted packs or closures change.

    Whoever keeps these in memory reads the number with the rest of what it reads, and reloads when it is
    another. Drawn and not counted: a count that a rolled-back transaction had reached would come round again.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)
