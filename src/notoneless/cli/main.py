"""The command table."""

def main() -> int:
    return 0
