"""How far off the forecast of parking is on real lots, beside "the same hour last week".

    python tools/parking_forecast.py FILE.csv[.gz]

FILE has the columns ``SystemCodeNumber,Capacity,Occupancy,LastUpdated`` (UCI "Parking Birmingham": half-hourly, 8:00–16:30). Each
evening, from the fifth week on, the hours of the next three days are predicted from what was known then; the error is the mean
absolute difference as a share of the lot's capacity. Hours that the naive rule knows nothing of are left out for both.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO

from houqin.services.parking.forecast import predict

WARM_UP = timedelta(weeks=4)
Hours = dict[datetime, float]


def read(path: Path) -> tuple[dict[str, Hours], dict[str, int]]:
    """By lot: vehicles at each whole hour (the reading next to it, a quarter of an hour away at most), and the capacity."""
    lots: dict[str, dict[datetime, tuple[float, float]]] = defaultdict(dict)
    capacity: dict[str, int] = {}
    with _open(path) as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            at = datetime.fromisoformat(row["LastUpdated"])
            hour = (at + timedelta(minutes=30)).replace(minute=0, second=0)
            off = abs((at - hour).total_seconds())
            code = row["SystemCodeNumber"]
            capacity[code] = int(row["Capacity"])
            if off <= 900 and off < lots[code].get(hour, (901.0, 0.0))[0]:
                lots[code][hour] = (off, float(row["Occupancy"]))
    return {
        code: {hour: value for hour, (_off, value) in hours.items()} for code, hours in lots.items()
    }, capacity


def errors(hours: Hours, capacity: int) -> Iterator[tuple[int, float, float]]:
    """Days ahead, error of the forecast, error of the naive rule, as shares of the capacity."""
    days = sorted({hour.date() for hour in hours})
    for day in days:
        evening = datetime.combine(day, time(20))
        if day < (datetime.combine(days[0], time()) + WARM_UP).date():
            continue
        known = {hour: value for hour, value in hours.items() if hour <= evening}
        for each in predict(known, evening, capacity=capacity):
            truth = hours.get(each.at)
            if truth is None or each.week_before is None:
                continue
            yield (
                _ahead(day, each.at),
                abs(each.expected - truth) / capacity,
                abs(each.week_before - truth) / capacity,
            )


def measure(path: Path) -> dict[str, object]:
    """Mean errors in per cent of the capacity, all together and by days ahead, and in how many lots ours is the smaller."""
    lots, capacity = read(path)
    ours: dict[int, list[float]] = defaultdict(list)
    naive: dict[int, list[float]] = defaultdict(list)
    better = 0
    for code, hours in lots.items():
        found = list(errors(hours, capacity[code]))
        better += sum(each[1] for each in found) < sum(each[2] for each in found)
        for ahead, mine, theirs in found:
            ours[ahead].append(mine)
            naive[ahead].append(theirs)
    return {
        "lots": len(lots),
        "hours": sum(map(len, ours.values())),
        "forecast": _mean([each for values in ours.values() for each in values]),
        "naive": _mean([each for values in naive.values() for each in values]),
        "by_day": {ahead: [_mean(ours[ahead]), _mean(naive[ahead])] for ahead in sorted(ours)},
        "lots_better": better,
    }


def _mean(values: list[float]) -> float:
    return round(100 * sum(values) / len(values), 2) if values else 0.0


def _ahead(day: date, at: datetime) -> int:
    return (at.date() - day).days


def _open(path: Path) -> IO[str]:
    return gzip.open(path, "rt") if path.suffix == ".gz" else path.open()


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
