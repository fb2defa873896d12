"""`notoneless work`: acts on what falls due, over and over."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading

log = logging.getLogger("notoneless.work")
EVERY = 20  # seconds between two looks


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the table of commands."""
    parser = commands.add_parser("work", help="到期事项的后台处理 / act on what falls due")
    parser.add_argument("--once", action="store_true", help="只处理一遍 / once, then stop")


def run(args: argparse.Namespace) -> int:
    """Run the command; 0 when it ends as asked."""
    return work(once=args.once)


def work(once: bool = False) -> int:
    """Look for what is due and act on it, once or until told to stop.

    Any number of workers may run: each obligation is acted on once.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")
    import django

    django.setup()
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    while True:
        _tick()
        if once or stop.wait(EVERY):
            return 0


def _tick() -> None:
    # Django's parts can be imported only once it is set up.
    from django.db import OperationalError, close_old_connections

    from notoneless.clock import now
    from notoneless.services.due import tick

    try:
        done = tick(now=now())
        if done.opened or done.acted:
            log.info("opened %d roll calls, looked at %d obligations", done.opened, done.acted)
    except OperationalError:
        # The database may be restarting; what is due stays due.
        log.exception("the database did not answer; trying again")
    finally:
        close_old_connections()
