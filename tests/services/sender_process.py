"""One step of sending in a process of its own, on the database and to the gateway its environment names."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timedelta

import django
from in_a_process import begin

from notoneless.delivery.reach import Reach
from notoneless.delivery.settings import DeliverySettings
from notoneless.delivery.sms_gateway import SmsGateway

PEOPLE = 24  # half of them are reached by text message, half by webhook
NOON = "2025-09-08 12:00"


def prepare() -> object:
    """People with something to be told, gathered into one message each."""
    from builders_db import at
    from django.core.management import call_command

    from notoneless.core.terms import Channel, TellKind
    from notoneless.records.models import Message, Person
    from notoneless.services import telling
    from notoneless.services.telling_preparing import prepare as gather
    from notoneless.services.telling_ways import keep_way

    call_command("migrate", verbosity=0)
    for number in range(PEOPLE):
        person = Person.objects.create(name=f"人{number}", phone=f"138{number:08}")
        telling.queue(key=str(number), kind=TellKind.HAND_OVER, at=at(NOON), person=person.pk)
        if number % 2:
            keep_way(
                by=person,
                person=person,
                channel=Channel.WEBHOOK,
                address=f"{os.environ['GATEWAY']}/hook/{number}",
                at=at(NOON),
                confirmed=True,
            )
    gather(now=at(NOON), settings=_settings())
    return Message.objects.count()


def send() -> object:
    """Send until nothing is left at noon and ten minutes; how many."""
    from builders_db import at

    begin()
    return _send(at(NOON) + timedelta(minutes=10))


def later() -> object:
    """Send what is left, looking every ten minutes of the afternoon."""
    from builders_db import at

    return sum(_send(at(NOON) + timedelta(minutes=10 * n)) for n in range(2, 12))


def states() -> object:
    """How many messages are in which state, by channel; and how many are still claimed."""
    from django.db.models import Count

    from notoneless.records.models import Message

    found = Message.objects.values_list("channel", "state").annotate(Count("pk"))
    claimed = Message.objects.exclude(claim_token="").count()
    return {"claimed": claimed, **{f"{channel} {state}": count for channel, state, count in found}}


def _send(now: datetime) -> int:
    from notoneless.services.telling_sending import send_due

    sent = 0
    while done := send_due(now=now, settings=_settings()):
        sent += done.total()
    return sent


def _settings() -> DeliverySettings:
    url = os.environ["GATEWAY"]
    return DeliverySettings(
        reach=Reach(private_hosts=frozenset({"127.0.0.1"})),
        sms=SmsGateway(f"{url}/sms", fields={"to": "{to}", "text": "{text}"}),
        webhook_secrets={"127.0.0.1": "s"},
    )


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"prepare": prepare, "send": send, "later": later, "states": states}[sys.argv[1]]()))
