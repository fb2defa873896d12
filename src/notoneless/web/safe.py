"""Where a page may send somebody next: only to addresses of this site."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_ours(address: str) -> bool:
    """Whether `address` is a path on this site."""
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def next_address(request: HttpRequest, otherwise: str = "/") -> str:
    """The address the form asks for, if it is ours."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if address and is_ours(address) else otherwise
