/* 保险箱: what one person keeps on this telephone. Two keys: one for the cases, one for what was written and
   not yet sent. The PIN opens both. The second is sealed once more under a key that only the server can give,
   to the same person signed in: whoever forgets the PIN loses the cases, which come again, and no record. */
import { fromBase64 } from "./canonical.js";
import { emptyQueue, happen } from "./queue.js";
import { ITERATIONS, keyFromPin, keyOf, randomBytes, seal, sealText, unseal, unsealText } from "./seal.js";
import { amend, change, get, put } from "./store.js";

export const TRIES = 5;
const DAY = 24 * 60 * 60 * 1000;
export const KEPT_DAYS = 7; // without any contact the cases go

/* The server's clock as far as we know it: a telephone's own may be wrong by days. Milliseconds. */
export function nowFor(vault) {
  return Date.now() + vault.ahead;
}

/* What a word from the server tells the vault: when we last heard of it, and how far our clock is off. */
export function heard(checkpoint) {
  return { contact_at: Date.now(), ahead: Date.parse(checkpoint.at) - Date.now() };
}

async function keysFrom(raw) {
  return { cases: await keyOf(raw.slice(0, 32)), queue: await keyOf(raw.slice(32)) };
}

async function underPin(pin, raw, id) {
  const salt = randomBytes(16);
  const key = await keyFromPin(pin, salt, ITERATIONS);
  return { salt, iterations: ITERATIONS, tries: 0, wrapped: await seal(key, raw, `keys ${id}`) };
}

/* A new vault for a person whose telephone has just been registered under `device`. */
export async function makeVault({ id, person, device, key, checkpoint, rescue, pin }) {
  const raw = randomBytes(64);
  const vault = {
    id, person, server_key: key, made_at: Date.now(), ...heard(checkpoint), ...(await underPin(pin, raw, id)),
    rescued: await seal(await keyOf(fromBase64(rescue)), raw.slice(32), `rescue ${id}`),
  };
  const registered = happen(emptyQueue(""), "register", { device }).queue;
  const { queue } = happen(registered, "see", checkpoint);
  await change(["vaults", "queues"], (transaction) => {
    transaction.objectStore("vaults").add(vault);
    transaction.objectStore("queues").add({ vault: id, queue });
  });
  return keysFrom(raw);
}

/* The keys, or null after a wrong PIN. The try is counted before it is made: killing the page gains nothing. */
export async function unlock(id, pin) {
  const vault = await amend("vaults", id, (row) => ({ tries: row.tries + 1 }));
  const key = await keyFromPin(pin, vault.salt, vault.iterations);
  let raw;
  try {
    raw = await unseal(key, vault.wrapped, `keys ${id}`);
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    if (vault.tries >= TRIES) await wipe(id);
    return null;
  }
  await amend("vaults", id, () => ({ tries: 0 }));
  return keysFrom(raw);
}

/* Forget the cases and the way in by PIN; what was not sent stays, sealed. */
export function wipe(id) {
  return change(["vaults", "cases", "drafts"], (transaction) => {
    const rows = transaction.objectStore("vaults");
    rows.get(id).onsuccess = ({ target }) => rows.put({ ...target.result, wrapped: null, tries: 0 });
    forget(transaction, id);
  });
}

/* Forget the cases alone: the server was not heard of for a week, or has taken this telephone off. */
export function forgetCases(id) {
  return change(["cases", "drafts"], (transaction) => forget(transaction, id));
}

function forget(transaction, id) {
  transaction.objectStore("cases").delete(id);
  transaction.objectStore("drafts").delete(IDBKeyRange.bound(`${id} `, `${id} \uffff`));
}

/* A new PIN for whoever lost theirs; `rescue` is what the server gave to the vault's own person. */
export async function renew(id, rescue, pin) {
  const { rescued } = await get("vaults", id);
  const queue = await unseal(await keyOf(fromBase64(rescue)), rescued, `rescue ${id}`);
  const raw = new Uint8Array([...randomBytes(32), ...queue]);
  const pinned = await underPin(pin, raw, id);
  await amend("vaults", id, () => pinned);
  return keysFrom(raw);
}

export async function keepBundle(id, keys, bundle) {
  await put("cases", { vault: id, ...(await sealText(keys.cases, JSON.stringify(bundle), `cases ${id}`)) });
}

/* The cases as they were last fetched; null when there are none, or none fresh enough to be kept. */
export async function bundleOf(id, keys) {
  const vault = await get("vaults", id);
  if (Math.abs(Date.now() - vault.contact_at) > KEPT_DAYS * DAY) await forgetCases(id);
  const row = await get("cases", id);
  return row ? JSON.parse(await unsealText(keys.cases, row, `cases ${id}`)) : null;
}

/* What is half filled in, kept against a telephone that kills the page while it takes a picture. */
export async function keepDraft(id, keys, name, text) {
  const key = `${id} ${name}`;
  await put("drafts", { key, ...(await sealText(keys.cases, text, key)) });
}

export async function draftOf(id, keys, name) {
  const key = `${id} ${name}`;
  const row = await get("drafts", key);
  return row ? unsealText(keys.cases, row, key) : null;
}

export function dropDraft(id, name) {
  return change(["drafts"], (transaction) => { transaction.objectStore("drafts").delete(`${id} ${name}`); });
}
