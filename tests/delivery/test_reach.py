"""An address somebody typed does not lead the server anywhere the site did not list, least of all inside."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from gateways import http_gateway
from hypothesis import given
from hypothesis import strategies as st

from notoneless.delivery.posting import NotReached, post
from notoneless.delivery.reach import Forbidden, Reach, allowed, refuse_inside, refuse_inside_address

OPEN = Reach(hosts=frozenset({"push.example", "localhost"}), private_hosts=frozenset({"sms.county"}))


@pytest.mark.parametrize(
    "url",
    [
        "https://push.example/in",
        "https://push.example:8443/in?key=1",
        "https://PUSH.example/in",
        "https://sms.county/in",
        "http://sms.county:8080/in",
    ],
)
def test_a_host_on_the_list_may_be_spoken_to(url: str) -> None:
    assert allowed(url, OPEN).hostname


@pytest.mark.parametrize(
    "url",
    [
        "",
        "push.example/in",
        "//push.example/in",
        "http://push.example/in",
        "ftp://push.example/in",
        "file:///etc/passwd",
        "https://other.example/in",
        "https://push.example.evil.example/in",
        "https://push.example@evil.example/in",
        "https://a:b@push.example/in",
        "https://push.example\\@evil.example/in",
        "https://push.example/in\r\nHost: evil.example",
        "https://push.example/a b",
        "https://push.example:x/in",
        "https://[push.example/in",
        "https://推.example/in",
        "https://127.0.0.1/in",
        "https://169.254.169.254/latest",
    ],
)
def test_any_other_address_is_refused_in_a_sentence_without_it(url: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        allowed(url, OPEN)
    assert not url or url not in str(refusal.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(Forbidden):
        refuse_inside_address(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101"])
def test_an_address_of_the_open_network_is_not(address: str) -> None:
    refuse_inside_address(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_private_behind_ipv6_as_it_is_in_itself(address: object) -> None:
    def refused(text: str) -> bool:
        try:
            refuse_inside_address(text)
        except Forbidden:
            return True
        return False

    assert refused(f"::ffff:{address}") == refused(str(address))


def test_a_listed_name_that_leads_inside_is_refused_before_anything_is_sent() -> None:
    with http_gateway() as gateway:
        url = gateway.url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(Forbidden):
            post(url, b"", {}, OPEN)
    assert gateway.seen == []


def test_a_name_on_the_private_list_may_lead_inside() -> None:
    refuse_inside("localhost", Reach(private_hosts=frozenset({"localhost"})))


def test_a_server_whose_certificate_nobody_vouches_for_is_not_spoken_to(tmp_path: Path) -> None:
    reach = Reach(private_hosts=frozenset({"127.0.0.1"}))
    with http_gateway(tls=self_signed(tmp_path)) as gateway, pytest.raises(NotReached) as problem:
        post(f"{gateway.url}/in", b"secret", {}, reach)
    assert isinstance(problem.value.__cause__, ssl.SSLCertVerificationError)
    assert gateway.seen == []


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime(2025, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(began).not_valid_after(began + timedelta(days=36500))
    pem = serialization.Encoding.PEM
    (folder / "cert").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    (folder / "key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context
