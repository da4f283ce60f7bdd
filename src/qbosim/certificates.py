"""A throw-away certificate authority and the server's certificate, for localhost and for Intuit's host names.

The authority vouches for these names only (name constraints), so that a leaked key is of no use against anything else
that a browser or program trusting it may visit.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from qbosim.addresses import INTUIT_HOSTS, RUN_ADDRESSES
from qbosim.clock import real_now
from qbosim.rules import Topic, assumed

LOCAL_NAMES = ("localhost", "qbosim.localhost", "127.0.0.1", "::1", *RUN_ADDRESSES)
_DAYS = 397
"""The longest life that browsers accept of a server's certificate."""

RULES = Topic(
    "TLS and addresses",
    assumed(
        "tls.names",
        "With TLS the simulator shows certificates for localhost, addresses of this machine and Intuit's host names, "
        "signed by an authority of its own that vouches for these names only.",
        "a program that is to be tested unchanged keeps Intuit's addresses and checks certificates",
    ),
    assumed(
        "tls.discovery",
        "Discovery answers the address under which it was asked; asked under one of Intuit's names, it answers "
        "Intuit's addresses.",
        "a program that was led here by Intuit's names must stay with them",
    ),
    assumed(
        "tls.names_apart",
        "Asked by a host name the simulator shows a certificate for names only, asked by an address one for addresses.",
        "BoringSSL (Bun, Chrome, gRPC) cannot check an address against an authority that is limited to some",
    ),
    assumed(
        "tls.keys_are_private",
        "Private keys are readable by their owner only; an authority that is there already is used again.",
        "whoever trusts the authority once need not do it again",
    ),
)


@dataclass(frozen=True)
class Certificates:
    """Files in PEM."""

    authority: Path
    """The authority's certificate: what a client has to trust."""
    chain: Path
    """The server's certificate for host names, with the authority's."""
    address_chain: Path
    """The server's certificate for addresses such as 127.0.0.1, with the authority's."""
    key: Path
    """The server's private key, of both certificates."""

    def server_context(self) -> ssl.SSLContext:
        """What a server needs to show the certificate that its caller can check.

        A caller that names a host gets one that holds names only: BoringSSL (Bun, Chrome, gRPC) refuses every
        certificate with an address in it whose authority is limited to some addresses.
        """
        named, addressed = (_server_context(chain, self.key) for chain in (self.chain, self.address_chain))

        def choose(handshake: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
            if name is None or _is_address(name):
                handshake.context = addressed

        named.sni_callback = choose
        return named


def certificates_in(folder: Path, *, names: Iterable[str] = ()) -> Certificates:
    """The certificates kept in `folder`, made where they are missing; `names` are covered beside the usual ones.

    The authority is made once; the server's certificate is made anew each time, as it costs nothing and may cover
    other names. Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = Certificates(
        folder / "qbosim-ca.pem",
        folder / "qbosim-server.pem",
        folder / "qbosim-server-address.pem",
        folder / "qbosim-server-key.pem",
    )
    authority_key = folder / "qbosim-ca-key.pem"
    authority = _kept_authority(found.authority, authority_key)
    if authority is None:
        authority = _new_authority()
        _write_key(authority_key, authority[1])
        found.authority.write_bytes(_pem(authority[0]))
    key = ec.generate_private_key(ec.SECP256R1())
    _write_key(found.key, key)
    covered = tuple(dict.fromkeys((*LOCAL_NAMES, *INTUIT_HOSTS, *names)))
    for chain, addresses in ((found.chain, False), (found.address_chain, True)):
        held = tuple(name for name in covered if _is_address(name) is addresses)
        chain.write_bytes(_pem(_leaf(authority, key, held)) + _pem(authority[0]))
    return found


_Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _kept_authority(certificate: Path, key: Path) -> _Pair | None:
    """The authority in the folder; None when there is none, or one that is of no use any more."""
    try:
        made = x509.load_pem_x509_certificate(certificate.read_bytes())
        read = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    usable = isinstance(read, ec.EllipticCurvePrivateKey) and made.public_key() == read.public_key()
    fresh = made.not_valid_after_utc > real_now() + timedelta(days=30)
    return (made, read) if usable and fresh and isinstance(read, ec.EllipticCurvePrivateKey) else None


def _new_authority() -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    now = real_now()
    name = _name("qbosim throw-away authority")
    permitted = [
        *(x509.DNSName(host) for host in ("localhost", *INTUIT_HOSTS)),
        x509.IPAddress(IPv4Network("127.0.0.0/8")),
        x509.IPAddress(IPv6Network("::1/128")),
    ]
    made = (
        _builder(name, name, key.public_key(), now, days=10 * 365)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _leaf(authority: _Pair, key: ec.EllipticCurvePrivateKey, names: tuple[str, ...]) -> x509.Certificate:
    return (
        _builder(_name("qbosim"), authority[0].subject, key.public_key(), real_now(), days=_DAYS)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority[1].public_key()), critical=False
        )
        .sign(authority[1], hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, *, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
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


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _server_context(chain: Path, key: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(chain, key)
    return made


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a private key into a file that never was readable by others."""
    path.unlink(missing_ok=True)
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
