"""The county's own directory (LDAP): whether it knows a name with a password. Nobody is made from it."""

from __future__ import annotations

from django.conf import settings


def is_on() -> bool:
    """Whether this installation asks a directory."""
    return bool(getattr(settings, "LDAP_AUTH_URL", None))


def knows(username: str, password: str) -> bool:
    """Whether the directory takes this name with this password. An empty password never counts.

    Many directories take an empty password as "nobody in particular" and say yes.
    """
    if not (is_on() and username and password):
        return False
    from django_python3_ldap import ldap  # brings ldap3 along, which only these installations need

    with ldap.connection(username=username, password=password) as connection:
        return connection is not None and bool(connection.has_user(username=username))
