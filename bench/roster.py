"""Importing a roster of 20,000 rows into an empty database, beside a bare COPY of the rows that it becomes."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from openpyxl import Workbook
from psycopg import sql

from bench import load
from bench.house import ROOT, House, step
from bench.measure import line

ROWS = 20_000
MOST_TIMES = 6.0
DATABASE = "houqin_bench_roster"
TABLES = (
    "people_role",
    "people_organisation",
    "people_person",
    "people_appointment",
    "roster_spelling",
    "trail_entry",
)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红建国文辉"


def measure(house: House) -> bool:
    """Print how long reading, planning and writing takes, and how long COPY takes for the same rows."""
    rows = ROWS // 10 if house.quick else ROWS
    with psycopg.connect(house.cluster.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE} OWNER houqin")
        kept, os.environ["HOUQIN_DATABASE_URL"] = (
            os.environ["HOUQIN_DATABASE_URL"],
            house.cluster.url(DATABASE),
        )
        try:
            step("houqin.project.prepare")
            seconds, cpu = _import(workbook(rows))
            copied, copy_seconds, copy_cpu = _bare_copy(house)
        finally:
            os.environ["HOUQIN_DATABASE_URL"] = kept
            server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    ratio = seconds / copy_seconds
    return line(
        "roster import",
        figure={"seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2), "rows": rows},
        limit={"seconds": round(copy_seconds, 2), "cpu_seconds": round(copy_cpu, 2), "rows": copied},
        ratio=round(ratio, 2),
        cpu_ratio=round(cpu / copy_cpu, 2),
        bound=f"<= {MOST_TIMES:g}",
        **{"pass": ratio <= MOST_TIMES},
    )


def workbook(rows: int) -> bytes:
    """A roster as a city would send it: a title, a header, every number in its right form."""
    chance = random.Random(20_000)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("人员")
    sheet.append(["江城市市民中心入驻单位人员信息汇总表（2026年10月）"])
    sheet.append(["序号", "单位", "部门", "姓名", "性别", "身份证号", "手机", "职务", "备注"])
    for number in range(rows):
        unit, section = number // 100, number // 10 % 10
        name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))
        sex = chance.randrange(2)
        first = f"{chance.choice(('330106', '420102', '510104'))}{chance.randint(1965, 2003)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{number % 500:03}"
        first = first[:16] + str(int(first[16]) // 2 * 2 + (0 if sex else 1))
        remark = "退休返聘" if number % 97 == 0 else "退休" if number % 211 == 0 else None
        sheet.append([
            number + 1, f"江城市第{unit + 1}服务中心", f"第{section + 1}科", name, "女" if sex else "男", first + _check(first),
            f"199{number:08}", "科员", remark,
        ])  # fmt: skip
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _check(first: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(a) * b for a, b in zip(first, weights, strict=True)) % 11]


def _import(content: bytes) -> tuple[float, float]:
    """Seconds and processor seconds (client and server) of the import in a process that has started already, from the file's bytes to the commit."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        Path(file.name).write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-m", "bench.roster", file.name], cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
    told = json.loads(done.stdout)
    assert told["rows_refused"] < 100, told
    return float(told["seconds"]), float(told["cpu"])


def _bare_copy(house: House) -> tuple[int, float, float]:
    """Rows, seconds and processor seconds of a COPY of what the import has written, its indexes in place, triggers off."""
    with tempfile.TemporaryDirectory(prefix="houqin-bench-roster-") as folder:
        with psycopg.connect(house.cluster.url(DATABASE)) as source:
            for table in TABLES:
                query = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
                with source.cursor().copy(query) as copy, (Path(folder) / table).open("wb") as file:
                    for data in copy:
                        file.write(data)
        rows, _size, seconds, cpu = load.copy_again(house, Path(folder), list(TABLES), DATABASE)
    return rows, seconds, cpu


def main() -> None:
    """Import one file and say how long it took: run by :func:`measure` as a process of its own."""
    import time

    import django
    import psutil

    django.setup()
    from django.db import connection

    from houqin.foundation.people.pinyin import pinyin_key
    from houqin.foundation.roster import actions
    from houqin.foundation.trail.actors import SYSTEM

    pinyin_key("预热")  # a process loads the dictionary once
    content = Path(sys.argv[1]).read_bytes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])
    began, spent = time.monotonic(), time.process_time() + sum(server.cpu_times()[:2])
    plan = actions.import_file(SYSTEM, name="roster.xlsx", content=content)
    cpu = time.process_time() + sum(server.cpu_times()[:2]) - spent
    print(json.dumps({"seconds": time.monotonic() - began, "cpu": cpu, **plan.counts}))


if __name__ == "__main__":
    main()
