"""What was trained before uses were counted is counted by a job, where there is any."""

from typing import Any

from django.db import migrations
from django.utils import timezone

KIND = "workouts.count_all_uses"


def ask(apps: Any, schema_editor: Any) -> None:
    if apps.get_model("workouts", "Workout").objects.filter(status="completed").exists():
        apps.get_model("common", "Job").objects.get_or_create(
            dedupe_key=KIND, defaults={"kind": KIND, "max_attempts": 20, "not_before": timezone.now()}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0001_initial'),
        ('workouts', '0001_initial'),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
