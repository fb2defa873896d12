"""Messages out: one folder a channel, each with a `send` that says what became of the message."""
