"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class LeanArgon2(Argon2PasswordHasher):
    """Argon2id with 7 MiB, five passes, one lane: of OWASP's equally strong settings the cheapest here.

    As much memory is filled in all as by two passes over 19 MiB, but little enough to stay in a processor's
    cache: three quarters of the time. What was hashed otherwise is hashed anew when its owner signs in.
    """

    memory_cost = 7 * 1024
    time_cost = 5
    parallelism = 1
