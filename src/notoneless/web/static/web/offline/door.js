/* Setting up, opening with the PIN, and a new PIN for whoever lost theirs. */
import { askToSignIn, hush, moment, once, show, tell } from "./frame.js";
import { register, rescue, standing } from "./server.js";
import { all, get } from "./store.js";
import { TRIES, bundleOf, makeVault, renew, unlock, wipe } from "./vault.js";
import { element, word } from "./words.js";

const EASY = /^(\d)\1*$/;
const RUNS = ["01234567890123456789", "98765432109876543210"];
const whose = document.getElementById("vault");
const device = crypto.randomUUID(); // pressing the button again registers no second telephone
let enter = null;
let renewing = null;

/* `opened` is called with { id, person, keys, bundle } whenever a vault has been opened. */
export async function start(opened) {
  enter = opened;
  for (const [form, act] of [["first-form", setUp], ["unlock-form", open], ["renew-form", setAgain]]) {
    const each = document.getElementById(form);
    each.addEventListener("submit", once(each.querySelector(".primary"), () => act(each)));
  }
  const forgot = document.getElementById("forgot");
  forgot.addEventListener("click", once(forgot, forget));
  document.getElementById("another").addEventListener("click", () => { hush(); show("first"); });
  await knock();
}

/* The screen with which the page begins. */
export async function knock() {
  const rows = (await all("vaults")).sort((one, other) => one.made_at - other.made_at);
  if (!rows.length) return show("first");
  whose.replaceChildren(...rows.map((row, index) => element("option", {
    value: row.id, text: word("vault", { number: index + 1, when: moment(row.made_at) }),
  })));
  whose.value = rows.reduce((last, row) => (row.contact_at > last.contact_at ? row : last)).id;
  document.getElementById("whose").hidden = rows.length === 1;
  const [only] = rows;
  if (rows.length === 1 && !only.wrapped) return askForNew(only.id);
  show("unlock");
}

async function enterWith(id, keys) {
  for (const each of document.querySelectorAll("[data-screen] input[type=password]")) each.value = "";
  const { person } = await get("vaults", id);
  await enter({ id, person, keys, bundle: await bundleOf(id, keys) });
}

function pinOf(form) {
  const pin = form.elements.pin.value;
  if (!/^\d{6,}$/.test(pin)) return tell("problem", word("too-short"));
  if (EASY.test(pin) || RUNS.some((run) => run.includes(pin))) return tell("problem", word("too-easy"));
  if (pin !== form.elements.again.value) return tell("problem", word("not-same"));
  return pin;
}

/* Who is signed in; says so and gives null when nobody is, or when there is no signal. */
async function whoIsSignedIn(vaultDevice, noSignal) {
  const answer = await standing(vaultDevice);
  if (answer?.status === 200) return answer.said;
  if (answer?.status === 401) askToSignIn(word("signed-out"));
  else tell("problem", word(noSignal));
  return null;
}

async function rescueKey(id, csrf) {
  const answer = await rescue(id, csrf);
  if (answer?.status === 200) return answer.said.key;
  tell("problem", answer?.status === 403 ? word("on-shared") : word("no-signal-first"));
  return null;
}

async function setUp(form) {
  const pin = pinOf(form);
  const who = pin && (await whoIsSignedIn(device, "no-signal-first"));
  if (!who) return;
  const theirs = (await all("vaults")).find((row) => row.person === who.person.id);
  if (theirs) return renewOrOpen(theirs);
  const id = crypto.randomUUID();
  const key = await rescueKey(id, who.csrf);
  const registered = key && (await register(device, phoneName(), who.csrf));
  if (!registered) return;
  if (registered.status !== 200) return tell("problem", registered.said.problem ?? word("no-signal-first"));
  const vault = { ...registered.said, id, person: who.person.id, rescue: key, pin };
  await enterWith(id, await makeVault(vault));
}

async function renewOrOpen(row) {
  await knock();
  whose.value = row.id;
  if (!row.wrapped) askForNew(row.id);
}

function phoneName() {
  return (navigator.userAgentData?.platform || navigator.platform || "").slice(0, 60);
}

async function open(form) {
  const id = whose.value;
  if (!(await get("vaults", id)).wrapped) return askForNew(id);
  const keys = await unlock(id, form.elements.pin.value);
  form.elements.pin.value = "";
  if (keys) {
    hush();
    return enterWith(id, keys);
  }
  const vault = await get("vaults", id);
  if (!vault.wrapped) return askForNew(id, word("wiped"));
  tell("problem", word("wrong-pin", { left: TRIES - vault.tries }));
}

function askForNew(id, words = "") {
  renewing = id;
  show("renew");
  tell("problem", words);
}

async function forget() {
  const id = whose.value;
  const { device: registered } = (await get("queues", id)).queue;
  // Only who can get in again is let out: without signal the cases would be gone for days.
  const who = await whoIsSignedIn(registered, "no-signal");
  if (!who) return;
  if (who.person.id !== (await get("vaults", id)).person) return askToSignIn(word("other-person"));
  await wipe(id);
  askForNew(id);
}

async function setAgain(form) {
  const pin = pinOf(form);
  const { device: registered } = (await get("queues", renewing)).queue;
  const who = pin && (await whoIsSignedIn(registered, "no-signal"));
  if (!who) return;
  if (who.person.id !== (await get("vaults", renewing)).person) return askToSignIn(word("other-person"));
  const key = await rescueKey(renewing, who.csrf);
  if (!key) return;
  hush();
  await enterWith(renewing, await renew(renewing, key, pin));
}
