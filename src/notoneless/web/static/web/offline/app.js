/* The page that works without signal: opens a vault, shows its screens, sends what waits. */
import { start } from "./door.js";
import { askToSignIn, here, hush, once, show, tell } from "./frame.js";
import { showHome, showSending, showWaiting } from "./home.js";
import { looked, queueOf, send, take } from "./outbox.js";
import { closeSheet, openCall, saveCall } from "./roll-call.js";
import { bundle as fetchBundle, register, standing } from "./server.js";
import { amend } from "./store.js";
import { bundleOf, forgetCases, heard, keepBundle } from "./vault.js";
import { openVisit, saveVisit } from "./visit.js";
import { word } from "./words.js";

const EVERY = 3 * 60 * 1000; // milliseconds between tries, and up to two thirds more: not all at once
const IDLE = 10 * 60 * 1000; // then the page locks itself
const at = (id) => document.getElementById(id);
let opened = null; // { id, person, keys, bundle }
let fresh = true; // nothing was sent yet since the page was loaded
let touched = Date.now();

async function enter(vault) {
  opened = vault;
  at("lock").hidden = false;
  history.replaceState({ screen: "home" }, "");
  await showHome(opened, go, { fetching: true });
  show("home");
  await keepStorage();
  await sync();
}

/* Screens; the way back is the telephone's own. */

async function showScreen(state) {
  if (!opened) return;
  const group = opened.bundle?.classes.find((each) => each.id === state.class_group);
  const found = opened.bundle?.cases.find((each) => each.child === state.child);
  closeSheet();
  if (state.screen === "visit" && found) await openVisit(opened, found);
  else if (state.screen === "roll-call" && group) await openCall(opened, group);
  else await showHome(opened, go);
  show((found || group) ? state.screen : "home");
  await showWaiting(opened);
}

async function go(state) {
  hush();
  history.pushState(state, "");
  await showScreen(state);
}

addEventListener("popstate", (event) => { hush(); showScreen(event.state ?? { screen: "home" }); });
for (const each of document.querySelectorAll("[data-back]")) each.addEventListener("click", () => history.back());

function saving(button, act) {
  const form = button.closest("form");
  form.addEventListener("submit", once(button, async () => {
    if (!(await act(opened))) return;
    history.replaceState({ screen: "home" }, "");
    await showScreen({ screen: "home" });
    tell("told", word("saved"));
    sync();
  }));
}

/* Sending, and fetching the cases anew. */

const ENDINGS = {
  NO_SIGNAL: "no-signal", OTHER_PERSON: "other-person", NOT_SIGNED: "not-signed",
};

async function sync({ aloud = false } = {}) {
  if (!opened) return;
  const vault = opened;
  const before = (await queueOf(vault.id)).items.length;
  const ended = await send(vault, { fresh, patient: aloud });
  fresh = false;
  if (opened !== vault) return;
  if (ended === "SIGNED_OUT") askToSignIn(word("signed-out"));
  else if (ended in ENDINGS && (aloud || ended !== "NO_SIGNAL")) tell("problem", word(ENDINGS[ended]));
  if (ended === "DONE") await fetchCases(vault);
  await showWaiting(vault);
  if (here() === "home") await showHome(vault, go);
  else await showSending(vault);
  // A server that was set up anew signs with another key; its person may register with that one.
  if (ended === "NOT_SIGNED") at("again").hidden = false;
  const { items, revoked } = await queueOf(vault.id);
  if (ended === "DONE" && items.length === 0 && !revoked && (before || aloud)) tell("told", word("uploaded"));
}

async function fetchCases(vault) {
  const queue = await queueOf(vault.id);
  if (queue.revoked) {
    await forgetCases(vault.id);
    vault.bundle = null;
    return;
  }
  const answer = await fetchBundle(queue.device);
  if (answer?.status !== 200) return;
  await keepBundle(vault.id, vault.keys, answer.said);
  await amend("vaults", vault.id, () => heard(answer.said.checkpoint));
  await take(vault.id, "see", answer.said.checkpoint);
  vault.bundle = await bundleOf(vault.id, vault.keys);
}

function syncAgain() {
  setTimeout(async () => { await sync().catch(console.warn); syncAgain(); }, EVERY * (1 + Math.random() * 2 / 3));
}

/* A telephone that was taken off may be registered once more by its own person. */
async function registerAgain() {
  const who = await standing((await queueOf(opened.id)).device);
  if (who?.status === 401) return askToSignIn(word("signed-out"));
  if (who?.status !== 200) return tell("problem", word("no-signal"));
  if (who.said.person.id !== opened.person) return askToSignIn(word("other-person"));
  const answer = await register(crypto.randomUUID(), "", who.said.csrf);
  if (answer?.status !== 200) return tell("problem", word("no-signal"));
  await amend("vaults", opened.id, () => ({ server_key: answer.said.key }));
  await take(opened.id, "register", { device: answer.said.device });
  hush();
  await sync({ aloud: true });
}

/* The browser may throw away what no one asked it to keep. */
async function keepStorage() {
  const kept = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.());
  at("persist").textContent = word("not-persisted");
  at("persist").hidden = Boolean(kept);
}

/* Locking. */

async function lock() {
  opened = null;
  at("lock").hidden = true;
  closeSheet();
  history.replaceState(null, "");
  location.reload(); // nothing of what was open stays in the page
}

for (const kind of ["pointerdown", "keydown", "scroll"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}
setInterval(() => { if (opened && Date.now() - touched > IDLE) lock(); }, 1000);
setInterval(() => showWaiting(opened), 60_000);
addEventListener("unhandledrejection", () => tell("problem", word("failed")));
addEventListener("online", () => sync({ aloud: true }));
addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
at("lock").addEventListener("click", lock);
at("send").addEventListener("click", once(at("send"), () => sync({ aloud: true })));
at("again").addEventListener("click", once(at("again"), registerAgain));
at("looked").addEventListener("click", once(at("looked"), async () => {
  await looked(opened.id);
  await showSending(opened);
}));
saving(at("call-save"), saveCall);
saving(at("visit-save"), saveVisit);

/* The site's own pages say in which language they lead here; the kept page may be in another. */
function keepPage() {
  const worker = navigator.serviceWorker;
  const spoken = document.documentElement.lang;
  const wanted = new URLSearchParams(location.search).get("language") ?? spoken;
  worker?.addEventListener("controllerchange", () => { if (!opened && wanted !== spoken) location.reload(); });
  worker?.register(`/offline/sw.js?language=${encodeURIComponent(wanted)}`, { scope: "/offline/" }).catch(console.warn);
}

async function begin() {
  if (!crypto.subtle || !("indexedDB" in window)) return tell("problem", word("no-crypto"));
  keepPage();
  await start(enter);
  await showWaiting(null);
  syncAgain();
}

begin().catch((error) => { tell("problem", word("failed")); console.warn(error); });
