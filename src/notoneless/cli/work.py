"""`notoneless work`: acts on what falls due and sends what must be told, over and over."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from notoneless.core.policy.fields import PackError
from notoneless.delivery.settings import DeliverySettings, read_settings

log = logging.getLogger("notoneless.work")
EVERY = 20  # seconds between two looks


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the table of commands."""
    parser = commands.add_parser("work", help="到期事项的后台处理 / act on what falls due")
    parser.add_argument("--once", action="store_true", help="只处理一遍 / once, then stop")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command; 0 when it ends as asked."""
    return work(once=args.once)


def work(once: bool = False) -> int:
    """Look for what is due, act on it and tell of it, once or until told to stop; 2 if settings are wrong.

    Any number of workers may run: each obligation is acted on once, each message sent once.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")
    import django

    django.setup()
    try:
        settings = _delivery_settings()
    except (OSError, UnicodeDecodeError, PackError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    while True:
        _tick(settings)
        if once or stop.wait(EVERY):
            return 0


def _delivery_settings() -> DeliverySettings | None:
    """How people are told, if the installation says; raises OSError, UnicodeDecodeError or PackError."""
    from django.conf import settings

    if not settings.DELIVERY_FILE:
        return None
    file = Path(settings.DELIVERY_FILE)
    return read_settings(file.read_text("utf-8-sig"), file=file.name, environment=os.environ)


def _tick(settings: DeliverySettings | None) -> None:
    # Django's parts can be imported only once it is set up.
    from django.db import OperationalError, close_old_connections

    from notoneless.clock import now
    from notoneless.services.contradictions import keep_once_a_day
    from notoneless.services.due import tick

    try:
        done = tick(now=now())
        keep_once_a_day(now=now())
        if done.opened or done.acted:
            log.info("opened %d roll calls, looked at %d obligations", done.opened, done.acted)
        if settings is not None:
            _tell(settings)
    except OperationalError:
        # The database may be restarting; what is due stays due.
        log.exception("the database did not answer; trying again")
    finally:
        close_old_connections()


def _tell(settings: DeliverySettings) -> None:
    """Send what waits, but no longer than until the next look is due: what falls due goes before."""
    from notoneless.clock import now
    from notoneless.services.telling_preparing import prepare
    from notoneless.services.telling_sending import send_due

    found = prepare(now=now(), settings=settings)
    if found.found or found.addressed:
        log.info("found %d things to tell, addressed %d", found.found, found.addressed)
    until = time.monotonic() + EVERY
    sent: Counter[str] = Counter()
    while time.monotonic() < until and (done := send_due(now=now(), settings=settings)):
        sent.update({state.value: count for state, count in done.items()})
    if sent:
        log.info("messages: %s", ", ".join(f"{count} {state}" for state, count in sorted(sent.items())))
