"""The electronic signature on an issued paper (PAdES, no change allowed after it).

国务院关于在线政务服务的若干规定 第八条、第九条: a reliable electronic signature and seal stand
for the hand-written and the stamped ones.
"""

import io
from datetime import datetime
from typing import Any

from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.papers.authority import root_certificate, signing_pair
from portal.people.models import Department

SEAL_FIELD = "Seal"


class _DepartmentSigner(signers.Signer):
    """Signs with a key parsed once: parsing and proving it anew costs five times the signature."""

    def __init__(self, key: RSAPrivateKey, certificate: Certificate, chain: SimpleCertificateStore) -> None:
        super().__init__(signing_cert=certificate, cert_registry=chain)
        self.key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(self.key.key_size // 8)
        if digest_algorithm != "sha256":
            raise ValueError(f"signatures are made with SHA-256, not {digest_algorithm}")
        return self.key.sign(data, PKCS1v15(), SHA256())


class _SignerAt(signers.PdfSigner):
    """A signer whose signing time is given, not read from the machine's clock."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def sign(pdf: bytes, *, department: Department, at: datetime) -> bytes:
    """The PDF with the department's certifying signature appended; ``at`` is the signing time.

    Raises ImproperlyConfigured when the department has no key and none may be made.
    """
    key, certificate = signing_pair(department.code, department.name)
    chain = SimpleCertificateStore.from_certs([root_certificate()])
    pdf_signer = _SignerAt(
        signers.PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            name=department.name,
            reason="签发电子文书",
            location=department.name,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        ),
        _DepartmentSigner(key, certificate, chain),
        new_field_spec=fields.SigFieldSpec(SEAL_FIELD),
    )
    pdf_signer.at = at
    out = pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    return bytes(out.getbuffer())
