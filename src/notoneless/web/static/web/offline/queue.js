/* 未上传: the queue as pure functions, the same as core/outbound.py; tests/offline/vectors.json holds both to it.
   Each takes the queue and gives { queue, answer }. A record leaves it in one place only, `receipt`. */
const DONE_KEPT = 50;
const DAY = 24 * 60 * 60 * 1000;

export function emptyQueue(device) {
  return {
    device, next_sequence: 1, items: [], checkpoint: { seq: 0, token: "" },
    signed_in: true, revoked: false, full: false, done: [], to_check: [],
  };
}

function write(queue, { record, digest, at }) {
  if (queue.done.includes(record) || find(queue, record)) return step(queue, "SAVED_BEFORE");
  if (queue.revoked) return step(queue, "REVOKED");
  const item = {
    id: record, sequence: queue.next_sequence, digest, checkpoint: queue.checkpoint.token, written_at: at,
    state: "WAITING", tries: 0, problem: "",
  };
  const items = [...queue.items, item];
  return step({ ...queue, items, next_sequence: queue.next_sequence + 1, full: false }, "SAVED");
}

function storage_full(queue) {
  return step({ ...queue, full: true }, "FULL");
}

function start_send(queue) {
  if (!queue.signed_in) return step(queue, "SIGNED_OUT");
  if (queue.items.some((item) => item.state === "SENDING")) return step(queue, "BUSY");
  const first = queue.items.find((item) => item.state === "WAITING");
  return first ? step(having(queue, { ...first, state: "SENDING" }), "SEND") : step(queue, "NOTHING");
}

function receipt(queue, { record, digest, verified, state = "RECORDED", problem = "", seq = 0, token = "" }) {
  if (!verified) return step(waitingAgain(queue), "NOT_SIGNED");
  const mine = find(queue, record);
  if (!mine) return step(queue, "NOT_HELD");
  if (mine.digest !== digest) return step(waitingAgain(queue), "OTHER_RECORD");
  const rest = {
    ...queue,
    items: queue.items.filter((item) => item.id !== record),
    done: [...queue.done, record].slice(-DONE_KEPT),
    to_check: state === "TO_CHECK" ? [...queue.to_check, { id: record, problem }] : queue.to_check,
  };
  return step(seen(rest, seq, token), "DELETED");
}

function refused(queue, { record, problem }) {
  const mine = find(queue, record);
  if (!mine) return step(queue, "NOT_HELD");
  return step(having(queue, { ...mine, state: "REFUSED", tries: mine.tries + 1, problem }), "KEPT");
}

function cut(queue) {
  return step(waitingAgain(queue), "KEPT");
}

function restart(queue) {
  const items = queue.items.map((item) => ({ ...item, state: "WAITING", problem: "" }));
  return step({ ...queue, items, signed_in: true, full: false }, "KEPT");
}

function sign_out(queue) {
  return step({ ...waitingAgain(queue), signed_in: false }, "KEPT");
}

function sign_in(queue) {
  return step({ ...queue, signed_in: true }, "NOTED");
}

function revoke(queue) {
  return step({ ...queue, revoked: true }, "NOTED");
}

function register(queue, { device }) {
  const next_sequence = device === queue.device ? queue.next_sequence : 1;
  return step({ ...queue, device, next_sequence, revoked: false }, "NOTED");
}

function see(queue, { seq, token }) {
  return step(seen(queue, seq, token), "NOTED");
}

function look(queue) {
  return step({ ...queue, to_check: [] }, "NOTED");
}

const EVENTS = {
  write, storage_full, start_send, receipt, refused, cut, restart, sign_out, sign_in, revoke, register, see, look,
};

export function happen(queue, event, more = {}) {
  return EVENTS[event](queue, more);
}

/* How many records wait, and for how many whole days the oldest has; `now` in milliseconds. */
export function waiting(queue, now) {
  const days = queue.items.map((item) => Math.floor((now - Date.parse(item.written_at)) / DAY));
  return { count: days.length, days: Math.max(0, ...days) };
}

function step(queue, answer) {
  return { queue, answer };
}

function find(queue, record) {
  return queue.items.find((item) => item.id === record);
}

function having(queue, changed) {
  return { ...queue, items: queue.items.map((item) => (item.id === changed.id ? changed : item)) };
}

function waitingAgain(queue) {
  const again = (item) => (item.state === "SENDING" ? { ...item, state: "WAITING", tries: item.tries + 1 } : item);
  return { ...queue, items: queue.items.map(again) };
}

function seen(queue, seq, token) {
  return seq > queue.checkpoint.seq ? { ...queue, checkpoint: { seq, token } } : queue;
}
