"""Password hashes: the right one opens, every other one does not, a damaged hash is said to be one."""

from __future__ import annotations

import pytest

from imgsearch.errors import ConfigError
from imgsearch.passwords import hash_password, verify_password


def test_the_password_opens_and_others_do_not() -> None:
    hashed = hash_password("pässword: with spaces")
    assert verify_password("pässword: with spaces", hashed)
    assert not verify_password("pässword: with spaces ", hashed)
    assert not verify_password("", hashed)


def test_every_hash_has_its_own_salt_and_no_character_that_a_setting_splits_at() -> None:
    one, other = hash_password("same"), hash_password("same")
    assert one != other
    assert verify_password("same", one)
    assert verify_password("same", other)
    assert not set(": $'\"\\\n") & set(one)


@pytest.mark.parametrize("damaged", ["", "plain", "scrypt.16384.8.1.x", "md5.1.1.1.AA.AA", "scrypt.3.8.1.AAAA.AAAA"])
def test_a_damaged_hash_is_said_to_be_one(damaged: str) -> None:
    with pytest.raises(ConfigError, match="doctor --hash-password"):
        verify_password("x", damaged)


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(ConfigError, match="empty"):
        hash_password("")
