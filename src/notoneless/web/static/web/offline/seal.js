/* Keys and sealing: AES-GCM with 256 bits, and a key that is stretched from a PIN. Nothing here is ours. */
const decoder = new TextDecoder();
const encoder = new TextEncoder();
export const ITERATIONS = 600_000;

export function randomBytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

/* A key that this page can use and nobody can read out of it. */
export function keyOf(bytes) {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function keyFromPin(pin, salt, iterations) {
  const material = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const stretched = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(stretched, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/* `about` names what is sealed, so that one row's content cannot be passed off as another's. */
export async function seal(key, bytes, about) {
  const iv = randomBytes(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(about) }, key, bytes);
  return { iv, data: new Uint8Array(data) };
}

/* Throws OperationError when the key is not the one it was sealed with. */
export async function unseal(key, { iv, data }, about) {
  const opened = { name: "AES-GCM", iv, additionalData: encoder.encode(about) };
  return new Uint8Array(await crypto.subtle.decrypt(opened, key, data));
}

export function sealText(key, text, about) {
  return seal(key, encoder.encode(text), about);
}

export async function unsealText(key, sealed, about) {
  return decoder.decode(await unseal(key, sealed, about));
}
