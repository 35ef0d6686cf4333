"""Facts about the ground: which road file is in service."""

from django.db import migrations, models

import fengsui.base.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RoadFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=fengsui.base.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("source", models.CharField(help_text="name of the extract", max_length=255)),
                ("junctions", models.PositiveIntegerField()),
                ("edges", models.PositiveIntegerField()),
                ("metres", models.FloatField()),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1), condition=models.Q(("valid_to", None)), name="one_road_file_is_in_service"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="road_file_ends_after_it_began",
                    ),
                ],
            },
        ),
    ]
