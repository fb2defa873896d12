"""What a program is answered: JSON; a refusal as its code and its sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import JsonResponse

from notoneless.services.refusals import Refusal

# Refusals that are not about what was sent.
STATUS = {"NO_TOKEN": 401, "SIGNED_OUT": 401, "READ_ONLY_TOKEN": 403, "TOO_MANY": 429, "NOT_THERE": 404}


def not_there() -> Refusal:
    """The sentence for what is out of reach, the same as for what does not exist."""
    return Refusal(
        "NOT_THERE",
        "没有这个地址，或不在您的岗位范围内。",
        "There is nothing at this address, or it is out of your posts' reach.",
    )


def answer(said: Mapping[str, object], status: int = 200) -> JsonResponse:
    """An answer that nobody keeps on the way."""
    response = JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store, private"
    return response


def refused(refusal: Refusal, status: int | None = None) -> JsonResponse:
    """A refusal with its status: 422 unless STATUS says otherwise."""
    code = status or STATUS.get(refusal.code, 422)
    response = answer({"code": refusal.code, "zh": refusal.zh, "en": refusal.en}, code)
    if code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if code == 429:
        response.headers["Retry-After"] = "3600"
    return response
