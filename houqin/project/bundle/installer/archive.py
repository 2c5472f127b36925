"""A bundle, verified whole before anything is done with it."""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import shutil
import sys
import tarfile
from pathlib import Path

from .refusal import Refusal
from .signature import is_signed

SUMS, SIGNATURE, MANIFEST, REQUIREMENTS = "SHA256SUMS", "SHA256SUMS.sig", "manifest.json", "requirements.txt"


class Archive:
    """A bundle. `verify` reads all of it and changes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest: dict[str, object] = {}
        self.sums = b""

    @property
    def version(self) -> str:
        return str(self.manifest["version"])

    def verify(self, key: bytes) -> None:
        """Raise Refusal unless every member is as it was signed, and there is none besides."""
        try:
            with tarfile.open(self.path, "r:") as tar:
                self._verify(tar, key)
        except (OSError, tarfile.TarError, EOFError, KeyError, ValueError) as error:
            raise Refusal(
                f"{self.path} is no bundle, or is damaged ({error}). Nothing was touched."
            ) from error

    def _verify(self, tar: tarfile.TarFile, key: bytes) -> None:
        found: dict[str, str] = {}
        small: dict[str, bytes] = {}
        for member in tar:
            parts = Path(member.name).parts
            if not member.isreg() or member.name in found or ".." in parts or member.name.startswith("/"):
                raise Refusal(f"{self.path}: {member.name} should not be there. Nothing was touched.")
            file = tar.extractfile(member)
            assert file is not None
            if member.name in (SUMS, SIGNATURE, MANIFEST):
                small[member.name] = file.read()
                found[member.name] = hashlib.sha256(small[member.name]).hexdigest()
            else:
                found[member.name] = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        if not is_signed(key, small[SUMS], base64.b64decode(small[SIGNATURE])):
            raise Refusal(
                f"{self.path} is not signed by the key of this installation, or was changed. Nothing was touched."
            )
        lines = (line.split("  ", 1) for line in small[SUMS].decode().splitlines())
        signed = {name: digest for digest, name in lines}
        for name in (SUMS, SIGNATURE):
            found.pop(name)
        for name in sorted(signed.keys() | found.keys()):
            if signed.get(name) != found.get(name):
                raise Refusal(f"{self.path}: {name} is not as it was signed. Nothing was touched.")
        self.manifest, self.sums = json.loads(small[MANIFEST]), small[SUMS]

    def unpack(self, folder: Path) -> None:
        """Write the members below `folder`. Plain files with plain names, as `verify` has seen to."""
        with tarfile.open(self.path, "r:") as tar:
            for member in tar:
                target, file = folder / member.name, tar.extractfile(member)
                assert file is not None
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as written:
                    shutil.copyfileobj(file, written)


def fits(archive: Archive) -> None:
    """Raise Refusal unless this machine is what the archive was made for."""
    wanted = (archive.manifest["python"], archive.manifest["machine"])
    here = (f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())
    if wanted != here or not sys.platform.startswith("linux"):
        raise Refusal(
            f"This bundle is for Python {wanted[0]} on Linux {wanted[1]}; here is Python {here[0]} on "
            f"{platform.system()} {here[1]}. Nothing was touched."
        )
