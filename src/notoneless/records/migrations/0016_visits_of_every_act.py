"""Every act that is a visit has its visit: those recorded before are given one, with who took part."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = {
    "HOME_VISIT": "HOME",
    "CONTACT_GUARDIAN": "PHONE",
    "FOLLOW_UP_CALL": "LEAVE_FOLLOW_UP",
    "HOSPITAL_VISIT": "HOSPITAL",
    "PERSUADE": "PERSUASION",
}
AT_ONCE = 500


def give_visits(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """A visit for each act of these kinds that has none; its words are the act's note."""
    acts, visits = apps.get_model("records", "ActRecord"), apps.get_model("records", "Visit")
    there = apps.get_model("records", "VisitParticipant")
    rows = acts.objects.filter(act__in=KINDS, visit__isnull=True).order_by("pk").values_list("pk", flat=True)
    numbers = list(rows)
    for first in range(0, len(numbers), AT_ONCE):
        found = list(acts.objects.filter(pk__in=numbers[first : first + AT_ONCE]))
        visits.objects.bulk_create(
            [visits(act_id=each.pk, kind=KINDS[each.act], trigger="", findings=each.note) for each in found]
        )
        people = [there(visit_id=each.pk, post=each.by_post, person_id=each.by_id) for each in found]
        people += [
            there(visit_id=each.pk, post=post)
            for each in found
            for post in each.taking_part
            if post != each.by_post
        ]
        people += [
            there(visit_id=each.pk, name=each.participants[:60]) for each in found if each.participants
        ]
        there.objects.bulk_create(people)


class Migration(migrations.Migration):
    dependencies = [("records", "0015_casework")]

    operations = [
        migrations.AlterField("visit", "trigger", models.CharField(blank=True, max_length=40)),
        migrations.RunPython(give_visits, migrations.RunPython.noop),
    ]
