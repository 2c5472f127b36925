"""Making the archive: wheels of all locked packages and of Houqin itself, checksums, a signature, the installer."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipapp
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from houqin.project.bundle.installer.archive import MANIFEST, REQUIREMENTS, SIGNATURE, SUMS
from houqin.project.bundle.installer.signature import KEY_PREFIX

Say = Callable[[str], None]
SOURCE = Path(__file__).resolve().parents[3]
INSTALLER = Path(__file__).with_name("installer")


class BundleProblem(Exception):
    """The bundle cannot be made; the text says why and what helps."""


def build(
    into: Path, key_file: Path, *, source: Path = SOURCE, say: Say = lambda text: None
) -> tuple[Path, str]:
    """Make the archive of the checkout `source` in `into`; answers with its path and the public key.

    The private key (PEM) is made when there is none. Asks the package index that pip is configured for. Raises
    `BundleProblem`.
    """
    if not (source / "requirements.lock").exists():
        raise BundleProblem("A bundle is made from a checkout: there is no requirements.lock here.")
    into.mkdir(parents=True, exist_ok=True)
    key = signing_key(key_file)
    with tempfile.TemporaryDirectory(dir=into, prefix=".bundle-") as draft:
        work = Path(draft)
        wheels = work / "wheels"
        say("Collecting the wheels of all locked packages…")
        _pip(
            "wheel",
            "--require-hashes",
            "--no-deps",
            f"--wheel-dir={wheels}",
            f"--requirement={source / 'requirements.lock'}",
        )
        _pip("wheel", "--no-deps", f"--wheel-dir={wheels}", _pinned_pip())
        say("Building Houqin…")
        _pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={wheels}", str(source))
        manifest = _describe(wheels)
        (work / REQUIREMENTS).write_text(_requirements(wheels), encoding="utf-8")
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        _pack_installer(work / "houqin-install")
        target = into / f"houqin-{manifest['version']}-linux-{manifest['machine']}-py{manifest['python']}.tar"
        say("Signing and packing…")
        _pack(work, key, target)
    return target, public_key(key)


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The private key in the file, made when there is none (mode 0600)."""
    if not path.exists():
        fresh = Ed25519PrivateKey.generate()
        pem = fresh.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        return fresh
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BundleProblem(f"{path} is no private key without a password, in PEM.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BundleProblem(f"{path} is no Ed25519 key. Remove the option to have one made.")
    return key


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, as the installer takes it."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return KEY_PREFIX + base64.b64encode(raw).decode()


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise BundleProblem(
            f"pip failed: {(reasons or done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )


def _pinned_pip() -> str:
    """The pip of the lock of developers: it installs the others, and is not among what runs."""
    import pip

    return f"pip=={pip.__version__}"


def _requirements(wheels: Path) -> str:
    """What the installer installs: each wheel by name, version and the hash it has here, pip itself excepted."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version = _named(wheel)
        if name != "pip":
            lines.append(f"{name}=={version} --hash=sha256:{_digest(wheel)}\n")
    return "".join(lines)


def _named(wheel: Path) -> tuple[str, str]:
    with ZipFile(wheel) as content:
        path = next(name for name in content.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        metadata = Parser().parsestr(content.read(path).decode("utf-8", errors="replace"), headersonly=True)
    return str(metadata["Name"]).lower(), str(metadata["Version"])


def _describe(wheels: Path) -> dict[str, object]:
    """What the bundle is; `migrations`, of every package, tells whether two versions have the same tables."""
    migrations: set[str] = set()
    for wheel in wheels.glob("*.whl"):
        with ZipFile(wheel) as content:
            migrations |= {
                name for name in content.namelist() if re.search(r"/migrations/\d{4}_\w+\.py$", name)
            }
    return {
        "version": _named(next(wheels.glob("houqin-*.whl")))[1],
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": platform.machine(),
        "migrations": sorted(migrations),
    }


def _pack_installer(target: Path) -> None:
    """One file that Python runs: the folder `installer` with a first line that says so."""
    with tempfile.TemporaryDirectory() as draft:
        shutil.copytree(
            INSTALLER, Path(draft) / "houqin_install", ignore=shutil.ignore_patterns("__pycache__")
        )
        zipapp.create_archive(
            draft, target, interpreter="/usr/bin/env python3", main="houqin_install.work:command"
        )


def _pack(work: Path, key: Ed25519PrivateKey, target: Path) -> None:
    names = sorted(path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file())
    sums = "".join(f"{_digest(work / name)}  {name}\n" for name in names).encode()
    draft = target.with_name(f".{target.name}.part")
    try:
        with tarfile.open(draft, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, content in ((SUMS, sums), (SIGNATURE, base64.b64encode(key.sign(sums)))):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            for name in names:
                info = tarfile.TarInfo(name)
                info.size = (work / name).stat().st_size
                info.mode = 0o755 if name == "houqin-install" else 0o644
                with (work / name).open("rb") as file:
                    tar.addfile(info, file)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
