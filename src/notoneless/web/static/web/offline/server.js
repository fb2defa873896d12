/* Asking the server. What is not JSON with a status we know is no answer at all: `null`. */
const TIMEOUT = 60_000; // milliseconds; a photo over a weak network takes its time

async function ask(path, options) {
  try {
    const signal = AbortSignal.timeout?.(TIMEOUT); // older telephones wait as long as their browser does
    const answer = await fetch(path, {
      credentials: "same-origin", cache: "no-store", redirect: "manual", signal, ...options,
    });
    // A page that wants a sign-in first sends one elsewhere.
    if (answer.type === "opaqueredirect") return { status: 401, said: {} };
    if (answer.status === 401) return { status: 401, said: {} };
    return { status: answer.status, said: await answer.json() };
  } catch {
    return null; // no signal, a cut line, half an answer
  }
}

function post(path, body, csrf) {
  return ask(path, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf } });
}

/* Who is signed in, and whether this telephone is known. */
export function standing(device) {
  return ask(`/offline/device/?device=${device}`);
}

export function register(device, name, csrf) {
  return post("/offline/device/", JSON.stringify({ device, name }), csrf);
}

/* The key under which the unsent records can be opened without the PIN; only to the vault's own person. */
export function rescue(vault, csrf) {
  return post("/offline/rescue/", JSON.stringify({ vault }), csrf);
}

export function bundle(device) {
  return ask(`/offline/bundle/?device=${device}`);
}

export function upload(text, csrf) {
  return post("/offline/records/", text, csrf);
}
