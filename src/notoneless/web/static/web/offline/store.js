/* The telephone's database. Whatever stands in it about a child is sealed. */
const NAME = "notoneless-offline";
const STORES = { vaults: "id", queues: "vault", cases: "vault", records: "id", abouts: "id", drafts: "key" };
let opened = null;

function open() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); done(asked.result); };
    asked.onerror = () => { opened = null; failed(asked.error); };
  });
  return opened;
}

async function ask(store, request) {
  const database = await open();
  return new Promise((done, failed) => {
    const asked = request(database.transaction(store).objectStore(store));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

export function get(store, key) {
  return ask(store, (each) => each.get(key));
}

export function all(store) {
  return ask(store, (each) => each.getAll());
}

/* One transaction: all of it is on the disk when this is done, or nothing of it. `act` gets the transaction
   and a function for what to answer. Throws what the database threw, QuotaExceededError when it is full. */
export async function change(stores, act) {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    let answer;
    transaction.oncomplete = () => done(answer);
    transaction.onabort = () => failed(transaction.error ?? new DOMException("aborted", "AbortError"));
    act(transaction, (value) => { answer = value; });
  });
}

export function put(store, row) {
  return change([store], (transaction) => { transaction.objectStore(store).put(row); });
}

/* Change one row as it stands now; answers with the row as it then is. */
export function amend(store, key, changed) {
  return change([store], (transaction, give) => {
    const rows = transaction.objectStore(store);
    rows.get(key).onsuccess = ({ target }) => {
      const row = { ...target.result, ...changed(target.result) };
      rows.put(row);
      give(row);
    };
  });
}
