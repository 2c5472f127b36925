"""`houqin demo --lan`: the demo on the local network, with a certificate of its own and a password nobody knows yet."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LASTS = timedelta(days=365)  # phones refuse certificates that last longer than 398 days


def own_address() -> str:
    """This machine's address on the network it reaches others by; loopback where there is none. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def certificate(folder: Path, address: str) -> tuple[str, str]:
    """Paths of a certificate for ``address`` and its key, made anew when it is for another or ends within a month."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cert, key = folder / "lan-cert.pem", folder / "lan-key.pem"
    if not _serves(cert, address) or not key.exists():
        _make(cert, key, address)
    return str(cert), str(key)


def code_for_phone(url: str) -> str:
    """A QR code of the address, drawn in characters of the terminal."""
    lines = []
    rows = [bytes(row) for row in segno.make(url, error="l").matrix_iter(border=2)]
    for upper, lower in zip(rows[::2], [*rows[1::2], bytes(len(rows[0]))], strict=False):
        lines.append(
            "".join(" ▄▀█"[3 - (2 * bool(top) + bool(low))] for top, low in zip(upper, lower, strict=True))
        )
    return "\n".join(lines)


def _serves(cert: Path, address: str) -> bool:
    try:
        found = x509.load_pem_x509_certificate(cert.read_bytes())
    except (OSError, ValueError):
        return False
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    served = {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    return address in served and found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=30)


def _make(cert: Path, key: Path, address: str) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Houqin demo {address}")])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(each)) for each in dict.fromkeys((address, "127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(secret, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
