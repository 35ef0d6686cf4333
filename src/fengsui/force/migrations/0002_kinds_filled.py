"""The kinds of unit that a city starts with."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KINDS = [
    ("patrol", "巡逻", "Patrol"),
    ("station", "驻所", "Station crew"),
    ("special", "特勤", "Special"),
    ("medic", "急救", "Medic"),
    ("fire", "消防", "Fire"),
]


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    kind = apps.get_model("force", "UnitKind")
    for order, (code, zh, en) in enumerate(KINDS):
        kind.objects.update_or_create(code=code, defaults={"labels": {"zh": zh, "en": en}, "order": order})


class Migration(migrations.Migration):
    dependencies = [("force", "0001_units_made")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
