"""Settings from the environment: what is refused, with which words, and how many at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from houqin.project import data_keys, environment

SECRET = "k3Jx9-7qLm2Zr8Vw5Tn1Bc6Yd4Hf0Gs-PaQe"
KEY = "vZk8m2Qq3o0y1n5x7RtUwA4sDfGhJkLzXcVbNm9PqWE="
GIVEN = {"SECRET_KEY": SECRET, "DATA_KEYS": f"k1:{KEY}", "LOOKUP_KEYS": f"f1:{KEY}"}


def faults(**given: str) -> dict[str, str]:
    env = {f"HOUQIN_{name}": value for name, value in {**GIVEN, **given}.items()}
    return {fault.setting: str(fault) for fault in environment.faults(environment.read(env), env)}


def test_nothing_but_a_secret_is_needed() -> None:
    assert faults() == {}


@pytest.mark.parametrize(
    "secret", [environment.DEFAULT_SECRET, "django-insecure-" + "x9" * 30, "short", "a" * 60]
)
def test_production_refuses_a_default_or_weak_secret(secret: str) -> None:
    assert "HOUQIN_SECRET_KEY" in faults(SECRET_KEY=secret)


def test_development_takes_any_secret_and_debug() -> None:
    assert faults(MODE="development", SECRET_KEY="short", DEBUG="1") == {}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "is empty"),
        ("k1:not base64", "is not base64"),
        ("k1:AAAA", "cannot be used"),
        (f"a key too long:{KEY}", "cannot be used"),
        (f"k1:{'A' * 43}=", "cannot be used"),
        (f"k1:{KEY},k1:{KEY}", "names one key twice"),
    ],
)
def test_production_refuses_keys_it_cannot_use_and_shows_none(keys: str, said: str, tmp_path: Path) -> None:
    found = faults(DATA_KEYS=keys, DATA_DIR=str(tmp_path))["HOUQIN_DATA_KEYS"]
    assert said in found
    assert KEY not in found


def test_keys_are_made_once_kept_apart_and_the_newest_comes_first(tmp_path: Path) -> None:
    data_keys.make(tmp_path)
    assert data_keys.file_of(tmp_path).stat().st_mode & 0o777 == 0o600
    made = data_keys.read("DATA_KEYS", "", tmp_path, [])
    data_keys.make(tmp_path)
    assert data_keys.read("DATA_KEYS", "", tmp_path, []) == made
    assert data_keys.add(tmp_path, "DATA_KEYS") == "k2"
    after = data_keys.read("DATA_KEYS", "", tmp_path, [])
    assert [identity for identity, _ in after] == ["k2", "k1"]
    assert after[1:] == made
    assert data_keys.file_of(tmp_path).stat().st_mode & 0o777 == 0o600
    assert [identity for identity, _ in data_keys.read("LOOKUP_KEYS", "", tmp_path, [])] == ["f1"]


def test_production_refuses_debug() -> None:
    assert "HOUQIN_MODE=development" in faults(DEBUG="true")["HOUQIN_DEBUG"]


def test_debug_in_production_does_not_even_reach_django(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "from houqin.project import settings; print(settings.DEBUG)"
    env = {**os.environ, "HOUQIN_MODE": "production", "HOUQIN_DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", command], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("hosts", ["", " , ", "*"])
def test_production_refuses_no_host_and_any_host(hosts: str) -> None:
    assert "HOUQIN_ALLOWED_HOSTS" in faults(ALLOWED_HOSTS=hosts)


def test_the_host_of_the_base_address_is_allowed() -> None:
    given = environment.read({"HOUQIN_BASE_URL": "https://houqin.example.cn"})
    assert "houqin.example.cn" in given.allowed_hosts


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "houqin", "postgresql://host:notaport/db", "postgresql://host"]
)
def test_an_address_that_is_no_database_is_refused(url: str) -> None:
    assert "postgresql://user:password@host:5432/name" in faults(DATABASE_URL=url)["HOUQIN_DATABASE_URL"]


@pytest.mark.parametrize("url", ["houqin.example.cn", "ftp://x", "https://x/path", "https://"])
def test_a_base_address_must_be_one(url: str) -> None:
    assert "HOUQIN_BASE_URL" in faults(BASE_URL=url)


def test_mail_and_files_go_to_addresses_that_can_be_read() -> None:
    mail = {"EMAIL_URL": "smtps://a:b@mail.example.cn:465", "EMAIL_FROM": "后勤 <houqin@example.cn>"}
    assert faults(**mail, STORAGE_URL="file:///srv/files") == {}
    assert set(faults(EMAIL_URL="mail.example.cn", EMAIL_FROM="a@b.cn", STORAGE_URL="s3://bucket")) == {
        "HOUQIN_EMAIL_URL",
        "HOUQIN_STORAGE_URL",
    }
    assert "is missing" in faults(EMAIL_URL="smtps://a:b@mail.example.cn:465")["HOUQIN_EMAIL_FROM"]
    assert set(faults(EMAIL_FROM="后勤服务")) == {"HOUQIN_EMAIL_FROM"}


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("DINGTALK_URL", "https://app_dingoa:s%2Fcret@openplatform.dg-work.cn/196729"),
        ("WECHAT_URL", "https://wx12:secret@api.weixin.qq.com/template-1"),
        ("SMS_URL", "http://key:secret@10.1.2.3:8080/send"),
    ],
)
def test_a_channel_is_a_whole_address_with_key_and_secret(name: str, whole: str) -> None:
    assert faults(**{name: whole}) == {}
    for wrong in (
        "gateway.example.cn",
        "https://gateway.example.cn/x",
        "http://k:s@gateway.example.cn/x",
        "https://k:s@host",
    ):
        found = faults(**{name: wrong})
        assert set(found) == {f"HOUQIN_{name}"}
        assert "secret" in found[f"HOUQIN_{name}"]
        assert "k:s@" not in found[f"HOUQIN_{name}"], "whoever starts it reads the fault, not the secret"


def test_proxies_are_addresses_or_networks() -> None:
    assert faults(TRUSTED_PROXIES="10.0.0.5, 10.1.0.0/16,::1") == {}
    assert "“proxy.local”" in faults(TRUSTED_PROXIES="10.0.0.5,proxy.local")["HOUQIN_TRUSTED_PROXIES"]


def test_every_fault_is_told_at_once_and_a_misspelt_setting_too() -> None:
    found = faults(DEBUG="perhaps", WEB_WORKERS="many", LANGUAGE="fr", LOG_LEVEL="loud", DATABSE_URL="x")
    assert set(found) == {
        "HOUQIN_DEBUG",
        "HOUQIN_WEB_WORKERS",
        "HOUQIN_LANGUAGE",
        "HOUQIN_LOG_LEVEL",
        "HOUQIN_DATABSE_URL",
    }


def test_reading_never_fails_on_import() -> None:
    env = {**os.environ, "HOUQIN_DATABASE_URL": "nonsense", "HOUQIN_DEBUG": "perhaps", "HOUQIN_MODE": "?"}
    done = subprocess.run(
        [sys.executable, "-c", "import houqin.project.settings"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_command_names_each_fault_and_ends_with_its_own_code(place: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "HOUQIN_DATA_DIR": str(place),
        "HOUQIN_DEBUG": "1",
        "HOUQIN_ALLOWED_HOSTS": "",
    }
    command = [sys.executable, "-m", "houqin", "up"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "HOUQIN_DEBUG" in done.stderr
    assert "HOUQIN_ALLOWED_HOSTS" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_setting_is_in_the_table_for_administrators() -> None:
    table = Path(__file__).parents[3] / "docs" / "administrators" / "settings.md"
    internal = {"DATA_DIR_GIVEN"}
    text = table.read_text(encoding="utf-8")
    assert [name for name in sorted(environment.KNOWN - internal) if f"`HOUQIN_{name}`" not in text] == []
