"""How long the row of a lifted closure is kept: a first reading, which a city changes."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CODE, DAYS = "closures", 366
SOURCE = {
    "zh": "产品自带：恢复通行后一年，由城市改定",
    "en": "shipped: a year after the street was opened; the city decides its own",
}


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rules = apps.get_model("base", "RetentionRule").objects
    rules.update_or_create(code=CODE, defaults={"days": DAYS, "source": SOURCE})


def empty(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("base", "RetentionRule").objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("closures", "0001_closures_made"), ("base", "0002_retention_filled")]
    operations = [migrations.RunPython(fill, empty)]
