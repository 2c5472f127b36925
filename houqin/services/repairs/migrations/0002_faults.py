"""The first dictionary of faults. From here on it is kept in the back office."""

import csv
from pathlib import Path

from django.db import migrations

from houqin.foundation.people.pinyin import pinyin_key

SEED = Path(__file__).resolve().parent.parent / "faults.csv"


def seed(apps, schema_editor):
    FaultKind = apps.get_model("repairs", "FaultKind")
    with SEED.open(encoding="utf-8", newline="") as file:
        FaultKind.objects.bulk_create(_kind(FaultKind, *row) for row in enumerate(csv.DictReader(file)))


def _kind(FaultKind, number, row):
    pinyin, initials = pinyin_key(row["name"])
    return FaultKind(
        code=row["code"],
        group=row["group"],
        name=row["name"],
        pinyin=pinyin,
        initials=initials,
        keywords=row["keywords"],
        position=(number + 1) * 10,
        usual_minutes=int(row["usual_minutes"]),
        hour_fen=int(row["hour_fen"]),
        joins=row["joins"] == "1",
        says_enough=row["says_enough"] == "1",
    )


class Migration(migrations.Migration):
    dependencies = [("repairs", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
