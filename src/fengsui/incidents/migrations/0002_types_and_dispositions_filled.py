"""The types and dispositions that a city starts with."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TYPES = [
    ("fire", "火警", "Fire", 1),
    ("medical", "急病", "Medical", 1),
    ("panic", "一键报警", "Panic alarm", 1),
    ("crime", "治安", "Crime", 2),
    ("traffic", "事故", "Traffic", 2),
    ("help", "求助", "Help", 3),
    ("other", "其他", "Other", 4),
]
DISPOSITIONS = [
    ("settled", "当场处理完毕", "Settled on the spot"),
    ("assisted", "已提供帮助", "Help given"),
    ("handed_over", "移交其他部门", "Handed over"),
    ("to_mediation", "转调解", "To mediation"),
    ("nothing_found", "到场未发现情况", "Nothing found"),
    ("false_alarm", "误报", "False alarm"),
    ("duplicate", "重复报警", "Duplicate"),
]


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    kind = apps.get_model("incidents", "IncidentType")
    for order, (code, zh, en, priority) in enumerate(TYPES):
        defaults = {"labels": {"zh": zh, "en": en}, "priority": priority, "order": order}
        kind.objects.update_or_create(code=code, defaults=defaults)
    how = apps.get_model("incidents", "Disposition")
    for order, (code, zh, en) in enumerate(DISPOSITIONS):
        how.objects.update_or_create(code=code, defaults={"labels": {"zh": zh, "en": en}, "order": order})


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_incidents_made")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
