/* The list: classes to call, cases, what the school looks at, what has not been sent. */
import { moment, tell } from "./frame.js";
import { listed } from "./outbox.js";
import { all, get } from "./store.js";
import { waiting } from "./queue.js";
import { KEPT_DAYS, nowFor } from "./vault.js";
import { element, word } from "./words.js";

const LATE_DAYS = 3; // from then on what waits is shown in red
const at = (id) => document.getElementById(id);

/* 未上传 N 条, always in sight: of the one who has opened the page, and as a number of the others. */
export async function showWaiting(opened) {
  const rows = await all("queues");
  const mine = opened ? rows.filter((row) => row.vault === opened.id) : rows;
  let count = 0, days = 0;
  for (const row of mine) {
    const each = waiting(row.queue, nowFor(await get("vaults", row.vault)));
    count += each.count;
    days = Math.max(days, each.days);
  }
  const others = rows.filter((row) => !mine.includes(row)).reduce((sum, row) => sum + row.queue.items.length, 0);
  const words = [word(!count ? "waiting-none" : days ? "waiting" : "waiting-fresh", { count, days })];
  if (others) words.push(word("waiting-others", { count: others }));
  at("waiting").textContent = words.join(" · ");
  at("waiting").classList.toggle("late", days >= LATE_DAYS);
  at("waiting").hidden = rows.length === 0;
}

/* While the cases are being fetched nobody is told that there are none. */
export async function showHome(opened, go, { fetching = false } = {}) {
  const { bundle } = opened;
  const vault = await get("vaults", opened.id);
  at("fetched").textContent = bundle ? word("fetched", { when: moment(vault.contact_at + vault.ahead) }) : "";
  const { revoked } = (await get("queues", opened.id)).queue;
  at("again").hidden = !revoked;
  if (revoked) tell("problem", word("revoked"));
  else if (!bundle && !fetching) tell("problem", word("expired", { days: KEPT_DAYS }));
  list("classes", bundle?.classes ?? [], (each) => classLine(each, go), "no-classes");
  list("cases", bundle?.cases ?? [], (each) => caseLine(each, go, nowFor(vault)), "no-cases");
  at("case-count").textContent = bundle?.cases.length || "";
  await showSending(opened);
}

/* What stands under 还在这部手机上 and 学校待核对. */
export async function showSending(opened) {
  const { waiting: unsent, toCheck } = await listed(opened);
  list("unsent-list", unsent, recordLine);
  list("to-check-list", toCheck, recordLine);
  at("unsent").hidden = unsent.length === 0;
  at("to-check").hidden = toCheck.length === 0;
}

function list(id, rows, line, none) {
  const made = rows.map(line);
  if (!made.length && none) made.push(element("li", { className: "soft", text: word(none) }));
  at(id).replaceChildren(...made);
}

function classLine(each, go) {
  const button = element("button", { type: "button", className: "end", text: word("take-call") });
  button.addEventListener("click", () => go({ screen: "roll-call", class_group: each.id }));
  return element("li", { className: "line" }, element("span", { className: "what", text: each.name }), button);
}

function caseLine(each, go, now) {
  const button = element("button", { type: "button", className: "end", text: word("write-visit") });
  button.addEventListener("click", () => go({ screen: "visit", child: each.child }));
  button.setAttribute("aria-label", `${word("write-visit")} ${each.name}`);
  const head = element("div", { className: "line" },
    element("span", { className: "what", text: each.name }),
    element("span", { text: each.class }),
    element("span", { className: "soft", text: each.stage_label }),
    button,
  );
  return element("li", {}, head, ...each.owed.map((owed) => owedLine(owed, now)));
}

function owedLine(owed, now) {
  if (!owed.due_at) return element("p", { text: owed.act_label });
  const late = Date.parse(owed.due_at) < now;
  const when = element("span", {
    className: late ? "state overdue" : "soft",
    text: `${late ? `${word("overdue")} · ` : ""}${word("before", { when: moment(owed.due_at) })}`,
  });
  return element("p", { className: "line" }, element("span", { text: owed.act_label }), when);
}

function recordLine(each) {
  const words = each.problem ? word("refused", { words: each.problem }) : "";
  return element("li", {},
    element("p", { className: "line" },
      element("span", { className: "what", text: each.kind }),
      element("span", { text: each.name }),
      each.written_at && element("span", { className: "soft", text: word("written", { when: moment(each.written_at) }) }),
    ),
    words && element("p", { className: "soft", text: each.written_at ? words : each.problem }),
  );
}
