"""The Content-Security-Policy of every page, put together once and not for each answer."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answering = Callable[[HttpRequest], HttpResponseBase]


def one_policy(answer: Answering) -> Answering:
    """Every answer with the policy of the settings; no page of ours asks for another, or for a nonce."""
    policy = build_policy()

    def with_policy(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault(HEADER, policy)
        return response

    return with_policy
