"""Triggers that refuse to change or delete a fact, and that tell processes to reload what they keep."""

from django.db import migrations

from notoneless.records.append_only import lay_triggers


class Migration(migrations.Migration):
    dependencies = [("records", "0001_tables")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: lay_triggers(schema_editor.connection), migrations.RunPython.noop
        )
    ]
