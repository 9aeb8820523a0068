"""What a stored password costs to try."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, two passes and one lane: twice the passes of the first choice of OWASP's Password Storage
    Cheat Sheet (46 MiB, one pass, one lane), and some 0.1 s of one core of the machine it was measured on.

    `docs/decisions/013-a-password-hash-takes-one-core-a-tenth-of-a-second.md` says why no more, and why one lane.
    """

    memory_cost = 47_104  # KiB
    time_cost = 2
    parallelism = 1
