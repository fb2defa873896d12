/* Refreshes the board every minute; when the server cannot be reached, says how old the picture is. */
"use strict";

async function refresh() {
  const board = document.getElementById("board");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("board");
    if (!answer.ok || !fresh) throw new Error(answer.statusText);
    board.replaceWith(fresh);
  } catch {
    const stale = document.getElementById("stale");
    stale.textContent = board.dataset.lost.replace("#", board.dataset.at);
    stale.hidden = false;
  }
}

setInterval(refresh, 60_000);
