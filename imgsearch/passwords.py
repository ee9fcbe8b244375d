"""Password hashes for the page's login: made by `doctor --hash-password`, checked by the server.

Knows nothing about users, settings or pages; standard library only. Invariant: a hash never holds a colon or a space,
so `user:hash` splits at its first colon, and comparing takes the same time whatever differs.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from imgsearch.errors import ConfigError

# RFC 7914's interactive setting: 2**14 x 8 x 128 bytes = 16 MiB and about 50 ms for each guess.
_N, _R, _P = 2**14, 8, 1
_SALT_BYTES, _KEY_BYTES = 16, 32
_SCHEME = "scrypt"


def hash_password(password: str) -> str:
    """A salted scrypt hash (RFC 7914), `scrypt.N.r.p.salt.key`: nothing in it that a shell or a compose file expands.

    Raises:
        ConfigError: the password is empty.
    """
    if not password:
        raise ConfigError("The password is empty; type at least one character.")
    salt = secrets.token_bytes(_SALT_BYTES)
    key = _derive(password, salt, _N, _R, _P)
    return ".".join((_SCHEME, str(_N), str(_R), str(_P), _encode(salt), _encode(key)))


def verify_password(password: str, hashed: str) -> bool:
    """True if the hash was made from this password.

    Raises:
        ConfigError: the text is not a hash of `hash_password`.

    >>> verify_password("open sesame", hash_password("open sesame"))
    True
    """
    try:
        scheme, n, r, p, salt, key = hashed.split(".")
        if scheme != _SCHEME:
            raise ValueError(scheme)
        made = _derive(password, _decode(salt), int(n), int(r), int(p))
        return hmac.compare_digest(made, _decode(key))
    except (ValueError, binascii.Error) as error:
        raise ConfigError(
            "The login's password hash can't be read; make one by `python -m imgsearch doctor --hash-password`."
        ) from error


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    # Twice the memory that scrypt needs, as OpenSSL's own limit is just below it.
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=_KEY_BYTES, maxmem=256 * n * r)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
