"""The district's own certificate authority, its pins, and TLS 1.3 contexts that trust nothing else (D23, T16)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clinicdesk.security.errors import TlsRefusedError

AUTHORITY_LIFE = dt.timedelta(days=3_650)
SERVER_LIFE = dt.timedelta(days=397)
# Certificates start a day early: a workstation's clock may be behind.
_BACKDATE = dt.timedelta(days=1)

# X509_V_ERR_* of OpenSSL, as `ssl.SSLCertVerificationError.verify_code`.
_VERIFY_REASONS = {
    9: "not_yet_valid",
    10: "expired",
    18: "unknown_authority",
    19: "unknown_authority",
    20: "unknown_authority",
    21: "unknown_authority",
    62: "wrong_host",
    64: "wrong_host",
}


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def key_pem(self) -> bytes:
        """Unencrypted; goes into a 0600 file of the server."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def pin(self) -> str:
        return pin_of(self.certificate)


def load_certified_key(certificate_pem: bytes, key_pem: bytes) -> CertifiedKey:
    """Raises `ValueError` for anything but an ECDSA pair that fits."""
    key = load_pem_private_key(key_pem, password=None)
    certificate = x509.load_pem_x509_certificate(certificate_pem)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("certificate and key do not belong together")
    return CertifiedKey(certificate, key)


def new_authority_key() -> ec.EllipticCurvePrivateKey:
    """P-256; `init` makes two: the current one, and the backup kept offline whose pin is in every invite."""
    return ec.generate_private_key(ec.SECP256R1())


def make_authority(district: str, key: ec.EllipticCurvePrivateKey, now: dt.datetime) -> CertifiedKey:
    """The district's certificate authority."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"ClinicDesk {district}"[:64])])
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return CertifiedKey(certificate, key)


def issue_server_certificate(authority: CertifiedKey, hosts: Sequence[str], now: dt.datetime) -> CertifiedKey:
    """A certificate for the names and addresses under which workstations reach the server."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    issuer_key = authority.certificate.public_key()
    if not isinstance(issuer_key, ec.EllipticCurvePublicKey):
        raise ValueError("the authority has no ECDSA key")
    certificate = (
        _builder(subject, authority.certificate.subject, key.public_key(), now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
        .sign(authority.key, SHA256())
    )
    return CertifiedKey(certificate, key)


def pin_of(certificate: x509.Certificate) -> str:
    """`sha256/` and the base64 SHA-256 of the public key."""
    return pin_of_key(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def pin_of_key(subject_public_key_info: bytes) -> str:
    return "sha256/" + base64.b64encode(hashlib.sha256(subject_public_key_info).digest()).decode()


def require_pinned(authority_pem: bytes, pins: Sequence[str]) -> str:
    """The authority's PEM if its key is one of the pinned ones, the backup included.

    Raises:
        TlsRefusedError: wrong_pin, or not a certificate at all.
    """
    try:
        certificate = x509.load_pem_x509_certificate(authority_pem)
    except ValueError as error:
        raise TlsRefusedError("wrong_pin") from error
    if pin_of(certificate) not in pins:
        raise TlsRefusedError("wrong_pin")
    return certificate.public_bytes(Encoding.PEM).decode()


def client_context(authority_pem: bytes, pins: Sequence[str]) -> ssl.SSLContext:
    """TLS 1.3 to a server certified by the pinned authority; no other root counts. Raises `TlsRefusedError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata=require_pinned(authority_pem, pins))
    return context


def authority_fetch_context() -> ssl.SSLContext:
    """For one request without any secret: fetching the authority's certificate, which `require_pinned` then judges.

    An invite carries the pin only, so the certificate has to come from the server before it can be checked.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def server_context(certificate_file: Path, key_file: Path) -> ssl.SSLContext:
    """TLS 1.3 only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate_file, key_file)
    return context


def refusal_of(error: ssl.SSLError) -> TlsRefusedError:
    """A failed handshake in our words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsRefusedError(_VERIFY_REASONS.get(error.verify_code, "unknown_authority"))
    reason = (error.reason or "").upper()
    return TlsRefusedError("protocol" if "PROTOCOL" in reason or "VERSION" in reason else "other")


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: dt.datetime, life: dt.timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)
