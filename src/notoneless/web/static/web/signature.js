// A box to sign in with a finger: strokes of [x, y] in thousandths of the box go into the hidden field.
"use strict";
for (const box of document.querySelectorAll(".sign")) {
  const field = box.querySelector("input[type=hidden]");
  const canvas = document.createElement("canvas");
  canvas.width = 1000;
  canvas.height = 500;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", box.querySelector("legend").textContent);
  const pen = canvas.getContext("2d");
  pen.lineWidth = 5;
  pen.lineCap = pen.lineJoin = "round";
  let strokes = read(field.value);
  let stroke = null;

  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "quiet";
  clear.textContent = box.dataset.clear;
  clear.addEventListener("click", () => { strokes = []; keep(); draw(); });
  box.append(canvas, clear);

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = [point(event)];
    strokes.push(stroke);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const next = point(event), last = stroke[stroke.length - 1];
    if (Math.abs(next[0] - last[0]) + Math.abs(next[1] - last[1]) < 4) return;
    stroke.push(next);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { stroke = null; keep(); });
  }
  draw();

  function point(event) {
    const edge = canvas.getBoundingClientRect();
    const part = (at, from, size) => Math.min(1000, Math.max(0, Math.round((at - from) / size * 1000)));
    return [part(event.clientX, edge.left, edge.width), part(event.clientY, edge.top, edge.height)];
  }
  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (const each of strokes) {
      pen.beginPath();
      pen.moveTo(each[0][0], each[0][1] / 2);
      for (const [x, y] of each.length > 1 ? each : [each[0], each[0]]) pen.lineTo(x, y / 2);
      pen.stroke();
    }
  }
  function keep() { field.value = strokes.length ? JSON.stringify(strokes) : ""; }
  function read(text) { try { return JSON.parse(text) || []; } catch { return []; } }
}
