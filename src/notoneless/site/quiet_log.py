"""What a log may not keep: the tokens in the addresses of links, which open something."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(/link/)[^/\s]+")


class NoTokens(logging.Filter):
    """Writes … for the token of a link, wherever an address stands in a line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, without tokens."""
        said = record.getMessage()
        if TOKEN.search(said):
            record.msg, record.args = TOKEN.sub(r"\1…", said), ()
        return True
