"""The channels by name: which function sends, and which receivers know a message they already have."""

from __future__ import annotations

from notoneless.core.terms import Channel, SendProblem
from notoneless.delivery import dingtalk, email, feishu, printed_slip, relay, sms_gateway, webhook, wecom
from notoneless.delivery.parcel import Failed, Outcome, Parcel
from notoneless.delivery.settings import DeliverySettings

_ROBOTS = {Channel.WECOM: wecom.send, Channel.DINGTALK: dingtalk.send, Channel.FEISHU: feishu.send}


def send(channel: Channel, parcel: Parcel, to: str, settings: DeliverySettings) -> Outcome:
    """Send one message over one channel, and say what became of it."""
    if channel not in settings.set_up():
        return Failed(SendProblem.NOT_SET_UP, final=True)
    if channel in _ROBOTS:
        return _ROBOTS[channel](parcel, to, settings.reach)
    if channel is Channel.EMAIL and settings.email:
        return email.send(parcel, to, settings.email, settings.reach)
    if channel is Channel.SMS and settings.sms:
        return sms_gateway.send(parcel, to, settings.sms, settings.reach)
    if channel is Channel.WEBHOOK:
        return webhook.send(parcel, to, settings.reach, settings.webhook_secrets)
    if channel is Channel.PRINTED_SLIP:
        return printed_slip.send(parcel, to, settings.slips)
    return relay.send(parcel, to, settings.relay_schemas)


def recognises_key(channel: Channel, settings: DeliverySettings) -> bool:
    """Whether the same message may be sent again when nobody knows if it arrived: it will be taken once."""
    if channel is Channel.SMS:
        return settings.sms is not None and settings.sms.recognises_key
    return channel in (Channel.EMAIL, Channel.WEBHOOK, Channel.PRINTED_SLIP)
