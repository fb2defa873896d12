/* Canonical JSON (keys sorted, no spaces, whole numbers) and the digest of its bytes. */
const encoder = new TextEncoder();

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
    return `{${pairs.join(",")}}`;
  }
  // Half of a two-part character, cut off by an input method, is no UTF-8.
  return JSON.stringify(typeof value === "string" && value.toWellFormed ? value.toWellFormed() : value);
}

export function bytesOf(text) {
  return encoder.encode(text);
}

export async function digestOf(text) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return [...hash].map((each) => each.toString(16).padStart(2, "0")).join("");
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

/* Whether the server signed this receipt under the key that the telephone registered with. */
export async function isSigned(receipt, signature, key) {
  const kind = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("spki", fromBase64(key), kind, false, ["verify"]);
  return crypto.subtle.verify(kind, imported, fromBase64(signature), encoder.encode(canonical(receipt)));
}
