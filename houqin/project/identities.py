"""Settings of signing in by way of another house: ``HOUQIN_OIDC_…`` and ``HOUQIN_DINGTALK_…``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

LOCAL = {"localhost", "127.0.0.1", "::1"}
MATCHES = ("staff_number", "email")


def oidc(get: Mapping[str, str]) -> dict[str, str]:
    """The provider as the settings name it. ``HOUQIN_OIDC_MATCH`` is ``staff_number=CLAIM`` or ``email=CLAIM``."""
    match, _, claim = get.get("OIDC_MATCH", "").partition("=")
    return {
        "issuer": get.get("OIDC_ISSUER", ""),
        "client_id": get.get("OIDC_CLIENT_ID", ""),
        "client_secret": get.get("OIDC_CLIENT_SECRET", ""),
        "name": get.get("OIDC_NAME", ""),
        "match": match.strip(),
        "claim": claim.strip(),
    }


def faults(
    oidc: Mapping[str, str], dingtalk_login_url: str, dingtalk_url: str, dingtalk_jsapi: str
) -> Iterator[tuple[str, str, str]]:
    """Setting, problem and mend of each that is wrong."""
    issuer = oidc["issuer"]
    if issuer and not _encrypted(issuer):
        yield (
            "HOUQIN_OIDC_ISSUER",
            "is not an https address.",
            "Write it exactly as the provider's configuration says.",
        )
    for name in ("client_id", "client_secret") if issuer else ():
        if not oidc[name]:
            yield (
                f"HOUQIN_OIDC_{name.upper()}",
                "is missing while HOUQIN_OIDC_ISSUER is set.",
                "The provider gives it.",
            )
    if (oidc["match"] or oidc["claim"]) and not (oidc["match"] in MATCHES and oidc["claim"]):
        yield "HOUQIN_OIDC_MATCH", "is no rule.", "Write staff_number=CLAIM or email=CLAIM, or leave it out."
    if dingtalk_login_url and not _encrypted(dingtalk_login_url):
        yield (
            "HOUQIN_DINGTALK_LOGIN_URL",
            "is not an https address.",
            "Write https://login-pro.ding.zj.gov.cn.",
        )
    if dingtalk_login_url and not dingtalk_url:
        yield (
            "HOUQIN_DINGTALK_URL",
            "is missing while HOUQIN_DINGTALK_LOGIN_URL is set.",
            "Name the application.",
        )
    if dingtalk_jsapi and not Path(dingtalk_jsapi).is_file():
        yield (
            "HOUQIN_DINGTALK_JSAPI",
            "is no file.",
            "Save DingTalk's own script (gdt-jsapi, index.js) on this machine and name it.",
        )


def _encrypted(url: str) -> bool:
    """Plain http is good enough within this machine alone."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
