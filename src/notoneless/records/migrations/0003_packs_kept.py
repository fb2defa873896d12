from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0002_facts_stay'),
    ]

    operations = [
        migrations.CreateModel(
            name='PackText',
            fields=[
                ('version', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('pack_id', models.CharField(max_length=80)),
                ('text', models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name='packadopted',
            name='versions',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddConstraint(
            model_name='packadopted',
            constraint=models.UniqueConstraint(fields=('place', 'from_day'), name='one_pack_from_a_day'),
        ),
    ]
