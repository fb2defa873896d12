"""Write tests/offline/vectors.json from the model of the telephone's queue, or with --check compare it.

Each sequence is a list of events, each with its answer and those fields of the queue that it changed; the
JavaScript of the offline page is held to the same. `begin` is the queue that every sequence begins with.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from notoneless.core.facts import CHINA_TIME
from notoneless.core.outbound import Answer, ItemState, Queue, happen, waiting

FILE = Path(__file__).parents[1] / "tests" / "offline" / "vectors.json"
SEED, SEQUENCES, STEPS = 20250908, 200, 11
MONDAY = datetime(2025, 9, 8, 8, 5, tzinfo=CHINA_TIME)
OTHERS = (
    *("storage_full", "cut", "cut", "restart", "sign_out", "sign_in", "sign_in", "revoke", "look"),
    *("see", "register"),
)


def file_text() -> str:
    """The file as it should be: one sequence a line."""
    lines = ",\n".join(_line(each) for each in _sequences())
    return f'{{"begin": {_line(state(Queue("")))},\n"sequences": [\n{lines}\n]}}\n'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sequences() -> Iterator[dict[str, Any]]:
    random = Random(SEED)
    for number in range(SEQUENCES):
        yield _sequence(random, number)


def _sequence(random: Random, number: int) -> dict[str, Any]:
    device = f"device-{number % 3}"
    queue, now, steps = Queue(""), MONDAY, []
    for count in range(STEPS):
        now += timedelta(minutes=random.choice((1, 7, 90, 60 * 26)))
        event, more = _event(random, queue, number, count, now) if count else ("register", {"device": device})
        before = state(queue)
        queue, answer = happen(queue, event, **more)
        told = {**more, "at": now.isoformat()} if "at" in more else more
        wait = waiting(queue, now)
        steps.append(
            {
                "event": event,
                "with": told,
                "now": now.isoformat(),
                "answer": answer.value,
                "changed": {name: value for name, value in state(queue).items() if value != before[name]},
                "waiting": [wait.many, wait.days],
            }
        )
    return {"steps": steps}


def _event(
    random: Random, queue: Queue, number: int, count: int, now: datetime
) -> tuple[str, dict[str, Any]]:
    chosen = random.choice(
        ("write", "write", "start_send", "start_send", "receipt", "receipt", "refused", "")
    )
    chosen = chosen or random.choice(OTHERS)
    held = [item.id for item in queue.items]
    if chosen == "write":
        # Now and then a form that was saved already, still held or long delivered, is saved once more.
        again = random.random() < 0.15 and (held or queue.done)
        record = random.choice([*held, *queue.done]) if again else f"record-{number}-{count}"
        return chosen, {"record": record, "digest": f"digest of {record}", "at": now}
    if chosen == "receipt":
        return chosen, _receipt(random, queue, number, count)
    if chosen == "refused":
        return chosen, {"record": random.choice([*held, "record-of-nobody"]), "problem": "内容不完整"}
    if chosen == "see":
        return chosen, _checkpoint(random, count)
    if chosen == "register":
        return chosen, {"device": random.choice((queue.device, f"device-{number}-{count}"))}
    return chosen, {}


def _receipt(random: Random, queue: Queue, number: int, count: int) -> dict[str, Any]:
    """Mostly of what is being sent; also late, forged, of other bytes and of somebody else's record."""
    sending = [item for item in queue.items if item.state is ItemState.SENDING]
    known = random.choice(sending or queue.items or (None,)) if random.random() < 0.85 else None
    right = random.random() < 0.85
    return {
        "record": known.id if known else f"record-{number + 1}-{count}",
        "digest": known.digest if known and right else "digest of something else",
        "verified": random.random() < 0.85,
        **random.choice(
            ({"state": "RECORDED", "problem": ""}, {"state": "TO_CHECK", "problem": "上传时已不负责该班"})
        ),
        **_checkpoint(random, count),
    }


def _checkpoint(random: Random, count: int) -> dict[str, Any]:
    seq = max(0, 10 * count + random.randrange(-25, 10))
    return {"seq": seq, "token": f"{seq}.signed"}


def state(queue: Queue) -> dict[str, Any]:
    """The queue as plain JSON."""
    return {
        **queue._asdict(),
        "items": [
            {**item._asdict(), "written_at": item.written_at.isoformat(), "state": item.state.value}
            for item in queue.items
        ],
        "checkpoint": queue.checkpoint._asdict(),
        "done": list(queue.done),
        "to_check": [each._asdict() for each in queue.to_check],
    }


def answers_met(text: str) -> set[str]:
    """Every "event answer" that the file goes through."""
    return {
        f"{step['event']} {step['answer']}"
        for each in json.loads(text)["sequences"]
        for step in each["steps"]
    }


def main() -> int:
    """0 when the file is as it should be, or has been written."""
    text = file_text()
    missing = {answer.value for answer in Answer} - {met.split()[1] for met in answers_met(text)}
    if missing:
        print(f"tests/offline/vectors.json would never answer {', '.join(sorted(missing))}")
        return 1
    if "--check" in sys.argv:
        same = FILE.exists() and FILE.read_text("utf-8") == text
        said = "is up to date" if same else "differs: run tools/generate_offline_vectors.py"
        print("tests/offline/vectors.json", said)
        return 0 if same else 1
    FILE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
