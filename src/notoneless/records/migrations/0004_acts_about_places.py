import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0003_packs_kept'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlaceAct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('obligation', models.UUIDField(null=True)),
                ('act', models.CharField(max_length=40)),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('by_post', models.CharField(max_length=40)),
                ('taking_part', models.JSONField(default=list)),
                ('to_post', models.CharField(blank=True, max_length=40)),
                ('outcome', models.CharField(max_length=40)),
                ('evidence', models.JSONField(default=list)),
                ('note', models.TextField(blank=True)),
                ('key', models.CharField(max_length=80, null=True, unique=True)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('class_group', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='records.classgroup')),
                ('place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='records.place')),
                ('supersedes', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.placeact')),
            ],
            options={
                'indexes': [models.Index(fields=['place', 'class_group', 'happened_at'], name='place_act_when')],
            },
        ),
    ]
