// The box that is drawn over the picture: with mouse, pen or finger, or by numbers.

const $ = (id) => document.getElementById(id);
const SIDES = ["left", "top", "width", "height"];
const LEAST_SHARE = 0.01; // of the picture's sides: less is a click

let image = { width: 1, height: 1 };

const field = (side) => $(`box-${side}`);
const clamped = (value, least, most) => Math.min(most, Math.max(least, value));

/** The box that the numbers say, in pixels of the image. */
function box() {
  const [left, top, width, height] = SIDES.map((side) => Math.round(field(side).valueAsNumber) || 0);
  const [x, y] = [clamped(left, 0, image.width - 1), clamped(top, 0, image.height - 1)];
  return { left: x, top: y, right: clamped(x + width, x + 1, image.width), bottom: clamped(y + height, y + 1, image.height) };
}

function setBox({ left, top, right, bottom }) {
  const values = { left, top, width: right - left, height: bottom - top };
  for (const side of SIDES) field(side).value = values[side];
  showOutline();
}

function showOutline() {
  const { left, top, right, bottom } = box();
  Object.assign($("outline").style, {
    left: `${(100 * left) / image.width}%`,
    top: `${(100 * top) / image.height}%`,
    width: `${(100 * (right - left)) / image.width}%`,
    height: `${(100 * (bottom - top)) / image.height}%`,
  });
}

const isDrawing = () => !$("box-form").hidden;

function setDrawing(isOn) {
  $("box-form").hidden = $("outline").hidden = !isOn;
  $("draw").setAttribute("aria-expanded", String(isOn));
  $("stage").classList.toggle("drawing", isOn);
}

/** Boxes are of an image of this size from now on, in its middle to begin with. */
export function setBoxImage(width, height) {
  image = { width, height };
  for (const side of SIDES) field(side).max = ["left", "width"].includes(side) ? width : height;
  const [x, y] = [Math.floor(width / 4), Math.floor(height / 4)];
  setBox({ left: x, top: y, right: Math.max(x + 1, width - x), bottom: Math.max(y + 1, height - y) });
}

/** Lets boxes be drawn from now on; `use` is given each. */
export function letBoxesBeDrawn(use) {
  const stage = $("stage");
  let start = null;
  const point = (event) => {
    const frame = stage.getBoundingClientRect();
    return { x: clamped((event.clientX - frame.left) / frame.width, 0, 1), y: clamped((event.clientY - frame.top) / frame.height, 0, 1) };
  };
  const drawTo = (end) => {
    const [xs, ys] = [[start.x, end.x], [start.y, end.y]];
    if (Math.abs(xs[0] - xs[1]) < LEAST_SHARE || Math.abs(ys[0] - ys[1]) < LEAST_SHARE) return false;
    setBox({
      left: Math.floor(image.width * Math.min(...xs)),
      top: Math.floor(image.height * Math.min(...ys)),
      right: Math.ceil(image.width * Math.max(...xs)),
      bottom: Math.ceil(image.height * Math.max(...ys)),
    });
    return true;
  };
  stage.addEventListener("pointerdown", (event) => {
    if (!isDrawing() || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    start = point(event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (start && event.isPrimary) drawTo(point(event));
  });
  stage.addEventListener("pointerup", (event) => {
    if (!start || !event.isPrimary) return;
    if (drawTo(point(event))) use(box());
    start = null;
  });
  stage.addEventListener("pointercancel", () => (start = null));
  for (const side of SIDES) field(side).addEventListener("input", showOutline);
  $("draw").addEventListener("click", () => setDrawing(!isDrawing()));
  $("box-form").addEventListener("submit", (event) => {
    event.preventDefault();
    setBox(box()); // what the numbers are taken for
    use(box());
  });
}
