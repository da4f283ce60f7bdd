"""Files that let a program trust the simulator's authority beside all others it trusts already."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.utils import CryptographyDeprecationWarning

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, OpenSSL's own default
)
_WHOLE = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables whose file takes the place of a trust store."""
_EXTRA = "NODE_EXTRA_CA_CERTS"
"""A variable whose file is trusted beside the built-in store."""
_JAVA = "JAVA_TOOL_OPTIONS"
_JAVA_PASSWORD = "changeit"  # noqa: S105 - Java's own default; a trust store holds no secret
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def system_bundles() -> list[Path]:
    """The distribution's files of trusted authorities, each once."""
    found = [Path(place) for place in SYSTEM_BUNDLES if Path(place).is_file()]
    return list(dict.fromkeys(path.resolve() for path in found))


def merged(files: Sequence[Path], authority: bytes, folder: Path) -> list[tuple[Path, Path]]:
    """Each file with what is to lie over it: its own content and the authority. Raises OSError."""
    pairs = []
    for number, file in enumerate(files):
        pairs.append((file, _joined(file, authority, folder / f"trusted-{number}.pem")))
    return pairs


def variables(environment: Mapping[str, str], authority: bytes, folder: Path) -> dict[str, str]:
    """The variables that make programs trust the authority, and what they trusted before.

    A file that a variable of `environment` names already is kept and added to. Raises OSError.
    """
    bundles = system_bundles()
    system = bundles[0] if bundles else None
    found = {
        name: str(_joined(_named(environment, name) or system, authority, folder / f"{name.lower()}.pem"))
        for name in _WHOLE
    }
    found[_EXTRA] = str(_joined(_named(environment, _EXTRA), authority, folder / f"{_EXTRA.lower()}.pem"))
    store = _java_store(Path(found[_WHOLE[0]]).read_bytes(), folder / "trusted.p12")
    options = (
        f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStoreType=PKCS12"
        f" -Djavax.net.ssl.trustStorePassword={_JAVA_PASSWORD}"
    )
    found[_JAVA] = " ".join(filter(None, (environment.get(_JAVA), options)))
    return found


def _named(environment: Mapping[str, str], name: str) -> Path | None:
    path = environment.get(name)
    return Path(path) if path and Path(path).is_file() else None


def _joined(file: Path | None, authority: bytes, place: Path) -> Path:
    own = b"" if file is None else file.read_bytes()
    place.write_bytes(own + (b"" if not own or own.endswith(b"\n") else b"\n") + authority)
    place.chmod(0o644)
    return place


def _java_store(bundle: bytes, place: Path) -> Path:
    certificates = []
    for block in _PEM.findall(bundle):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", CryptographyDeprecationWarning
                )  # old authorities, not ours to mend
                made = x509.load_pem_x509_certificate(block)
        except ValueError:
            continue  # an authority so odd that the library cannot read it is one that Java would refuse too
        certificates.append(pkcs12.PKCS12Certificate(made, made.subject.rfc4514_string().encode()))
    password = serialization.BestAvailableEncryption(_JAVA_PASSWORD.encode())
    place.write_bytes(pkcs12.serialize_java_truststore(certificates, password))
    place.chmod(0o644)
    return place
