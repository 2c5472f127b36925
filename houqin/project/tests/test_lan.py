"""The demo on the local network: its certificate, its code for a phone, its new password."""

from __future__ import annotations

import stat
from datetime import date

import pytest
from cryptography import x509
from django.contrib.auth import authenticate
from django.test import Client

from houqin.foundation.errors import Problem
from houqin.foundation.people import installation
from houqin.project import lan
from houqin.testing.cast import PASSWORD, Cast


def test_the_certificate_is_for_the_address_and_its_key_is_private(tmp_path):
    cert, key = lan.certificate(tmp_path / "tls", "192.168.1.20")
    served = x509.load_pem_x509_certificate((tmp_path / "tls" / "lan-cert.pem").read_bytes())
    names = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["192.168.1.20", "127.0.0.1"]
    assert stat.S_IMODE((tmp_path / "tls" / "lan-key.pem").stat().st_mode) == 0o600
    assert lan.certificate(tmp_path / "tls", "192.168.1.20") == (cert, key)
    assert x509.load_pem_x509_certificate((tmp_path / "tls" / "lan-cert.pem").read_bytes()) == served
    lan.certificate(tmp_path / "tls", "10.0.0.7")
    assert x509.load_pem_x509_certificate((tmp_path / "tls" / "lan-cert.pem").read_bytes()) != served


def test_the_code_for_a_phone_is_a_square_of_characters():
    lines = lan.code_for_phone("https://192.168.1.20:8000").splitlines()
    assert len({len(line) for line in lines}) == 1
    assert set("".join(lines)) <= set(" ▄▀█")


def test_the_demo_opens_after_a_new_password_alone(cast: Cast):
    abroad = {"REMOTE_ADDR": "192.168.1.50"}
    installation.mark_demo(today=date(2026, 3, 16), seed=1)
    assert Client().get("/sign-in", **abroad).status_code == 403
    with pytest.raises(Problem, match="人人皆知"):
        installation.open_demo(PASSWORD)
    with pytest.raises(Problem):
        installation.open_demo("12345")
    installation.open_demo("三座石桥-过河-9月")
    assert Client().get("/sign-in", **abroad).status_code == 200
    assert authenticate(None, username="staff", password=PASSWORD) is None
    assert authenticate(None, username="staff", password="三座石桥-过河-9月") == cast.staff
    installation.forget()


def test_only_a_demo_is_opened_so(cast: Cast):
    installation.forget()
    with pytest.raises(Problem, match="演示环境"):
        installation.open_demo("三座石桥-过河-9月")
