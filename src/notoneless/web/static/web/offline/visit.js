/* 走访记录 without signal. What is half filled in is kept sealed: a telephone that takes a picture may kill the page. */
import { moment, tell } from "./frame.js";
import { save, stamp } from "./outbox.js";
import { shrunk } from "./photo.js";
import { get } from "./store.js";
import { signBox } from "./strokes.js";
import { draftOf, dropDraft, keepDraft, nowFor } from "./vault.js";
import { element, word } from "./words.js";

const ACTS = {
  HOME: "HOME_VISIT", GROUP: "HOME_VISIT", HOLIDAY: "HOME_VISIT", PHONE: "CONTACT_GUARDIAN",
  LEAVE_FOLLOW_UP: "FOLLOW_UP_CALL", HOSPITAL: "HOSPITAL_VISIT", PERSUASION: "PERSUADE",
};
const NEEDED = ["kind", "happened_at", "trigger", "outcome"];
const WORDS = ["where", "findings", "guardian_view", "child_view", "agreed"];
const DAYS = ["promised_on", "next_contact_on"];
const SIGNERS = ["guardian", "recorder"];
const MOST_PHOTOS = 3; // of 300 kB each, so that a record stays below what the server takes
const DRAFT_AFTER = 600; // milliseconds without a touch
const at = (id) => document.getElementById(id);
const form = at("visit-form");
const boxes = Object.fromEntries(SIGNERS.map((each) => [each, signBox(at(`sign-${each}`), changed)]));
let visiting = null; // { opened, case, record, photos }
let timer = 0;

export async function openVisit(opened, found) {
  visiting = { opened, found, record: crypto.randomUUID(), photos: [] };
  at("visit-child").textContent = found.name;
  at("visit-about").textContent = `${found.class} · ${found.stage_label}`;
  fillTerms(opened.bundle.words);
  fillPeople(found.people);
  form.reset();
  for (const each of SIGNERS) boxes[each].put([]);
  at("visit-at").value = stamp(nowFor(await get("vaults", opened.id))).slice(0, 16);
  const draft = await draftOf(opened.id, opened.keys, found.child);
  if (draft) putBack(JSON.parse(draft));
  at("visit-kept").hidden = !draft;
  wrong("");
  showOrdered();
  showPhotos();
}

function chip(type, name, value, label) {
  return element("label", { className: "chip" }, element("input", { type, name, value }), element("span", { text: label }));
}

function fillTerms(words) {
  for (const box of form.querySelectorAll("[data-terms]"))
    box.replaceChildren(...words[box.dataset.terms].map(({ code, label }) => chip("radio", box.dataset.name, code, label)));
  at("items").replaceChildren(...words.VisitItem.map(({ code, label }) => element("div", { className: "field" },
    element("label", { htmlFor: `item-${code}`, text: label }),
    element("textarea", { id: `item-${code}`, name: `item-${code}`, maxLength: 1000 }))));
}

function fillPeople(people) {
  at("people").replaceChildren(...people.map(({ name, post_label }, number) => (
    chip("checkbox", "people", String(number), `${post_label} ${name}`))));
  at("visit-people").hidden = people.length === 0;
}

/* The obligation that this visit answers: the one of its kind that is due first. */
function ordered() {
  const act = ACTS[new FormData(form).get("kind")];
  return visiting.found.owed.find((each) => each.act === act); // the server gives them soonest first
}

function showOrdered() {
  const owed = ordered();
  at("visit-ordered").hidden = !owed;
  if (!owed) return;
  const until = owed.due_at && word("before", { when: moment(owed.due_at) });
  at("visit-ordered").textContent = word("ordered", { what: [owed.act_label, until].filter(Boolean).join(" · ") });
}

function wrong(text) {
  at("visit-wrong").textContent = text;
  at("visit-wrong").hidden = !text;
  if (text) at("visit-wrong").scrollIntoView({ block: "center" });
}

/* The draft. */

function changed() {
  clearTimeout(timer);
  timer = setTimeout(() => keepIt().catch(console.warn), DRAFT_AFTER); // what is full says so when it is saved
  at("visit-kept").hidden = true;
}

async function keepIt() {
  if (!visiting) return;
  const { opened, found, record, photos } = visiting;
  const fields = [...new FormData(form)];
  const strokes = Object.fromEntries(SIGNERS.map((each) => [each, boxes[each].strokes()]));
  await keepDraft(opened.id, opened.keys, found.child, JSON.stringify({ record, fields, strokes, photos }));
  at("visit-kept").hidden = false;
}

function putBack({ record, fields, strokes, photos }) {
  Object.assign(visiting, { record, photos });
  for (const [name, value] of fields) {
    const named = [...form.elements].filter((each) => each.name === name);
    for (const each of named) {
      if (each.type === "radio" || each.type === "checkbox") each.checked ||= each.value === value;
      else each.value = value;
    }
  }
  for (const each of SIGNERS) boxes[each].put(strokes[each]);
}

form.addEventListener("input", changed);
form.addEventListener("change", showOrdered);
form.addEventListener("click", ({ target }) => { if (target.dataset.clear) boxes[target.dataset.clear].clear(); });
addEventListener("visibilitychange", () => { if (document.hidden && visiting) keepIt().catch(console.warn); });

/* Photos. */

at("photo").addEventListener("change", async () => {
  const [file] = at("photo").files;
  if (!file) return;
  const kind = new FormData(form).get("photo_kind");
  const no = !kind ? "photo-kind" : !at("faceless").checked ? "faceless" : visiting.photos.length >= MOST_PHOTOS ? "photos-full" : "";
  if (no) wrong(word(no));
  else await addPhoto(kind, file);
  at("photo").value = "";
});

async function addPhoto(kind, file) {
  try {
    visiting.photos.push({ kind, name: file.name.slice(-100), content: await shrunk(file) });
  } catch {
    return wrong(word("no-photo"));
  }
  wrong("");
  at("faceless").checked = false;
  showPhotos();
  changed();
}

function showPhotos() {
  const kinds = new Map(visiting.opened.bundle.words.AttachmentKind.map(({ code, label }) => [code, label]));
  at("photos").replaceChildren(...visiting.photos.map((each) => {
    const button = element("button", { type: "button", className: "end", text: word("remove") });
    button.addEventListener("click", () => {
      visiting.photos = visiting.photos.filter((other) => other !== each);
      showPhotos();
      changed();
    });
    const size = Math.round((each.content.length * 3) / 4 / 1000);
    return element("li", { className: "line" }, element("span", { text: word("photo", { what: kinds.get(each.kind), size }) }), button);
  }));
}

/* What is kept. */

function body() {
  const given = new FormData(form);
  const { found, photos } = visiting;
  const all = {
    child: found.child, kind: given.get("kind"), trigger: given.get("trigger"), outcome: given.get("outcome"),
    happened_at: `${given.get("happened_at").slice(0, 16)}:00+08:00`,
    people: given.getAll("people").map((number) => whoTookPart(found.people[number])),
    ordered: ordered()?.key,
    items: Object.fromEntries([...given].filter(([name, value]) => name.startsWith("item-") && value.trim())
      .map(([name, value]) => [name.slice("item-".length), value.trim()])),
    signatures: SIGNERS.filter((each) => boxes[each].strokes().length)
      .map((each) => ({ signs_as: word(each), name: "", strokes: boxes[each].strokes() })),
    photos,
  };
  for (const name of [...WORDS, ...DAYS]) all[name] = given.get(name).trim();
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value)));
}

function whoTookPart({ post, person, name }) {
  return { post, person, name, unit: "" };
}

function isEmpty(value) {
  return value === undefined || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

/* Answers whether the visit is on the telephone's disk. */
export async function saveVisit(opened) {
  const given = new FormData(form);
  const missing = NEEDED.filter((name) => !given.get(name));
  if (missing.length) return wrong(word("missing-visit", { what: missing.map((name) => word(name)).join("、") }));
  const { found, record } = visiting;
  const kind = opened.bundle.words.VisitKind.find((each) => each.code === given.get("kind")).label;
  const answer = await save(opened, { record, kind: "VISIT", body: body(), about: { kind, name: found.name } });
  wrong("");
  if (answer === "FULL" || answer === "REVOKED") return tell("problem", word(answer.toLowerCase()));
  clearTimeout(timer);
  visiting = null;
  await dropDraft(opened.id, found.child);
  return true;
}
