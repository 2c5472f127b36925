"""A bundle on a machine without a network: installed, upgraded, rolled back; the data is whole all the while."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from houqin import __version__
from houqin.project.bundle import build
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
LATER = "CREATE TABLE of_a_later_version (n int)"
#: A browser of a few lines, for who has Python and nothing else: starts Houqin, signs in, stops it.
SIGN_IN = r"""
import http.cookiejar, re, signal, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

base = "http://127.0.0.1:8765"
up = subprocess.Popen([sys.argv[1], "up", "--port", "8765"], stdout=subprocess.DEVNULL)
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
try:
    for _ in range(600):
        try:
            browser.open(base + "/readyz", timeout=5)
            break
        except OSError:
            assert up.poll() is None, "it ended by itself"
            time.sleep(0.5)
    page = browser.open(base + "/sign-in").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    given = {"csrfmiddlewaretoken": token, "username": "staff", "password": "houqin-demo"}
    sent = urllib.request.Request(base + "/sign-in", urllib.parse.urlencode(given).encode(), {"Referer": base + "/sign-in"})
    home = browser.open(sent)
    assert not home.url.endswith("/sign-in"), home.url
    assert "/sign-out" in browser.open(base + "/profile").read().decode()
    print(home.url)
finally:
    up.send_signal(signal.SIGINT)
    up.wait(timeout=120)
"""


class Cut:
    """This machine without any network but itself; nothing that runs here reaches a registry. ``account``: whose processes they are,
    where that is not oneself; it gets the Python of this test, which may lie in a folder of root's, at ``python``.
    """

    def __init__(self, python: Path, account: str = "") -> None:
        inner = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        self.python, self.env = Path(sys.executable), {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        if account:
            python.mkdir()
            bound = f'mount --bind {sys.base_prefix} {python} && ip link set lo up && exec "$@"'
            them = ["setpriv", f"--reuid={account}", f"--regid={account}", "--clear-groups", "--no-new-privs"]
            self.prefix = ["unshare", "--net", "--mount", "sh", "-c", bound, "sh", *them]
            self.python = python / "bin" / "python3"
            self.env["LD_LIBRARY_PATH"] = str(python / "lib")
        elif os.geteuid() == 0:
            self.prefix = ["unshare", "--net", *inner]
        else:
            me = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
            self.prefix = ["unshare", "--map-root-user", "--net", *inner, *me]
        tried = subprocess.run([*self.prefix, "true"], capture_output=True, text=True)
        assert tried.returncode == 0, f"no network namespace can be made on this machine: {tried.stderr}"

    def run(self, *command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        settings = {**self.env, **env}
        words = [*self.prefix, *map(str, command)]
        return subprocess.run(words, env=settings, cwd="/", capture_output=True, text=True, timeout=900)


class Site:
    """Houqin installed in a folder of its own."""

    def __init__(self, root: Path, cut: Cut) -> None:
        self.root, self.cut = root, cut
        self.data = root / "data"

    def do(self, work: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        installer = self.root / "houqin-install"
        return self.cut.run(self.cut.python, "-I", installer, work, *arguments, "--to", self.root)

    def install(self, archive: Path, key: str, bootstrap: Path) -> None:
        bootstrap.mkdir()
        subprocess.run(["tar", "-xf", archive, "-C", bootstrap, "houqin-install"], check=True)
        given = ["install", archive, "--to", self.root, "--key", key]
        done = self.cut.run(self.cut.python, bootstrap / "houqin-install", *given)
        assert done.returncode == 0, done.stderr

    def houqin(self, *arguments: str) -> str:
        program = self.root / "current" / "env" / "bin" / "houqin"
        done = self.cut.run(program, *arguments, HOUQIN_DATA_DIR=str(self.data))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def version(self) -> str:
        return self.houqin("--version").split()[-1]

    def tables(self) -> dict[str, str]:
        """Asked by whoever Houqin runs as: its database lets in nobody else."""
        code = """
            import json
            from django.db import connection
            from psycopg.conninfo import make_conninfo
            from houqin.testing import sameness
            given = connection.get_connection_params()
            names = ("host", "port", "dbname", "user", "password")
            url = make_conninfo(**{name: given[name] for name in names if given.get(name)})
            print(json.dumps(sameness.tables(url)))
        """
        said = self.houqin("manage", "shell", "--no-imports", "--command", textwrap.dedent(code))
        found: dict[str, str] = json.loads(said.splitlines()[-1])
        return found

    def kept(self) -> dict[str, str]:
        """Everything that no start of Houqin writes."""
        return {
            name: value
            for name, value in self.tables().items()
            if not name.removeprefix("sequence ").startswith(RESTLESS)
        }


@pytest.fixture
def site(place: Path) -> Site:
    return Site(place / "opt", Cut(place / "python"))


@pytest.fixture
def ordinary(place: Path) -> Iterator[Site]:
    """Where an account without any right installs: one made for the test, or oneself."""
    if os.geteuid() != 0:
        yield Site(place / "home" / "opt", Cut(place / "python"))
        return
    account = f"hq{os.getpid()}"
    subprocess.run(
        ["useradd", "--user-group", "--no-create-home", "--shell", "/bin/false", account], check=True
    )
    try:
        (place / "home").mkdir()
        shutil.chown(place / "home", account, account)
        yield Site(place / "home" / "opt", Cut(place / "python", account))
    finally:
        subprocess.run(["userdel", account], check=True)


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
    place: Path, site: Site, ordinary: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = maker(place)
    first, key = make(ROOT)
    offline_index(place, first, monkeypatch)
    without_any_right(first, key, later := make(source(place, "0.9.2", LATER))[0], place, ordinary)
    site.install(first, key, place / "bootstrap")
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


def without_any_right(first: Path, key: str, later: Path, place: Path, site: Site) -> None:
    """The same by an ordinary account: installed, signed in, upgraded with a backup by itself, gone back to."""
    site.install(first, key, place / "bootstrap-ordinary")
    fill(site)
    signs_in(site)
    before = site.kept()
    done = site.do("upgrade", later)
    assert done.returncode == 0, done.stderr
    assert site.version() == "0.9.2"
    assert "of_a_later_version" in site.kept()
    assert len(list((site.root / "backups" / "before-upgrade").glob("houqin-*"))) == 1
    signs_in(site)
    done = site.do("rollback")
    assert done.returncode == 0, done.stderr
    assert site.version() == __version__
    assert site.kept() == before
    owners = {path.lstat().st_uid for path in site.root.rglob("*")}
    assert owners == {site.root.stat().st_uid} != ({0} if os.geteuid() == 0 else set())


def signs_in(site: Site) -> str:
    """`houqin up` without a network, the sign-in page, the right password: what the home page says."""
    program = site.root / "current" / "env" / "bin" / "houqin"
    done = site.cut.run(site.cut.python, "-c", SIGN_IN, program, HOUQIN_DATA_DIR=str(site.data))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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
