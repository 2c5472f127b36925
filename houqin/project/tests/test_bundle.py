"""The archive is verified by the installer alone, before anything is touched."""

from __future__ import annotations

import fcntl
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from houqin.project.bundle import build
from houqin.project.bundle.installer.home import Home
from houqin.project.bundle.installer.refusal import Refusal
from houqin.project.bundle.installer.signature import is_signed, read_key
from houqin.project.bundle.installer.work import main

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@given(
    message=st.binary(max_size=300),
    place=st.integers(0, 63 * 8 + 7),
    seed=st.binary(min_size=32, max_size=32),
)
def test_it_agrees_with_cryptography(message: bytes, place: int, seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert is_signed(public, message, signature)
    assert not is_signed(public, message + b"!", signature)
    changed = bytearray(signature)
    changed[place // 8] ^= 1 << place % 8
    assert not is_signed(public, message, bytes(changed))


def test_signatures_that_are_none() -> None:
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    order = 2**252 + 27742317777372353535851937790883648493
    high = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not is_signed(public, b"x", signature[:32] + high), "the same, a turn further"
    for wrong in (b"", signature[:-1], b"\xff" * 64, bytes(64)):
        assert not is_signed(public, b"x", wrong)
    assert not is_signed(b"\xff" * 32, b"x", signature)


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def archive(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    """A small bundle, signed, that could not be installed but is verified all the same."""
    work = tmp_path / "work"
    (work / "wheels").mkdir(parents=True)
    manifest = {"version": "0.2.0", "python": HERE, "machine": platform.machine(), "migrations": []}
    (work / "manifest.json").write_text(json.dumps(manifest))
    (work / "requirements.txt").write_text("houqin==0.2.0\n")
    (work / "wheels" / "houqin-0.2.0-py3-none-any.whl").write_bytes(b"wheel" * 1000)
    target = tmp_path / "houqin-0.2.0.tar"
    build._pack(work, key, target)
    return target


def rewrite(archive: Path, change: Callable[[str, bytes], bytes | None], *more: tuple[str, bytes]) -> None:
    """The archive with members changed, left out (``None``) or added."""
    with tarfile.open(archive) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar]
    changed = [(name, change(name, content)) for name, content in members]
    with tarfile.open(archive, "w") as tar:
        for name, content in (*changed, *more):
            if content is not None:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))


def one_byte(archive: Path, name: str) -> None:
    rewrite(
        archive, lambda each, content: content[:-1] + bytes([content[-1] ^ 1]) if each == name else content
    )


def a_link(archive: Path) -> None:
    with tarfile.open(archive, "a") as tar:
        info = tarfile.TarInfo("wheels/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)


def same(name: str, content: bytes) -> bytes:
    return content


HARMS: dict[str, Callable[[Path], None]] = {
    "wheel": lambda archive: one_byte(archive, "wheels/houqin-0.2.0-py3-none-any.whl"),
    "requirements": lambda archive: one_byte(archive, "requirements.txt"),
    "manifest": lambda archive: one_byte(archive, "manifest.json"),
    "sums": lambda archive: one_byte(archive, "SHA256SUMS"),
    "signature": lambda archive: rewrite(
        archive, lambda name, content: b"A" * 86 + b"==" if name == "SHA256SUMS.sig" else content
    ),
    "left out": lambda archive: rewrite(
        archive, lambda name, content: None if name == "requirements.txt" else content
    ),
    "unsigned": lambda archive: rewrite(
        archive, lambda name, content: None if name == "SHA256SUMS.sig" else content
    ),
    "added": lambda archive: rewrite(archive, same, ("wheels/evil-1-py3-none-any.whl", b"evil")),
    "twice": lambda archive: rewrite(archive, same, ("requirements.txt", b"evil")),
    "leading out": lambda archive: rewrite(archive, same, ("../evil", b"evil")),
    "link": a_link,
    "cut": lambda archive: archive.write_bytes(archive.read_bytes()[:-11000]),
    "no archive": lambda archive: archive.write_bytes(b"hello" * 1000),
    "empty": lambda archive: archive.write_bytes(b""),
}


def test_a_whole_one_is_taken(archive: Path, key: Ed25519PrivateKey) -> None:
    assert main(["verify", str(archive), "--key", build.public_key(key)]) == 0


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_tampered_one_is_refused_before_anything_is_touched(
    archive: Path, key: Ed25519PrivateKey, harm: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    harm(archive)
    home = archive.parent / "opt"
    assert main(["install", str(archive), "--to", str(home), "--key", build.public_key(key)]) == 1
    assert "Nothing was touched." in capsys.readouterr().err
    assert not home.exists()


def test_another_key_and_another_machine_are_refused(
    archive: Path, key: Ed25519PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(archive.parent / "opt")
    other = build.public_key(Ed25519PrivateKey.generate())
    assert main(["install", str(archive), "--to", home, "--key", other]) == 1
    assert "not signed by the key" in capsys.readouterr().err
    assert main(["install", str(archive), "--to", home, "--key", "houqin-ed25519:short"]) == 1
    assert "is no public key" in capsys.readouterr().err
    work = archive.parent / "work"
    for wrong in ({"python": "3.8"}, {"machine": "aarch64"}):
        described = json.loads((work / "manifest.json").read_text())
        (work / "manifest.json").write_text(json.dumps(described | wrong))
        build._pack(work, key, archive)
        assert main(["install", str(archive), "--to", home, "--key", build.public_key(key)]) == 1
        assert f"here is Python {HERE}" in capsys.readouterr().err
    assert not Path(home).exists()


def test_upgrading_nothing_and_rolling_nothing_back_are_refused(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(archive.parent / "opt")
    assert main(["upgrade", str(archive), "--to", home]) == 1
    assert "use install" in capsys.readouterr().err
    assert main(["rollback", "--to", home]) == 1
    assert "no upgrade to undo" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["install", str(archive), "--to", home])


def test_a_service_is_stopped_and_started_and_whoever_serves_meanwhile_is_not_run_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stand-in for systemctl, which writes down what it is told; a unit that cannot be stopped stops everything."""
    told, program = tmp_path / "told", tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {told}\n[ "$2" != broken.service ]\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    home = Home(tmp_path / "opt", "houqin.service")
    home.stop()
    home.start()
    assert told.read_text(encoding="utf-8").splitlines() == ["stop houqin.service", "start houqin.service"]
    with pytest.raises(subprocess.CalledProcessError):
        Home(tmp_path / "opt", "broken.service").stop()
    home.data.mkdir(parents=True)
    with (home.data / "serving.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(Refusal, match="Stop it first"):
            Home(tmp_path / "opt", "").stop()


def test_keys_are_made_once_and_only_of_the_right_kind(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = build.public_key(build.signing_key(path))
    assert build.public_key(build.signing_key(path)) == first
    assert len(read_key(first)) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    rsa = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content, words in ((rsa, "no Ed25519 key"), (b"nonsense", "no private key")):
        path.write_bytes(content)
        with pytest.raises(build.BundleProblem, match=words):
            build.signing_key(path)


def test_a_bundle_needs_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(build.BundleProblem, match=r"no requirements\.lock"):
        build.build(tmp_path / "out", tmp_path / "key.pem", source=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_installer_is_one_file_that_any_python_runs(
    tmp_path: Path, archive: Path, key: Ed25519PrivateKey
) -> None:
    build._pack_installer(tmp_path / "houqin-install")
    command = [sys.executable, "-I", "-S", str(tmp_path / "houqin-install")]
    done = subprocess.run([*command, "verify", str(archive), "--key", build.public_key(key)], cwd="/")
    assert done.returncode == 0
    told = subprocess.run([*command, "--help"], capture_output=True, text=True)
    assert "houqin-install upgrade ARCHIVE" in told.stdout
