"""其他推送服务: whatever else a county uses, through Apprise, which speaks to more than a hundred services.

Apprise tells success from failure and nothing more, so a failure here is a doubt: it is not sent again.
"""

from __future__ import annotations

import logging
from typing import Any

import apprise

from notoneless.core.terms import SendProblem
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Parcel, Sent

# It writes addresses and telephone numbers into its log.
logging.getLogger("apprise").setLevel(logging.CRITICAL)
_ASSET = apprise.AppriseAsset(
    http_redirects=False, app_id="Notoneless", app_desc="Notoneless", async_mode=False
)


def send(parcel: Parcel, to: str, schemas: frozenset[str]) -> Outcome:
    """Send by the service that the Apprise address `to` names, if the site allows its kind."""
    if not schemas:
        return Failed(SendProblem.NOT_SET_UP, final=True)
    if to.partition("://")[0].lower() not in schemas:
        return Failed(SendProblem.FORBIDDEN_HOST, final=True)
    service = apprise.Apprise.instantiate(to, asset=_ASSET, suppress_exceptions=True)
    if service is None:
        return Failed(SendProblem.BAD_ADDRESS, final=True)
    if names_a_host(service):
        return Failed(SendProblem.FORBIDDEN_HOST, final=True)
    return Sent() if service.notify(body=parcel.text, title=parcel.title) else InDoubt(SendProblem.REFUSED)


def names_a_host(service: Any) -> bool:
    """Whether an address of this kind says which host to speak to; those go round our list of hosts."""
    return any("{host}" in template for template in service.templates)
