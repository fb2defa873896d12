/* 点名 without signal: the same tiles as on the page on line, kept on the telephone instead of sent. */
import { tell } from "./frame.js";
import { save, stamp } from "./outbox.js";
import { nowFor } from "./vault.js";
import { get } from "./store.js";
import { element, word } from "./words.js";

const CYCLE = { "": "ABSENT", PRESENT: "ABSENT", ABSENT: "LEAVE", LEAVE: "LATE", LATE: "", UNRECORDED: "" };
const FIRST_REASON = { ABSENT: "UNKNOWN", LEAVE: "SICK" };
const AWAY = ["ABSENT", "LEAVE", "UNRECORDED"];
const at = (id) => document.getElementById(id);
const form = at("call-form");
const sheet = at("sheet");
const labels = new Map([...sheet.querySelectorAll("[data-status], [data-reason]")]
  .map((each) => [each.dataset.status ?? each.dataset.reason, each.textContent]));
let taking = null; // { group, record, pupils: [{ child, tile, status, reason }] }
let chosen = null;

export async function openCall(opened, group) {
  const now = stamp(nowFor(await get("vaults", opened.id)));
  taking = { group, record: crypto.randomUUID(), pupils: group.children.map(asPupil) };
  at("call-class").textContent = group.name;
  at("call-day").value = now.slice(0, 10);
  at("sessions").replaceChildren(...group.sessions.map(({ code, label }, index) => sessionChip(code, label, index)));
  at("pupils").replaceChildren(...taking.pupils.map((each) => each.tile));
  at("rest").checked = false;
  at("call-wrong").hidden = true;
  closeSheet();
}

function sessionChip(code, label, index) {
  const radio = element("input", { type: "radio", name: "session", value: code, checked: index === 0 });
  return element("label", { className: "chip" }, radio, element("span", { text: label }));
}

function asPupil(child) {
  const tile = element("button", { type: "button", className: "tile" },
    element("span", { className: "name", text: child.name }), element("span", { className: "mark" }));
  const pupil = { child, tile, status: "", reason: "" };
  tile.addEventListener("click", () => { set(pupil, CYCLE[pupil.status]); openSheet(pupil); });
  return pupil;
}

function set(pupil, status) {
  pupil.status = status;
  pupil.reason = FIRST_REASON[status] ?? "";
}

function statusOf(pupil) {
  return pupil.status || (at("rest").checked ? "PRESENT" : "");
}

function show() {
  const found = taking.pupils.map(statusOf);
  const silent = found.filter((each) => each === "").length;
  const away = found.filter((each) => AWAY.includes(each)).length;
  for (const pupil of taking.pupils) {
    const status = statusOf(pupil);
    pupil.tile.dataset.status = status;
    pupil.tile.classList.toggle("chosen", pupil === chosen);
    const reason = pupil.reason && ` · ${labels.get(pupil.reason)}`;
    pupil.tile.querySelector(".mark").textContent = status ? labels.get(status) + reason : word("neutral");
  }
  at("expected").textContent = found.length;
  at("away").textContent = away;
  at("present").textContent = found.length - away - silent;
  if (chosen) showSheet();
  return silent;
}

function openSheet(pupil) {
  chosen = pupil.status === "" ? null : pupil;
  sheet.hidden = chosen === null;
  show();
}

function showSheet() {
  at("sheet-name").textContent = chosen.child.name;
  for (const each of sheet.querySelectorAll("[data-status]"))
    each.setAttribute("aria-pressed", each.dataset.status === chosen.status);
  let offered = 0;
  for (const each of sheet.querySelectorAll("[data-reason]")) {
    each.hidden = each.dataset.for !== chosen.status;
    each.setAttribute("aria-pressed", each.dataset.reason === chosen.reason);
    offered += each.hidden ? 0 : 1;
  }
  at("reason-label").hidden = offered === 0;
}

export function closeSheet() {
  const tile = chosen?.tile;
  chosen = null;
  sheet.hidden = true;
  if (taking) show();
  tile?.focus();
}

sheet.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button || !chosen) return;
  if (button.dataset.status) set(chosen, button.dataset.status);
  if (button.dataset.reason) chosen.reason = button.dataset.reason;
  if (button.id === "sheet-done") return closeSheet();
  show();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) closeSheet(); });
at("rest").addEventListener("change", show);

/* Whoever is not mentioned was there; the page makes the teacher say so. */
function marks() {
  return taking.pupils.filter((each) => each.status && each.status !== "PRESENT").map(({ child, status, reason }) => (
    { child: child.id, status, reason, note: "" }
  ));
}

function wrong(text) {
  at("call-wrong").textContent = text;
  at("call-wrong").hidden = !text;
  if (text) at("call-wrong").scrollIntoView({ block: "center" });
}

/* Answers whether the roll call is on the telephone's disk. */
export async function saveCall(opened) {
  closeSheet();
  const { day, session } = Object.fromEntries(new FormData(form));
  const silent = show();
  if (!day || !session) return wrong(word("missing-session"));
  if (silent) return wrong(word("missing-call", { count: silent }));
  const taken = stamp(nowFor(await get("vaults", opened.id)));
  const label = taking.group.sessions.find((each) => each.code === session).label;
  const answer = await save(opened, {
    record: taking.record,
    kind: "ROLL_CALL",
    body: { class: taking.group.id, day, session, taken_at: taken, marks: marks() },
    about: { kind: label, name: `${taking.group.name} ${day}` },
  });
  wrong("");
  if (answer === "FULL" || answer === "REVOKED") return tell("problem", word(answer.toLowerCase()));
  return true;
}
