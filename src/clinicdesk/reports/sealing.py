"""Seals a PDF with the device's certificate (PAdES), so that any later change of a byte shows."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "ClinicDesk"
VALID_YEARS = 30


def _certificate(key: Ed25519PrivateKey, name: str, now: dt.datetime) -> certificates.Certificate:
    subject = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        certificates.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=365 * VALID_YEARS))
        .add_extension(
            certificates.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, None)
    )  # fmt: skip


def seal_pdf(pdf: bytes, *, device_key: Ed25519PrivateKey, site: str, reason: str, now: dt.datetime) -> bytes:
    """`pdf` with one signature over all of it, made with the key of this device (security-spec 2.6)."""
    certificate = x509.Certificate.load(_certificate(device_key, site, now).public_bytes(Encoding.DER))
    private = device_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, name=site, reason=reason, md_algorithm="sha512", subfilter=SigSeedSubFilter.PADES
    )
    sealed = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer=signer)
    return bytes(sealed.getbuffer())


def seal_holds(pdf: bytes, *, device_key: Ed25519PublicKey) -> bool:
    """Whether `pdf` carries a seal of this device over every byte of it."""
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
        return len(found) == 1 and _intact(found[0], device_key)
    except (PdfError, SigningError, ValueError):
        return False


def _intact(signature: EmbeddedPdfSignature, device_key: Ed25519PublicKey) -> bool:
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    certificate = signature.signer_cert
    covers: object = signature.coverage
    if covers is not SignatureCoverageLevel.ENTIRE_FILE:
        return False
    signed_with = certificate.public_key.dump()
    expected = device_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if signed_with != expected:
        return False
    digest = signature.compute_digest()
    intact, valid = validate_sig_integrity(
        signature.signer_info, certificate, expected_content_type="data", actual_digest=digest
    )
    return bool(intact and valid)
