"""The page that works without signal, in a browser whose network is really cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PHONE, Screen
from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

VECTORS = Path(__file__).parents[1] / "offline" / "vectors.json"

RUN = """async ({ begin, sequences }) => {
  const { emptyQueue, happen, waiting } = await import("/static/web/offline/queue.js");
  const wrong = [];
  const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
  const sorted = (value) => Array.isArray(value) ? value.map(sorted)
    : value && typeof value === "object"
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value;
  if (!same(emptyQueue(""), begin)) wrong.push(["begin", emptyQueue("")]);
  sequences.forEach(({ steps }, number) => {
    let [queue, expected] = [begin, begin];
    steps.forEach((step, count) => {
      const found = happen(queue, step.event, step.with);
      queue = found.queue;
      expected = { ...expected, ...step.changed };
      const waits = waiting(queue, Date.parse(step.now));
      if (found.answer !== step.answer || !same(queue, expected) || !same([waits.count, waits.days], step.waiting))
        wrong.push([number, count, step.event, found.answer, waits]);
    });
  });
  return wrong;
}"""


def test_the_queue_in_javascript_is_the_model(browser: Browser, address: str) -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    screen = Screen(browser, address, PHONE)
    screen.go("/offline/")
    assert screen.page.evaluate(RUN, vectors) == []
    assert len(vectors["sequences"]) >= 200
    screen.context.close()
