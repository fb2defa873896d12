"""What the pages of enrolment find: a school's classes, a child by name and number, its own page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from notoneless.records.models import Child, ClassGroup, Place
from notoneless.records.secrets import blind_index
from notoneless.services.refusals import Refusal
from notoneless.services.roster_import import school_year_of


def classes_of(school: Place, at: datetime) -> QuerySet[ClassGroup]:
    """The classes of a school in the school year of today."""
    rows = ClassGroup.objects.filter(school=school, school_year=school_year_of(at.date()))
    return rows.order_by("grade", "name")


def child_named(name: str, number: str) -> Child:
    """The child of this name with this number. Raises Refusal, the same whichever of the two is wrong."""
    text = number.strip().upper()
    found = Child.objects.filter(name=name.strip())
    child = found.filter(enrolment_no=text).first() or found.filter(identity_index=blind_index(text)).first()
    if child is None:
        raise Refusal(
            "NO_SUCH_CHILD",
            "没有姓名和号码都对得上的学生；请核对。外县转来、本系统没有的学生，先在学籍核对页登记。",
            "No child has this name and this number together; check both. A child from elsewhere whom we do "
            "not have is entered by hand first, on the page of the rolls.",
        )
    return child


def enrolment_of(child: Child) -> str:
    """The address of a child's enrolment."""
    return reverse("web:child_enrolment", args=(child.pk,))
