"""A bundle on a machine without a network: installed, upgraded, rolled back; the data is whole all the while."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from houqin import __version__
from houqin.project.bundle import build
from houqin.project.postgres import Cluster, place_of, use
from houqin.testing import sameness

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
#: What a start of any version goes on writing, and what tells of the backups made meanwhile.
RESTLESS = ("procrastinate_", "houqin_cache", "limits_", "backups_", "trail_", "exchange_keptanswer")
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("backups", "{after}")]
    operations = [migrations.RunSQL({what!r})]
"""


class Cut:
    """This machine without any network but itself; nothing that runs here reaches a registry."""

    def __init__(self) -> None:
        inner = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        if os.geteuid() == 0:
            self.prefix = ["unshare", "--net", *inner]
        else:
            me = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
            self.prefix = ["unshare", "--map-root-user", "--net", *inner, *me]
        tried = subprocess.run([*self.prefix, "true"], capture_output=True, text=True)
        assert tried.returncode == 0, f"no network namespace can be made on this machine: {tried.stderr}"

    def run(self, *command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        settings = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **env}
        words = [*self.prefix, *map(str, command)]
        return subprocess.run(words, env=settings, cwd="/", capture_output=True, text=True, timeout=900)


class Site:
    """Houqin installed in a folder of its own."""

    def __init__(self, root: Path, cut: Cut) -> None:
        self.root, self.cut = root, cut
        self.data = root / "data"

    def do(self, work: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self.cut.run(
            sys.executable, "-I", self.root / "houqin-install", work, *arguments, "--to", self.root
        )

    def houqin(self, *arguments: str) -> str:
        program = self.root / "current" / "env" / "bin" / "houqin"
        done = self.cut.run(program, *arguments, HOUQIN_DATA_DIR=str(self.data))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def version(self) -> str:
        return self.houqin("--version").split()[-1]

    def tables(self) -> dict[str, str]:
        with use(Cluster(place_of(self.data, given=True)), self.data) as cluster:
            return sameness.tables(cluster.url())

    def kept(self) -> dict[str, str]:
        """Everything that no start of Houqin writes."""
        return {
            name: value
            for name, value in self.tables().items()
            if not name.removeprefix("sequence ").startswith(RESTLESS)
        }


@pytest.fixture
def site(place: Path) -> Site:
    return Site(place / "opt", Cut())


def source(place: Path, version: str, statement: str) -> Path:
    """This checkout as a later version with one more migration."""
    folder = place / f"source-{version}"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "var", "tests", "docs")
    shutil.copytree(ROOT, folder, ignore=ignored)
    package = folder / "houqin" / "__init__.py"
    package.write_text(package.read_text().replace(__version__, version))
    migrations = folder / "houqin" / "foundation" / "backups" / "migrations"
    last = max(migrations.glob("0*.py")).stem
    (migrations / "0900_more.py").write_text(MIGRATION.format(after=last, what=statement))
    return folder


def test_install_upgrade_and_roll_back_without_a_network(
    place: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = maker(place)
    first, key = make(ROOT)
    offline_index(place, first, monkeypatch)
    (place / "bootstrap").mkdir()
    subprocess.run(["tar", "-xf", first, "-C", place / "bootstrap", "houqin-install"], check=True)
    done = site.cut.run(
        sys.executable,
        place / "bootstrap" / "houqin-install",
        "install",
        first,
        "--to",
        site.root,
        "--key",
        key,
    )
    assert done.returncode == 0, done.stderr
    fill(site)
    before, files = site.kept(), sameness.files(site.data / "files")
    assert site.version() == __version__

    refuses_what_was_tampered_with(site, first)
    broken, _ = make(source(place, "0.9.1", "SELECT 1 / (SELECT count(*) FROM places_place WHERE false)"))
    done = site.do("upgrade", broken)
    assert done.returncode == 1
    assert f"{__version__} is in use again, with the data as it was before." in done.stderr
    assert site.version() == __version__
    assert site.kept() == before

    later, _ = make(source(place, "0.9.2", "CREATE TABLE of_a_later_version (n int)"))
    done = site.do("upgrade", later)
    assert done.returncode == 0, done.stderr
    assert site.version() == "0.9.2"
    assert "of_a_later_version" in site.kept()
    assert sorted(path.name for path in (site.root / "versions").iterdir()) == [__version__, "0.9.1", "0.9.2"]
    done = site.do("rollback")
    assert done.returncode == 0, done.stderr
    assert site.version() == __version__
    assert site.kept() == before
    assert sameness.files(site.data / "files") == files != {}
    assert site.do("rollback").returncode == 1, "there is nothing more to undo"


def maker(place: Path) -> Callable[[Path], tuple[Path, str]]:
    def make(folder: Path) -> tuple[Path, str]:
        return build.build(place / "bundles", place / "key.pem", source=folder)

    return make


def offline_index(place: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on pip takes packages from the first bundle: what was locked then is what is there."""
    (place / "index").mkdir()
    subprocess.run(["tar", "-xf", bundle, "-C", place / "index", "wheels"], check=True)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place / "index" / "wheels"))


def fill(site: Site) -> None:
    """A small demo compound with a photo in it."""
    site.houqin("manage", "migrate", "--verbosity", "0")
    site.houqin("manage", "createcachetable")
    code = """
        from houqin.foundation.files import actions
        from houqin.foundation.files.tests import samples
        from houqin.foundation.people.models import Person
        from houqin.project import demo
        demo.load(lambda share: None, scale=0.01)
        staff = Person.objects.get(username="staff")
        actions.store(staff, samples.upload(samples.picture(), "a.jpg", "image/jpeg"))
    """
    site.houqin("manage", "shell", "--no-imports", "--command", textwrap.dedent(code))


def refuses_what_was_tampered_with(site: Site, bundle: Path) -> None:
    tampered = bundle.with_name("tampered.tar")
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    tampered.write_bytes(content)
    before = sorted(site.root.rglob("*"))
    done = site.do("upgrade", tampered)
    assert done.returncode == 1
    assert "Nothing was touched." in done.stderr
    assert sorted(site.root.rglob("*")) == before
