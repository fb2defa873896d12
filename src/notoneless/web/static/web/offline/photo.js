/* A picture made small enough for a weak network; drawing it anew also leaves out where it was taken. */
const EDGE = 1280; // pixels of the longer side
const MOST = 300_000; // bytes

/* The picture as base64 of a JPEG; throws when the file is none. */
export async function shrunk(file) {
  const picture = await createImageBitmap(file);
  for (let edge = EDGE; ; edge = Math.round(edge * 0.8)) {
    const canvas = drawn(picture, Math.min(1, edge / Math.max(picture.width, picture.height)));
    for (const quality of [0.8, 0.6, 0.45]) {
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (made.size <= MOST) return base64(made);
    }
  }
}

function drawn(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
