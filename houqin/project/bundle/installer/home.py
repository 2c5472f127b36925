"""An installation: versions side by side, the one in use, its data and its backups."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .archive import MANIFEST, REQUIREMENTS, SUMS, Archive
from .refusal import Refusal, say
from .signature import read_key

READY_WITHIN = 600.0  # seconds for migrations and the first start of a new version
BACKUP_MADE = (0, 5)  # 5: made, but files were missing before already


class Home:
    """Where Houqin is installed: versions side by side, `current`, data, backups."""

    def __init__(self, root: Path, service: str = "") -> None:
        self.root, self.service = root.absolute(), service
        self.versions, self.current = self.root / "versions", self.root / "current"
        self.data, self.backups = self.root / "data", self.root / "backups"
        self.key_file, self.history_file = self.root / "key.pub", self.root / "history.json"

    @property
    def in_use(self) -> str:
        """The version `current` names, or nothing."""
        return Path(os.readlink(self.current)).name if self.current.is_symlink() else ""

    def key(self) -> bytes:
        return read_key(self.key_file.read_text(encoding="ascii"))

    def history(self) -> list[dict[str, str]]:
        if not self.history_file.exists():
            return []
        kept: list[dict[str, str]] = json.loads(self.history_file.read_text(encoding="utf-8"))
        return kept

    def note(self, entry: dict[str, str] | None) -> None:
        """Add a line to the history, or with nothing take the last one away."""
        lines = [*self.history(), entry] if entry else self.history()[:-1]
        write(self.history_file, json.dumps(lines, indent=1) + "\n")

    def manifest(self, version: str) -> dict[str, object]:
        kept: dict[str, object] = json.loads((self.versions / version / MANIFEST).read_text(encoding="utf-8"))
        return kept

    def add(self, archive: Archive) -> None:
        """Put the archive's version beside the others, under its name only once it is whole."""
        target = self.versions / archive.version
        if target.exists() and (target / SUMS).read_bytes() == archive.sums:
            return
        if target.exists():
            raise Refusal(
                f"{target} is another archive of the same version. Remove it first. Nothing was touched."
            )
        draft = self.versions / f".{archive.version}.part"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            say(f"Unpacking {archive.version}…")
            archive.unpack(draft / "bundle")
            install_packages(draft / "bundle", draft / "env", str(target / "env"))
            for kept in (MANIFEST, SUMS):
                shutil.move(draft / "bundle" / kept, draft / kept)
            shutil.rmtree(draft / "bundle")
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def switch(self, version: str) -> None:
        draft = self.root / ".current"
        draft.unlink(missing_ok=True)
        draft.symlink_to(Path("versions") / version)
        draft.replace(self.current)

    def command(self, version: str, *arguments: str) -> list[str]:
        return [str(self.versions / version / "env" / "bin" / "houqin"), *arguments]

    def env(self) -> dict[str, str]:
        """The settings: those of `houqin.env`, and our data directory unless they name another."""
        settings = {"HOUQIN_DATA_DIR": str(self.data)}
        file = self.root / "houqin.env"
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                settings[name.strip()] = value.strip().strip('"')
        return {**os.environ, **settings}

    def run(self, version: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(version, *arguments), env=self.env(), stdout=subprocess.PIPE, text=True, check=False
        )

    def stop(self) -> None:
        """Stop the service; without one, refuse while somebody serves this data."""
        if self.service:
            subprocess.run(["systemctl", "stop", self.service], check=True)
        lock = Path(self.env()["HOUQIN_DATA_DIR"]) / "serving.lock"
        if not lock.exists():
            return
        with lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refusal(
                    "Houqin runs on this data. Stop it first, or name its --service. Nothing was touched."
                ) from None

    def start(self) -> None:
        if self.service:
            subprocess.run(["systemctl", "start", self.service], check=True)

    def back_up(self, version: str, why: str) -> str:
        done = self.run(version, "backup", str(self.backups / why))
        if done.returncode not in BACKUP_MADE:
            raise Refusal("The backup failed, so nothing was changed.")
        return done.stdout.strip().splitlines()[-1]

    def health(self, version: str) -> str:
        """Run that version on a spare port until it is ready, then stop it; why it is not, or nothing."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = self.command(version, "up", "--host", "127.0.0.1", "--port", str(port))
        process = subprocess.Popen(command, env=self.env())
        deadline = time.monotonic() + READY_WITHIN
        try:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    return f"it ended by itself with exit code {process.returncode}"
                if is_ready(port):
                    return ""
                time.sleep(0.5)
            return f"it was not ready within {READY_WITHIN:.0f} s"
        finally:
            process.terminate()
            process.wait()


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def install_packages(bundle: Path, env: Path, final: str) -> None:
    """A virtual environment with exactly the wheels of the bundle; asks no network.

    It is made under its final path's name, for scripts in it begin with the path of their interpreter.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(env)], check=True)
    pip = next((bundle / "wheels").glob("pip-*.whl"))
    command = [
        str(env / "bin" / "python"),
        f"{pip}/pip",
        "install",
        "--no-index",
        "--no-deps",
        "--require-hashes",
    ]
    command += [
        "--quiet",
        "--no-cache-dir",
        "--disable-pip-version-check",
        f"--find-links={bundle / 'wheels'}",
    ]
    done = subprocess.run([*command, f"--requirement={bundle / REQUIREMENTS}"], check=False)
    if done.returncode != 0:
        raise Refusal("The packages could not be installed; nothing else was changed.")
    for script in (env / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            text = script.read_bytes()
            if str(env).encode() in text:
                script.write_bytes(text.replace(str(env).encode(), final.encode()))


def write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
