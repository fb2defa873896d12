"""Workers that send at once, and one that is killed while sending: each message once, none forgotten."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import test_two_at_once
from gateways import Answer, HttpGateway, Request, http_gateway
from sender_process import PEOPLE

from notoneless.delivery.webhook.signature import KEY

STEP = Path(__file__).with_name("sender_process.py")
HALF = PEOPLE // 2


class Workers:
    """Processes on one database, and the gateway they send to; the first request may kill its sender."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.victim: subprocess.Popen[str] | None = None

    def answer(self, _: Request) -> Answer:
        """Take the message in; whoever is to die does so before it hears that."""
        if self.victim is not None and self.victim.poll() is None:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim.wait()
        return 200, {}, b"{}"

    def start(self, step: str) -> subprocess.Popen[str]:
        """A process that does one step."""
        return subprocess.Popen(
            [sys.executable, str(STEP), step],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, step: str) -> Any:
        """One step, and what it says."""
        return said(self.start(step))

    def at_once(self, step: str, many: int) -> list[Any]:
        """The same step in several processes that begin together."""
        processes = [self.start(step) for _ in range(many)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in processes:
            go(process)
        return [said(process) for process in processes]


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def said(process: subprocess.Popen[str]) -> Any:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[tuple[Workers, HttpGateway]]:
    """A database with a message for each person, and where the messages go."""
    for environment in test_two_at_once.empty_database(tmp_path):
        at_work = Workers(environment)
        with http_gateway(at_work.answer) as gateway:
            environment["GATEWAY"] = gateway.url
            assert at_work.run("prepare") == PEOPLE
            yield at_work, gateway


def told(gateway: HttpGateway) -> tuple[Counter[str], set[str]]:
    """How often each number got its text, and the keys that webhooks got."""
    texts = Counter(json.loads(each.body)["to"] for each in gateway.taken if each.path == "/sms")
    return texts, {each.headers[KEY] for each in gateway.taken if each.path != "/sms"}


def test_two_workers_send_each_message_once(workers: tuple[Workers, HttpGateway]) -> None:
    at_work, gateway = workers
    sent = at_work.at_once("send", 2)
    texts, keys = told(gateway)
    assert sum(sent) == len(gateway.taken) == PEOPLE
    assert (set(texts.values()), len(texts), len(keys)) == ({1}, HALF, HALF)
    assert at_work.run("states") == {"claimed": 0, "SMS SENT": HALF, "WEBHOOK SENT": HALF}


def test_a_worker_killed_while_sending_loses_nothing_and_nothing_comes_twice(
    workers: tuple[Workers, HttpGateway],
) -> None:
    at_work, gateway = workers
    at_work.victim = at_work.start("send")
    go(at_work.victim)
    at_work.victim.wait(timeout=60)
    assert at_work.victim.returncode == -signal.SIGKILL
    assert at_work.run("states")["claimed"] > 0
    at_work.run("later")
    texts, keys = told(gateway)
    found = at_work.run("states")
    assert set(texts.values()) == {1}
    assert len(keys) == found["WEBHOOK SENT"] == HALF
    assert found["claimed"] == 0
    # What the dead one had begun is in doubt, and the gateway may have it; all others it surely has.
    assert found.get("SMS SENT", 0) + found.get("SMS IN_DOUBT", 0) == HALF
    assert found["SMS SENT"] <= len(texts) <= HALF
