/* A roll call that was submitted without signal waits on this device under the person who took it. Every page
   of that person tries to send it. Its key makes sending it twice harmless: the server answers with the first
   receipt, so that it is thrown away only once a receipt has come. */
"use strict";

const notice = document.getElementById("waiting");
const prefix = `roll-call ${document.body.dataset.person} `;
let sending = false;

function storageName(path) {
  return prefix + path;
}

function tell(text) {
  notice.textContent = text;
  notice.hidden = false;
  notice.scrollIntoView({ block: "center" });
}

async function sendWaiting() {
  const name = Object.keys(localStorage).find((each) => each.startsWith(prefix));
  if (!name || sending) return;
  if (!navigator.onLine) return tell(notice.dataset.noSignal);
  sending = true;
  try {
    await sendOne(name);
  } catch {
    tell(notice.dataset.noSignal);
  } finally {
    sending = false;
  }
}

async function sendOne(name) {
  const path = name.slice(prefix.length);
  const fields = new URLSearchParams(localStorage.getItem(name));
  fields.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(path, { method: "POST", body: fields });
  if (answer.redirected) {
    localStorage.removeItem(name);
    return location.assign(answer.url);
  }
  if (answer.status === 401) return sendByForm(path, fields);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const problem = page.getElementById("problem") || page.querySelector("h1");
  tell(notice.dataset.refused.replace("#", problem.textContent));
  if (location.pathname === path) localStorage.removeItem(name); // the filled form is on the screen
  else notice.append(" ", linkTo(path));
}

/* The session has ended: the sign-in page takes the fields along, as it does for a page without scripts. */
function sendByForm(path, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of fields) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}

function linkTo(path) {
  const link = document.createElement("a");
  link.href = path;
  link.textContent = notice.dataset.open;
  return link;
}

addEventListener("online", sendWaiting);
sendWaiting();
