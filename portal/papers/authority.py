"""The certificate authority of the portal's papers: a root and a signing certificate a department.

Keys lie in ``settings.SIGNING_DIR`` (folder 0700, files 0600), never in the database:
``root.pem`` (certificate), ``root.key``, and ``<department code>.pem`` and ``.key``. Where
``SIGNING_MAKES_KEYS`` is off (production) nothing is made: the operator puts ``root.pem`` and
the departments' pairs there, issued by whom the city trusts; ``root.key`` is not needed then.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BITS = 3072
# Long enough that a paper can be checked offline for the thirty years its file is kept.
VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2059, 12, 31, tzinfo=UTC)


def root_certificate() -> asn1_x509.Certificate:
    """The certificate every signature must lead to."""
    folder = _folder()
    if not (folder / "root.pem").exists():
        _make_root(folder)
    return _read_certificate(folder / "root.pem")


def signing_pair(code: str, name: str) -> tuple[rsa.RSAPrivateKey, asn1_x509.Certificate]:
    """Private key and certificate of a department; made at first need where that is allowed."""
    folder = _folder()
    root_certificate()
    if not (folder / f"{code}.pem").exists():
        _make_department(folder, code, name)
    key = folder / f"{code}.key"
    return _parsed_key(key, key.stat().st_mtime_ns), _read_certificate(folder / f"{code}.pem")


def _folder() -> Path:
    return Path(settings.SIGNING_DIR)


@contextmanager
def _making(folder: Path, what: str) -> Iterator[None]:
    """One process makes keys at a time; refuses where keys are not to be made."""
    if not settings.SIGNING_MAKES_KEYS:
        raise ImproperlyConfigured(f"{folder / what} is missing: put the signing keys there (SIGNING_DIR).")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_root(folder: Path) -> None:
    with _making(folder, "root.pem"):
        if (folder / "root.pem").exists():
            return
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        name = _name("示范市电子文书根证书（示范）", "示范市人民政府")
        certificate = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write_pair(folder, "root", key, certificate)


def _make_department(folder: Path, code: str, name: str) -> None:
    with _making(folder, f"{code}.pem"):
        if (folder / f"{code}.pem").exists():
            return
        root_key = _load_key(folder / "root.key")
        root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        certificate = (
            _builder(_name(f"{name}电子印章"[:64], name[:64]), root.subject, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
            )
            .sign(root_key, hashes.SHA256())
        )
        _write_pair(folder, code, key, certificate)


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_pair(folder: Path, stem: str, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
    """The key first: a certificate in place means that its key is there."""
    passphrase = settings.SIGNING_PASSPHRASE.encode()
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    _write(folder / f"{stem}.key", pem)
    _write(folder / f"{stem}.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    scratch.replace(path)


def _load_key(path: Path) -> rsa.RSAPrivateKey:
    passphrase = settings.SIGNING_PASSPHRASE.encode() or None
    key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ImproperlyConfigured(f"{path} is not an RSA key")
    return key


@lru_cache(maxsize=256)
def _parsed_key(path: Path, changed: int) -> rsa.RSAPrivateKey:
    return _load_key(path)


def _read_certificate(path: Path) -> asn1_x509.Certificate:
    if not path.exists():
        raise ImproperlyConfigured(f"{path} is missing: put the signing keys there (SIGNING_DIR).")
    content = path.read_bytes()
    if asn1_pem.detect(content):
        content = asn1_pem.unarmor(content)[2]
    return asn1_x509.Certificate.load(content)
