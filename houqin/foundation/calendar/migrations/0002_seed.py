"""Statutory holidays and adjusted days 2018–2026, each year with the notice it follows, and the first working hours.

The days come from ``seed.csv`` (made from chinesecalendar 1.11, MIT, and compared with the notices themselves).
"""

import csv
from datetime import date, time
from pathlib import Path

from django.db import migrations

NOTICES = {
    2018: "国办发明电〔2017〕12号",
    2019: "国办发明电〔2018〕15号、国办发明电〔2019〕3号",
    2020: "国办发明电〔2019〕16号、国办发明电〔2020〕1号",
    2021: "国办发明电〔2020〕27号",
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
SEED = Path(__file__).resolve().parent.parent / "seed.csv"


def seed(apps, schema_editor):
    Day, Year, WorkingHours = (apps.get_model("calendar", name) for name in ("Day", "Year", "WorkingHours"))
    with SEED.open(encoding="utf-8", newline="") as file:
        days = [
            Day(on=date.fromisoformat(row["on"]), kind=row["kind"], name=row["name"])
            for row in csv.DictReader(file)
        ]
    Day.objects.bulk_create(days)
    Year.objects.bulk_create(Year(year=year, notice_number=number) for year, number in NOTICES.items())
    WorkingHours.objects.create(
        from_on=date(2018, 1, 1),
        morning_from=time(8, 30),
        morning_to=time(12, 0),
        afternoon_from=time(13, 0),
        afternoon_to=time(17, 30),
    )


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
