"""What a stored password costs to try."""

from django.contrib.auth.hashers import check_password, get_hasher, make_password, must_update_salt

from accounts.hashers import PasswordHasher
from fitai.settings import base


def test_is_the_one_hasher_of_the_product() -> None:
    assert base.PASSWORD_HASHERS == ["accounts.hashers.PasswordHasher"]


def test_is_argon2id_at_or_above_what_owasp_asks_for(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    encoded = make_password("correct horse battery")
    decoded = PasswordHasher().decode(encoded)
    assert encoded.startswith("argon2$argon2id$")
    assert (decoded["memory_cost"], decoded["time_cost"], decoded["parallelism"]) == (47_104, 2, 1)
    assert check_password("correct horse battery", encoded)
    assert not check_password("correct horse batterz", encoded)
    assert not get_hasher().must_update(encoded)
    assert not must_update_salt(decoded["salt"], PasswordHasher().salt_entropy)
