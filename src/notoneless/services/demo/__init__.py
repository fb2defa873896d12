"""The demo county in the database, its logins, and its clock; nothing here works outside the demo."""

from notoneless.services.demo.clock import clock_shows, demo_moment, last_known, set_clock
from notoneless.services.demo.loading import AlreadyInUse, is_demo, is_empty, load
from notoneless.services.demo.logins import LOGINS, Login, LoginShown, logins, set_passwords
from notoneless.services.demo.mornings import next_morning

__all__ = [
    "LOGINS",
    "AlreadyInUse",
    "Login",
    "LoginShown",
    "clock_shows",
    "demo_moment",
    "is_demo",
    "is_empty",
    "last_known",
    "load",
    "logins",
    "next_morning",
    "set_clock",
    "set_passwords",
]
