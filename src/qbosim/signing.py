"""The key that signs id_tokens, and the id_tokens themselves (OpenID Connect, RS256).

The key is derived from the seed, so that a replayed world signs with the same one. It protects nothing.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from qbosim.chance import Chance

_EXPONENT = 65_537
_PRIME_BITS = 1_024
_SMALL_PRIMES = tuple(n for n in range(3, 2_000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))


def key_id(seed: int) -> str:
    """The `kid` under which the public key is published."""
    return f"qbosim-{seed}"


def jwks(seed: int) -> dict[str, Any]:
    """The published key set (RFC 7517)."""
    numbers = _key(seed).public_key().public_numbers()
    return {
        "keys": [
            {
                "kty": "RSA",
                "e": _word(numbers.e.to_bytes(3)),
                "use": "sig",
                "kid": key_id(seed),
                "alg": "RS256",
                "n": _word(numbers.n.to_bytes(2 * _PRIME_BITS // 8)),
            }
        ]
    }


def signed(seed: int, claims: dict[str, Any]) -> str:
    """A compact JWS (RS256) over the claims."""
    header = {"kid": key_id(seed), "typ": "JWT", "alg": "RS256"}
    text = f"{_json_word(header)}.{_json_word(claims)}"
    signature = _key(seed).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{_word(signature)}"


@lru_cache(maxsize=4)
def _key(seed: int) -> rsa.RSAPrivateKey:
    p, q = _prime(seed, "p"), _prime(seed, "q")
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(e=_EXPONENT, n=p * q),
    )
    return numbers.private_key()


def _prime(seed: int, which: str) -> int:
    """The first probable prime after a number drawn from the seed, fit for the exponent above."""
    drawn = int.from_bytes(Chance(seed).octets("signing key", which, _PRIME_BITS // 8))
    candidate = drawn | 1 | (3 << (_PRIME_BITS - 2))  # odd, and the product of two has its full length
    while True:
        worth_a_try = all(candidate % prime for prime in _SMALL_PRIMES) and (candidate - 1) % _EXPONENT
        if worth_a_try and pow(2, candidate - 1, candidate) == 1:
            return candidate
        candidate += 2


def _json_word(value: dict[str, Any]) -> str:
    return _word(json.dumps(value, separators=(",", ":")).encode())


def _word(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
