/* A shared computer covers its page when nobody has touched it for a while, as long as the server waits. What
   was typed stays under the cover; the password lifts it. The server locks by its own clock too, so that
   without this script nothing is open longer, only visible longer. */
"use strict";

const IDLE = 10 * 60 * 1000;
const lock = document.getElementById("lock");
const lockForm = lock.querySelector("form");
const lockWrong = lock.querySelector("[data-wrong]");
const covered = () => [...document.body.children].filter((each) => each !== lock && each.tagName !== "SCRIPT");
let touched = Date.now();

function cover() {
  if (!lock.hidden) return;
  for (const each of covered()) each.inert = true;
  lock.hidden = false;
  lockForm.password.focus();
}

function lift() {
  for (const each of covered()) each.inert = false;
  lock.hidden = true;
  lockForm.password.value = "";
  lockWrong.hidden = true;
  touched = Date.now();
}

async function unlock(event) {
  event.preventDefault();
  let answer;
  try {
    answer = await fetch(lockForm.action, { method: "POST", body: new URLSearchParams(new FormData(lockForm)) });
  } catch {
    return tell(lockWrong.dataset.noSignal);
  }
  if (answer.redirected && !new URL(answer.url).pathname.startsWith("/login")) return lift();
  tell(lockWrong.dataset.wrong);
}

function tell(text) {
  lockWrong.textContent = text;
  lockWrong.hidden = false;
  lockForm.password.select();
}

for (const kind of ["pointerdown", "keydown", "scroll"]) {
  addEventListener(kind, () => { if (lock.hidden) touched = Date.now(); }, { passive: true });
}
/* Looked at often and not timed once: a computer that slept would go on where it was. */
setInterval(() => { if (Date.now() - touched > IDLE) cover(); }, 1000);
lockForm.addEventListener("submit", unlock);
