/* Keeps the empty page and its scripts, so that they open without signal. SHELL, which the server writes
   above this text, names each file and the SHA-256 of its bytes; its version changes when one of them does. The
   page is fetched in the language of this very text.
   Nothing else is ever kept: no page and no answer that could hold a child. */
"use strict";

const NAME = `offline-${SHELL.version}`;

async function digestOf(answer) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return [...hash].map((each) => each.toString(16).padStart(2, "0")).join("");
}

/* Old and new files never mix: a file that changed while we fetched makes this fail, and the browser tries again. */
async function fetchInto(cache, path, digest) {
  const from = path === SHELL.page ? SHELL.from : path;
  const answer = await fetch(from, { cache: "reload", credentials: "same-origin" });
  if (!answer.ok || answer.redirected || (await digestOf(answer.clone())) !== digest) throw new Error(path);
  await cache.put(path, answer);
}

async function install() {
  const cache = await caches.open(NAME);
  await Promise.all(Object.entries(SHELL.files).map(([path, digest]) => fetchInto(cache, path, digest)));
  await self.skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((each) => each.startsWith("offline-") && each !== NAME);
  await Promise.all(old.map((each) => caches.delete(each)));
  await self.clients.claim();
}

async function kept(path, request) {
  const cache = await caches.open(NAME);
  return (await cache.match(path, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === self.location.origin && Object.hasOwn(SHELL.files, url.pathname);
  if (ours && event.request.method === "GET") event.respondWith(kept(url.pathname, event.request));
});
