"""One drawn schedule: some weeks in the valley, step by step, then signal everywhere."""

from __future__ import annotations

from random import Random

from bench.offline.valley import KINDS, Fate, Ground, Valley

STEPS = range(8, 25)
MOST_PHONES = 3
# Trouble is drawn far more often than any network makes it; without some luck nothing would ever arrive.
FATES = (*Fate, Fate.ARRIVES, Fate.ARRIVES, Fate.IMPOSTOR, Fate.ANSWER_CUT, Fate.REQUEST_CUT)
STEPS_DRAWN = (
    *(
        ["write"] * 14
        + ["send"] * 12
        + ["wait"] * 3
        + ["kill"] * 2
        + ["land"] * 2
        + ["arrive_late"] * 2
        + ["copy"] * 2
    ),
    *("disk_is_full", "reassign", "take_off", "asks", "sign_out", "sign_in", "mislead", "new_phone"),
)


def live_through(ground: Ground, random: Random) -> Valley:
    """A valley after a drawn schedule, healed."""
    valley = Valley(ground)
    valley.new_phone(ground.teacher)
    for _ in range(random.choice(STEPS)):
        _step(valley, random)
    valley.heal()
    return valley


def _step(valley: Valley, random: Random) -> None:
    step, phone, number = random.choice(STEPS_DRAWN), random.choice(valley.phones), random.randrange(8)
    if step == "write":
        valley.write(phone, random.choice(KINDS), number, again=number < 2)
    elif step == "send":
        valley.send(phone, random.choice(FATES), random.random())
    elif step == "wait":
        valley.wait(random.choice((1, 3, 24, 72, 24 * 7)))
    elif step in ("land", "arrive_late"):
        getattr(valley, step)(number)
    elif step == "mislead":
        valley.mislead(phone, number)
    elif step == "reassign":
        valley.reassign()
    elif step == "new_phone":
        if len(valley.phones) < MOST_PHONES:
            valley.new_phone(random.choice((valley.ground.teacher, valley.ground.colleague)))
    elif step != "copy" or len(valley.phones) < MOST_PHONES:
        getattr(valley, step)(phone)
