"""The pages' one way to the clock; views read it once and pass the moment on."""

from __future__ import annotations

from notoneless.clock import now

__all__ = ["now"]
