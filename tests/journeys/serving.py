"""One installation of its own in a folder, served on this machine for a browser to walk through."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def begin(home: Path) -> None:
    """Django on an empty SQLite database in the folder, its clock a file there."""
    os.environ["NOTONELESS_HOME"] = str(home)
    os.environ["NOTONELESS_DEMO_CLOCK_FILE"] = str(home / "clock")
    os.environ.pop("NOTONELESS_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "notoneless.site.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def serve(*told: str, ready: Callable[[str], None] = lambda address: None) -> None:
    """Say which port was free and what else there is to tell, call `ready` with the address; until killed."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from notoneless.site.wsgi import application

    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(application)
    ready(f"http://127.0.0.1:{server.server_port}")
    print("\n".join([f"port {server.server_port}", *told]), flush=True)
    server.serve_forever()
