/* The queue on the disk: every event is one transaction that also adds or deletes the sealed record. */
import { canonical, digestOf, isSigned } from "./canonical.js";
import { happen } from "./queue.js";
import { sealText, unsealText } from "./seal.js";
import { register, standing, upload } from "./server.js";
import { all, amend, change, get } from "./store.js";
import { heard, nowFor } from "./vault.js";

const LOCK = "notoneless-offline-send";

/* China's clock with its offset, as records carry it. */
export function stamp(milliseconds) {
  const there = new Date(milliseconds + 8 * 60 * 60 * 1000);
  return there.toISOString().replace("Z", "+08:00");
}

export async function queueOf(vault) {
  return (await get("queues", vault)).queue;
}

/* Let an event happen to the queue as it stands on the disk; `beside` may act in the same transaction. */
export function take(vault, event, more, beside = () => {}) {
  return change(["queues", "records", "abouts"], (transaction, give) => {
    const rows = transaction.objectStore("queues");
    rows.get(vault).onsuccess = ({ target }) => {
      const step = happen(target.result.queue, event, more);
      rows.put({ vault, queue: step.queue });
      beside(step, transaction, target.result.queue);
      give(step);
    };
  });
}

/* Keep a record; done only when it is on the disk. `about` is what the list of waiting records shows of it.
   Answers SAVED, SAVED_BEFORE, REVOKED, or FULL when the telephone has no room. */
export async function save({ id: vault, keys }, { record, kind, body, about }) {
  for (;;) {
    const now = stamp(nowFor(await get("vaults", vault)));
    const queue = await queueOf(vault);
    const text = canonical({
      id: record, device: queue.device, sequence: queue.next_sequence, kind,
      checkpoint: queue.checkpoint.token, claimed_at: now, body,
    });
    const rows = {
      records: { id: record, vault, ...(await sealText(keys.queue, text, `text ${record}`)) },
      abouts: { id: record, vault, ...(await sealText(keys.queue, JSON.stringify(about), `about ${record}`)) },
    };
    const answer = await keep(vault, queue, rows, { record, digest: await digestOf(text), at: now });
    if (answer !== "AGAIN") return answer;
  }
}

/* Another page of ours may have drawn the number, or seen a checkpoint, while this one sealed the record. */
function isAsRead(now, then) {
  return now.device === then.device && now.next_sequence === then.next_sequence
    && now.checkpoint.token === then.checkpoint.token;
}

async function keep(vault, then, rows, more) {
  try {
    return await change(["queues", "records", "abouts"], (transaction, give) => {
      const queues = transaction.objectStore("queues");
      queues.get(vault).onsuccess = ({ target }) => {
        if (!isAsRead(target.result.queue, then)) return give("AGAIN");
        const { queue, answer } = happen(target.result.queue, "write", more);
        if (answer === "SAVED") {
          queues.put({ vault, queue });
          for (const [store, row] of Object.entries(rows)) transaction.objectStore(store).add(row);
        }
        give(answer);
      };
    });
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    return "FULL";
  }
}

/* Send what waits, one by one. Of all open pages only one sends. Answers how it ended: DONE, NO_SIGNAL,
   SIGNED_OUT, OTHER_PERSON, NOT_SIGNED, or BUSY when another page is at it; `patient` waits for that page. */
export function send(opened, { fresh = false, patient = false } = {}) {
  if (!navigator.locks) return sendAll(opened, fresh);
  return navigator.locks.request(LOCK, { ifAvailable: !patient }, (lock) => (lock ? sendAll(opened, fresh) : "BUSY"));
}

async function sendAll(opened, fresh) {
  await take(opened.id, fresh ? "restart" : "cut", {});
  const here = await standing((await queueOf(opened.id)).device);
  const vault = await get("vaults", opened.id);
  if (!here || here.status >= 500) return "NO_SIGNAL";
  if (here.status !== 200) return signedOut(opened.id);
  if (here.said.person.id !== vault.person) return "OTHER_PERSON";
  await take(opened.id, "sign_in", {});
  const { device } = await queueOf(opened.id);
  if (here.said.device === "revoked") await take(opened.id, "revoke", {});
  if (here.said.device === "unknown") await register(device, "", here.said.csrf); // the registration was lost there
  for (;;) {
    const ended = await sendNext(opened, vault, here.said.csrf);
    if (ended) return ended;
  }
}

async function signedOut(vault) {
  await take(vault, "sign_out", {});
  return "SIGNED_OUT";
}

async function sendNext(opened, vault, csrf) {
  const { queue, answer } = await take(opened.id, "start_send", {});
  if (answer !== "SEND") return answer === "NOTHING" ? "DONE" : answer;
  const item = queue.items.find((each) => each.state === "SENDING");
  const row = await get("records", item.id);
  const came = await upload(await unsealText(opened.keys.queue, row, `text ${item.id}`), csrf);
  if (came?.status === 200 && came.said.receipt) return received(opened, vault, item, came.said);
  if (came?.status === 401) return signedOut(opened.id);
  if (came?.status === 400 || came?.status === 413) return refusedBy(opened, item, came.said.problem);
  await take(opened.id, "cut", {});
  return "NO_SIGNAL";
}

async function refusedBy(opened, item, words) {
  const problem = await sealed(opened, item.id, words);
  await take(opened.id, "refused", { record: item.id, problem });
  return null;
}

/* Words of the server may name a child, so that the queue holds them sealed. */
async function sealed(opened, record, words) {
  return words ? sealText(opened.keys.queue, words, `problem ${record}`) : "";
}

async function received(opened, vault, item, { receipt, signature, checkpoint, problem }) {
  const words = receipt.state === "TO_CHECK" ? problem || receipt.problem : "";
  const { answer } = await take(
    opened.id,
    "receipt",
    {
      record: receipt.id, digest: receipt.digest, state: receipt.state,
      verified: await verifies(receipt, signature, vault.server_key),
      problem: await sealed(opened, receipt.id, words), seq: checkpoint.seq, token: checkpoint.token,
    },
    (step, transaction) => drop(step, transaction, receipt),
  );
  if (answer === "DELETED") {
    await amend("vaults", opened.id, () => heard(checkpoint));
    return null;
  }
  await take(opened.id, "cut", {});
  return "NOT_SIGNED";
}

async function verifies(receipt, signature, key) {
  try {
    return await isSigned(receipt, signature, key);
  } catch {
    return false; // no base64, or no point of the curve: nothing that our server signs
  }
}

/* The text goes with its item; of what the school will look at, the few words for the list stay. */
function drop({ answer, queue }, transaction, { id }) {
  if (answer !== "DELETED") return;
  transaction.objectStore("records").delete(id);
  if (!queue.to_check.some((each) => each.id === id)) transaction.objectStore("abouts").delete(id);
}

/* The person has read what the school will look at. */
export function looked(vault) {
  return take(vault, "look", {}, (_step, transaction, before) => {
    for (const { id } of before.to_check) transaction.objectStore("abouts").delete(id);
  });
}

/* What waits and what the school looks at, in words. */
export async function listed(opened) {
  const rows = new Map((await all("abouts")).map((row) => [row.id, row]));
  const queue = await queueOf(opened.id);
  const told = (each) => inWords(opened, rows.get(each.id), each);
  return { waiting: await Promise.all(queue.items.map(told)), toCheck: await Promise.all(queue.to_check.map(told)) };
}

async function inWords({ keys }, row, { id, problem, written_at }) {
  const about = JSON.parse(await unsealText(keys.queue, row, `about ${id}`));
  const words = problem ? await unsealText(keys.queue, problem, `problem ${id}`) : "";
  return { ...about, problem: words, written_at };
}
