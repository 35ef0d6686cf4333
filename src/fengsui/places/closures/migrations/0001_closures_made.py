"""Facts about closures: the first table of this app."""

from django.db import migrations, models

import fengsui.base.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Closure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=fengsui.base.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_code", models.CharField(db_index=True, max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[("closed", "Closed"), ("lifted", "Lifted")], default="closed", max_length=8
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("closed_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("one_way", models.BooleanField(default=False)),
                (
                    "reason",
                    models.CharField(blank=True, help_text="why the street is closed; no persons", max_length=200),
                ),
                ("metres", models.FloatField(help_text="of the path; a street closed both ways counts once")),
                ("streets", models.JSONField(help_text="[{zh, en}] in the order of the path")),
                ("line", models.JSONField(help_text="[[lon, lat]] of the path")),
                (
                    "pieces",
                    models.JSONField(
                        help_text="[[way, from, to, lon, lat, lon, lat]]: identities, and two points on the way"
                    ),
                ),
                ("roads", models.CharField(help_text="digest of the road file it was put on last", max_length=64)),
                ("missing", models.PositiveIntegerField(default=0, help_text="pieces that are not on that road file")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["closed", "lifted"])), name="closure_state_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("state", "closed")),
                            models.Q(("lifted_at__isnull", False), ("state", "lifted")),
                            _connector="OR",
                        ),
                        name="closure_lifted_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gt", models.F("closed_at")), _connector="OR"
                        ),
                        name="closure_ends_after_it_began",
                    ),
                ],
            },
        ),
    ]
