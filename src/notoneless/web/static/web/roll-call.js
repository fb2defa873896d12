/* Turns the plain roll-call form into tiles. The form's own fields stay the only truth: a tile reads and
   writes the radio buttons, so what is sent is what a page without scripts would send. */
"use strict";

const form = document.getElementById("roll-call");
const rest = document.getElementById("rest");
const sheet = document.getElementById("sheet");
const CYCLE = { "": "ABSENT", PRESENT: "ABSENT", ABSENT: "LEAVE", LEAVE: "LATE", LATE: "", UNRECORDED: "" };
const FIRST_REASON = { ABSENT: "UNKNOWN", LEAVE: "SICK" };
const pupils = [...form.querySelectorAll(".pupil")].map(asPupil);
const opened = performance.now();
let chosen = null;

function asPupil(box) {
  const tile = document.createElement("button");
  tile.type = "button";
  tile.className = "tile";
  tile.innerHTML = '<span class="name"></span><span class="mark"></span>';
  tile.querySelector(".name").textContent = box.dataset.name;
  const pupil = {
    box, tile, radios: [...box.querySelectorAll("input[type=radio]")], reason: box.querySelector("select"),
  };
  tile.addEventListener("click", () => { setStatus(pupil, CYCLE[given(pupil)]); openSheet(pupil); });
  box.append(tile);
  return pupil;
}

function given(pupil) {
  const radio = pupil.radios.find((each) => each.checked);
  return radio ? radio.value : "";
}

function status(pupil) {
  return given(pupil) || (rest.checked ? "PRESENT" : "");
}

function setStatus(pupil, value) {
  pupil.radios.forEach((each) => { each.checked = each.value === value; });
  pupil.reason.value = FIRST_REASON[value] || "";
  show();
}

function words(pupil) {
  const value = status(pupil);
  if (value === "") return form.dataset.neutral;
  const word = pupil.radios.find((each) => each.value === value).nextElementSibling.textContent;
  const reason = pupil.reason.value ? pupil.reason.selectedOptions[0].textContent : "";
  return reason ? `${word} · ${reason}` : word;
}

function show() {
  let away = 0, silent = 0;
  for (const pupil of pupils) {
    const value = status(pupil);
    pupil.tile.dataset.status = value;
    pupil.tile.querySelector(".mark").textContent = words(pupil);
    pupil.tile.classList.toggle("chosen", pupil === chosen);
    if (value === "") silent += 1;
    else if (value !== "PRESENT" && value !== "LATE") away += 1;
  }
  document.getElementById("present").textContent = pupils.length - away - silent;
  document.getElementById("away").textContent = away;
  const missing = document.getElementById("missing");
  missing.hidden = silent === 0;
  missing.textContent = missing.dataset.some.replace("#", silent);
  document.getElementById("send").disabled = silent > 0;
  if (chosen) showSheet();
}

function openSheet(pupil) {
  chosen = status(pupil) === "" || status(pupil) === "PRESENT" ? null : pupil;
  sheet.hidden = chosen === null;
  show();
}

function showSheet() {
  const value = given(chosen);
  document.getElementById("sheet-name").textContent = chosen.box.dataset.name;
  for (const button of sheet.querySelectorAll("[data-status]"))
    button.setAttribute("aria-pressed", button.dataset.status === value);
  let offered = 0;
  for (const button of sheet.querySelectorAll("[data-reason]")) {
    button.hidden = button.dataset.for !== value;
    button.setAttribute("aria-pressed", button.dataset.reason === chosen.reason.value);
    if (!button.hidden) offered += 1;
  }
  document.getElementById("reason-label").hidden = offered === 0;
  const call = document.getElementById("sheet-call");
  call.hidden = !chosen.box.dataset.phone;
  call.href = `tel:${chosen.box.dataset.phone}`;
  call.querySelector("span").textContent = chosen.box.dataset.guardian;
}

function closeSheet() {
  const tile = chosen && chosen.tile;
  chosen = null;
  sheet.hidden = true;
  show();
  if (tile) tile.focus();
}

sheet.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !chosen) return;
  if (button.dataset.status) setStatus(chosen, button.dataset.status);
  if (button.dataset.reason) { chosen.reason.value = button.dataset.reason; show(); }
  if (button.id === "sheet-done") closeSheet();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) closeSheet(); });
rest.addEventListener("change", show);

/* Submitting puts the filled form into the hands of waiting.js, which knows what to do without signal. */
const kept = storageName(form.getAttribute("action"));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  closeSheet();
  document.getElementById("send").disabled = true;
  // The server's clock when the page was made, and how long it has been open: the device's own may be wrong.
  const taken = Date.parse(form.dataset.rendered) + performance.now() - opened;
  form.elements.taken_at.value ||= new Date(taken).toISOString();
  // Who is there has an empty reason; a class of 45 need not send 44 of them.
  const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  fields.delete("csrfmiddlewaretoken");
  localStorage.setItem(kept, fields.toString());
  sendWaiting().then(show);
});

function putBack(fields) {
  form.elements.key.value = fields.get("key");
  form.elements.taken_at.value = fields.get("taken_at");
  rest.checked = fields.has("rest_present");
  for (const pupil of pupils) {
    setStatus(pupil, fields.get(pupil.radios[0].name) || "");
    pupil.reason.value = fields.get(pupil.reason.name) || "";
  }
}

document.documentElement.classList.add("js");
for (const each of document.querySelectorAll(".js-only")) each.hidden = false;
const unsent = localStorage.getItem(kept);
if (unsent) putBack(new URLSearchParams(unsent));
show();
