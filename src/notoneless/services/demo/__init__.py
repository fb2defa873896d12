"""The demo county in the database, its logins, and its clock; nothing here works outside the demo."""

from notoneless.services.demo.clock import clock_shows, demo_moment, set_clock
from notoneless.services.demo.loading import AlreadyInUse, is_demo, is_empty, load
from notoneless.services.demo.logins import Login, LoginShown, logins
from notoneless.services.demo.mornings import next_morning

__all__ = [
    "AlreadyInUse",
    "Login",
    "LoginShown",
    "clock_shows",
    "demo_moment",
    "is_demo",
    "is_empty",
    "load",
    "logins",
    "next_morning",
    "set_clock",
]
