"""Whoever has an enrolment number is on the roll of the school whose class they are in."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import migrations

AT_ONCE = 2000


def fill(apps: Any, schema_editor: Any) -> None:
    """One row for each unbroken stay at one school, of children with an enrolment number."""
    on_roll = apps.get_model("records", "OnRoll")
    rows = (on_roll(**stay) for stay in _stays(apps.get_model("records", "Enrolment")))
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            on_roll.objects.bulk_create(batch)
            batch = []
    on_roll.objects.bulk_create(batch)


def _stays(enrolment: Any) -> Iterator[dict[str, Any]]:
    numbered = enrolment.objects.filter(child__enrolment_no__isnull=False).order_by("child_id", "from_day")
    rows = numbered.values_list("child_id", "class_group__school_id", "from_day", "until").iterator()
    for (child, school), stay in groupby(rows, key=lambda row: row[:2]):
        each = list(stay)
        yield {"child_id": child, "school_id": school, "from_day": each[0][2], "until": each[-1][3]}


class Migration(migrations.Migration):
    dependencies = [("records", "0007_enrolment_life")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
