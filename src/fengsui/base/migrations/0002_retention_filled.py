"""How long what is kept: a first reading, which a city changes."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

RULES = [
    (
        "incident_particulars",
        183,
        {
            "zh": "产品自带：结案后六个月，由城市改定",
            "en": "shipped: six months after closing; the city decides its own",
        },
    ),
]


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("base", "RetentionRule")
    for code, days, source in RULES:
        rule.objects.update_or_create(code=code, defaults={"days": days, "source": source})


class Migration(migrations.Migration):
    dependencies = [("base", "0001_areas_made")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
