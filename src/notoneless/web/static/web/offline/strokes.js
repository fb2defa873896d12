/* 签字: a box to sign in with a finger. Strokes are lists of [x, y] in thousandths of the box. */
const WIDTH = 1000;
const HEIGHT = 400;
const MOST_POINTS = 4000;

export function signBox(canvas, changed) {
  const pen = canvas.getContext("2d");
  let strokes = [];
  let drawing = null;
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const within = (value) => Math.max(0, Math.min(1000, Math.round(value * 1000)));
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  }

  function draw() {
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x, (y * HEIGHT) / 1000);
      pen.stroke();
    }
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawing = [place(event)];
    strokes.push(drawing);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing || strokes.flat().length >= MOST_POINTS) return;
    drawing.push(place(event));
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { if (drawing) changed(); drawing = null; });
  }

  return {
    strokes: () => strokes,
    put: (given) => { strokes = given; draw(); },
    clear: () => { strokes = []; draw(); changed(); },
  };
}
