"""Settings that come from the environment (`HOUQIN_…`): read without failing, judged when a command starts.

Importing the settings never raises for a wrong value: a command that starts calls `faults()` and says
everything that is wrong at once, one message per fault.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from houqin.foundation.outside.address import read_address
from houqin.project import data_keys as key_file
from houqin.project import identities
from houqin.project.data_keys import Keys
from houqin.project.faults import Fault

#: Stands in where no secret was given, so that reading the settings works; never good enough to serve with.
DEFAULT_SECRET = "houqin-insecure-default-secret-for-reading-settings-only"  # noqa: S105 - refused by faults()
MIN_SECRET_LENGTH = 32
MODES = ("production", "development", "test")
LANGUAGES = ("zh-hans", "en")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}
KNOWN = {
    "MODE",
    "DEBUG",
    "SECRET_KEY",
    "TRAIL_KEY",
    "DOOR_KEY",
    "DATA_KEYS",
    "LOOKUP_KEYS",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "LANGUAGE",
    "EMAIL_URL",
    "EMAIL_FROM",
    "DINGTALK_URL",
    "WECHAT_URL",
    "SMS_URL",
    "STORAGE_URL",
    "BACKUP_DIR",
    "BACKUP_TIME",
    "BACKUP_KEEP",
    "TRUSTED_PROXIES",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "DEMO_TODAY",
    "WEB_WORKERS",
    "PASSWORD_DAYS",
    "INITIAL_PASSWORD_DAYS",
    "IDLE_MINUTES",
    "IDLE_MINUTES_OTHERS",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
    "OIDC_MATCH",
    "DINGTALK_LOGIN_URL",
    "DINGTALK_JSAPI",
    "TLS",
    "PASSWORD",
    "TEST_DATABASE_URL",
    "BROWSER",
    "DATA_DIR_GIVEN",
}
#: Whole numbers: default, least, most.
NUMBERS = {
    "WEB_WORKERS": (2, 1, 64),
    "PASSWORD_DAYS": (90, 0, 3650),
    "INITIAL_PASSWORD_DAYS": (7, 1, 90),
    "IDLE_MINUTES": (30, 1, 720),
    "IDLE_MINUTES_OTHERS": (0, 0, 720),
}
#: Handed from one process of ours to the next; nobody sets these.
INTERNAL = {"DATA_DIR_GIVEN"}


@dataclass(frozen=True)
class Environment:
    """The values of `HOUQIN_…`, already typed; values that cannot be typed keep their default and are faults."""

    mode: str = "production"
    debug: bool = False
    secret_key: str = DEFAULT_SECRET
    trail_key: str = ""
    door_key: str = ""
    data_keys: Keys = ()
    lookup_keys: Keys = ()
    allowed_hosts: tuple[str, ...] = LOCAL_HOSTS
    hosts_given: bool = False
    base_url: str = ""
    database_url: str = ""
    data_dir: Path = Path("var")
    language: str = "zh-hans"
    email_url: str = ""
    email_from: str = ""
    dingtalk_url: str = ""
    wechat_url: str = ""
    sms_url: str = ""
    storage_url: str = ""
    backup_dir: str = ""
    backup_time: str = "02:30"
    backup_keep: int = 0
    trusted_proxies: tuple[str, ...] = ()
    log_level: str = "INFO"
    log_format: str = "text"
    web_workers: int = 2
    password_days: int = 90
    initial_password_days: int = 7
    idle_minutes: int = 30
    idle_minutes_others: int = 0
    oidc: Mapping[str, str] = field(default_factory=lambda: identities.oidc({}))
    dingtalk_login_url: str = ""
    dingtalk_jsapi: str = ""
    tls: bool = False
    unreadable: tuple[Fault, ...] = field(default=())

    @property
    def database(self) -> dict[str, Any]:
        """The parts of the database address as libpq names them; empty when the address cannot be read."""
        try:
            return dict(conninfo_to_dict(self.database_url)) if self.database_url else {}
        except ProgrammingError:
            return {}


def read(env: Mapping[str, str] | None = None) -> Environment:
    """Read the settings from `env` (default: the process environment). Never raises."""
    env = os.environ if env is None else env
    get = {name: env.get(f"HOUQIN_{name}", "").strip() for name in KNOWN}
    unreadable: list[Fault] = []
    data_dir = Path(get["DATA_DIR"] or "var").expanduser().absolute()
    hosts_given = "HOUQIN_ALLOWED_HOSTS" in env
    hosts = _list(get["ALLOWED_HOSTS"]) if hosts_given else LOCAL_HOSTS + _base_host(get["BASE_URL"])
    return Environment(
        mode=get["MODE"] or "production",
        debug=_bool("DEBUG", get["DEBUG"], unreadable),
        secret_key=get["SECRET_KEY"] or _kept_secret(data_dir) or DEFAULT_SECRET,
        trail_key=get["TRAIL_KEY"],
        door_key=get["DOOR_KEY"],
        data_keys=key_file.read("DATA_KEYS", get["DATA_KEYS"], data_dir, unreadable),
        lookup_keys=key_file.read("LOOKUP_KEYS", get["LOOKUP_KEYS"], data_dir, unreadable),
        allowed_hosts=hosts,
        hosts_given=hosts_given,
        base_url=get["BASE_URL"].rstrip("/"),
        database_url=get["DATABASE_URL"],
        data_dir=data_dir,
        language=get["LANGUAGE"] or "zh-hans",
        email_url=get["EMAIL_URL"],
        email_from=get["EMAIL_FROM"],
        dingtalk_url=get["DINGTALK_URL"],
        wechat_url=get["WECHAT_URL"],
        sms_url=get["SMS_URL"],
        storage_url=get["STORAGE_URL"],
        backup_dir=get["BACKUP_DIR"],
        backup_time=get["BACKUP_TIME"] or "02:30",
        backup_keep=_int("BACKUP_KEEP", get["BACKUP_KEEP"], 0, unreadable),
        trusted_proxies=_list(get["TRUSTED_PROXIES"]),
        log_level=get["LOG_LEVEL"].upper() or "INFO",
        log_format=get["LOG_FORMAT"] or "text",
        **{
            name.lower(): _int(name, get[name], default, unreadable)
            for name, (default, *_) in NUMBERS.items()
        },
        oidc=identities.oidc(get),
        dingtalk_login_url=get["DINGTALK_LOGIN_URL"].rstrip("/"),
        dingtalk_jsapi=get["DINGTALK_JSAPI"],
        tls=_bool("TLS", get["TLS"], unreadable),
        unreadable=tuple(unreadable),
    )


def faults(given: Environment, env: Mapping[str, str] | None = None) -> list[Fault]:
    """Everything wrong with the settings, in the order of the table in the documentation."""
    found = list(given.unreadable)
    checks = (
        _mode,
        _secret,
        key_file.missing,
        _trail_key,
        _door_key,
        _hosts,
        _addresses,
        _database,
        _outside,
        _channels,
        _backups,
        _words,
    )
    for check in checks:
        found.extend(check(given))
    found.extend(
        Fault(*each)
        for each in identities.faults(
            given.oidc, given.dingtalk_login_url, given.dingtalk_url, given.dingtalk_jsapi
        )
    )
    found.extend(_unknown(os.environ if env is None else env))
    return found


def _mode(given: Environment) -> list[Fault]:
    if given.mode not in MODES:
        return [Fault("HOUQIN_MODE", f"“{given.mode}” is not a mode.", "Use production or development.")]
    if given.mode == "production" and given.debug:
        return [
            Fault(
                "HOUQIN_DEBUG",
                "is on in production: error pages would show the inside of the system to everybody.",
                "Remove it, or set HOUQIN_MODE=development on a developer's machine.",
            )
        ]
    return []


def _secret(given: Environment) -> list[Fault]:
    if given.mode != "production":
        return []
    mend = "Remove it to have one made and kept in the data directory, or set at least 32 random characters."
    if given.secret_key == DEFAULT_SECRET or given.secret_key.startswith("django-insecure"):
        return [Fault("HOUQIN_SECRET_KEY", "is a default that everybody knows.", mend)]
    if len(given.secret_key) < MIN_SECRET_LENGTH or len(set(given.secret_key)) < 8:
        return [Fault("HOUQIN_SECRET_KEY", "can be guessed: it is too short or too regular.", mend)]
    return []


def _trail_key(given: Environment) -> list[Fault]:
    public = r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"
    if not given.trail_key or re.fullmatch(rf"PRIVATE\+KEY\+{public}(\s+{public})*", given.trail_key):
        return []
    mend = "Remove it to have one made and kept in the data directory, or copy the whole line of trail-key."
    return [Fault("HOUQIN_TRAIL_KEY", "is not a private key of a trail.", mend)]


def _door_key(given: Environment) -> list[Fault]:
    if not given.door_key or re.fullmatch(r"[A-Za-z0-9+/]{43}=", given.door_key):
        return []
    mend = "Remove it to have one made and kept in the data directory, or copy the whole line of door-key."
    return [Fault("HOUQIN_DOOR_KEY", "is not a private key for door passes.", mend)]


def _hosts(given: Environment) -> list[Fault]:
    found = []
    if not given.allowed_hosts:
        found.append(
            Fault(
                "HOUQIN_ALLOWED_HOSTS",
                "is empty: no address would be answered.",
                "List the names people type, separated by commas.",
            )
        )
    if "*" in given.allowed_hosts and given.mode == "production":
        found.append(
            Fault("HOUQIN_ALLOWED_HOSTS", "“*” answers to any name.", "List the names people type instead.")
        )
    return found


def _addresses(given: Environment) -> list[Fault]:
    found = []
    if given.base_url:
        parts = urlsplit(given.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            found.append(
                Fault(
                    "HOUQIN_BASE_URL",
                    f"“{given.base_url}” is not the address of a site.",
                    "Write it as https://houqin.example.gov.cn, without a path.",
                )
            )
    for proxy in given.trusted_proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            found.append(
                Fault(
                    "HOUQIN_TRUSTED_PROXIES",
                    f"“{proxy}” is not an address or a network.",
                    "Write 10.0.0.5 or 10.0.0.0/24, separated by commas.",
                )
            )
    return found


def _database(given: Environment) -> list[Fault]:
    if not given.database_url:
        return []
    mend = "Write it as postgresql://user:password@host:5432/name."
    if not re.match(r"postgres(ql)?://", given.database_url):
        return [Fault("HOUQIN_DATABASE_URL", "is not the address of a PostgreSQL database.", mend)]
    if not given.database.get("dbname"):
        return [Fault("HOUQIN_DATABASE_URL", "cannot be read or names no database.", mend)]
    if not re.fullmatch(r"[0-9,]*", str(given.database.get("port", ""))):
        return [Fault("HOUQIN_DATABASE_URL", "has a port that is no number.", mend)]
    return []


def _outside(given: Environment) -> list[Fault]:
    found = []
    mail, storage = urlsplit(given.email_url), urlsplit(given.storage_url)
    if given.email_url and (mail.scheme not in {"smtp", "smtps", "smtp+starttls"} or not mail.hostname):
        mend = "Write it as smtps://user:password@host:465 or smtp+starttls://user:password@host:587."
        found.append(Fault("HOUQIN_EMAIL_URL", "is not the address of a mail server.", mend))
    if given.storage_url and (storage.scheme != "file" or not storage.path.startswith("/")):
        mend = "Write it as file:///srv/houqin/files."
        found.append(Fault("HOUQIN_STORAGE_URL", "is not the address of a folder.", mend))
    return found


#: The forms of the addresses of messengers and gateways; the part in capitals behind the host has to be there.
_CHANNELS = {
    "DINGTALK": "https://APPKEY:APPSECRET@openplatform.dg-work.cn/TENANTID",
    "WECHAT": "https://APPID:APPSECRET@api.weixin.qq.com/TEMPLATEID",
    "SMS": "https://KEY:SECRET@gateway.example.cn/path",
}


def _channels(given: Environment) -> list[Fault]:
    found = []
    if given.email_from and not re.fullmatch(r"(.*<)?[^<>@\s]+@[^<>@\s]+>?", given.email_from):
        mend = "Write it as houqin@example.gov.cn, or 后勤服务 <houqin@example.gov.cn>."
        found.append(Fault("HOUQIN_EMAIL_FROM", "is not an address to send mail from.", mend))
    if given.email_url and not given.email_from:
        mend = "Set the address that mail comes from: houqin@example.gov.cn."
        found.append(Fault("HOUQIN_EMAIL_FROM", "is missing while HOUQIN_EMAIL_URL is set.", mend))
    for name, form in _CHANNELS.items():
        url = getattr(given, f"{name.lower()}_url")
        address = read_address(url)
        if url and not (address and address.rest):
            mend = f"Write it as {form}, each part percent-encoded; http only to this machine or a private network."
            found.append(Fault(f"HOUQIN_{name}_URL", "is not a whole address with key and secret.", mend))
    return found


def _backups(given: Environment) -> list[Fault]:
    found = []
    if given.backup_dir and not given.backup_dir.startswith("/"):
        found.append(
            Fault("HOUQIN_BACKUP_DIR", f"“{given.backup_dir}” is not a whole path.", "Begin it with a slash.")
        )
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", given.backup_time):
        found.append(
            Fault("HOUQIN_BACKUP_TIME", f"“{given.backup_time}” is not a time of day.", "Write it as 02:30.")
        )
    if given.backup_keep < 0:
        found.append(
            Fault("HOUQIN_BACKUP_KEEP", "is below zero.", "Say how many to keep; 0 or nothing keeps all.")
        )
    return found


def _words(given: Environment) -> list[Fault]:
    found = []
    if given.language not in LANGUAGES:
        found.append(Fault("HOUQIN_LANGUAGE", f"“{given.language}” is not offered.", "Use zh-hans or en."))
    if given.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        found.append(
            Fault(
                "HOUQIN_LOG_LEVEL", f"“{given.log_level}” is not a level.", "DEBUG, INFO, WARNING or ERROR."
            )
        )
    if given.log_format not in {"text", "json"}:
        found.append(Fault("HOUQIN_LOG_FORMAT", f"“{given.log_format}” is not a form.", "Use text or json."))
    for name, (_default, least, most) in NUMBERS.items():
        value = getattr(given, name.lower())
        if not least <= value <= most:
            found.append(Fault(f"HOUQIN_{name}", f"{value} is out of range.", f"Use {least} to {most}."))
    return found


def _unknown(env: Mapping[str, str]) -> list[Fault]:
    names = sorted(n for n in env if n.startswith("HOUQIN_") and n.removeprefix("HOUQIN_") not in KNOWN)
    return [Fault(name, "is not a setting.", "See docs/administrators/settings.md.") for name in names]


def port_of(url: str) -> int | None:
    """The port an address names; nothing for none and for one that is no number."""
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _bool(name: str, text: str, unreadable: list[Fault]) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    unreadable.append(Fault(f"HOUQIN_{name}", f"“{text}” is neither yes nor no.", "Use 1 or 0."))
    return False


def _int(name: str, text: str, default: int, unreadable: list[Fault]) -> int:
    try:
        return int(text) if text else default
    except ValueError:
        unreadable.append(Fault(f"HOUQIN_{name}", f"“{text}” is not a number.", "Use a whole number."))
        return default


def _base_host(base_url: str) -> tuple[str, ...]:
    try:
        host = urlsplit(base_url).hostname
    except ValueError:
        return ()
    return (host,) if host and host not in LOCAL_HOSTS else ()


def secret_file(data_dir: Path) -> Path:
    """Where the generated secret of this installation is kept (mode 0600)."""
    return data_dir / "secret-key"


def _kept_secret(data_dir: Path) -> str:
    try:
        return secret_file(data_dir).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
