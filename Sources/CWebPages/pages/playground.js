// The playground: one request for each prompt, whose probabilities are kept. Threshold, opacity and downloads need no other.

import { letBoxesBeDrawn, setBoxImage } from "./box.js";
import { curlCommand } from "./curl.js";
import { asPNG, greyPixels, newCanvas, packed } from "./pixels.js";
import { boxMask } from "./png.js";

const COLOURS = ["#ff2d95", "#ffd60a", "#00d5ff", "#36e05c", "#ff7a1a", "#9b5cff", "#e8384f", "#7aa2ff"];
const MAX_SHOWN_SIDE = 1600; // of the overlays, in pixels: more is only slower
const MAX_AT_ONCE = 2;
const MAX_ATTEMPTS = 5;
const UPLOADED_AS_IT_IS = ["image/png", "image/jpeg"];

const $ = (id) => document.getElementById(id);

/** The image: `file` is what is sent, `width` and `height` are the shown size. */
let picture = null;
/** What has been asked for, in order; `prompt` is words, or a picture with the mask of a box in it. */
let results = [];
let key = sessionStorage.getItem("clipseg-key") ?? "";
let colourCount = 0;
let resultCount = 0;
let boxCount = 0;

// --- Telling -----------------------------------------------------------------------------------------------------------

function say(text) {
  $("status").textContent = text;
}

function warn(text) {
  $("alert").textContent = text;
  $("alert").hidden = !text;
}

const percent = (share) => (share > 0 && share < 0.001 ? "under 0.1" : (100 * share).toFixed(1)) + " %";

// --- Asking the service ------------------------------------------------------------------------------------------------

const headers = () => (key ? { Authorization: `Bearer ${key}` } : {});

/** The answer, or an error that says what the service says. Waits where it asks to. */
async function ask(path, options = {}) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(path, { ...options, headers: headers() });
    if (response.ok) return response;
    const wait = Number(response.headers.get("Retry-After"));
    if (wait > 0 && attempt < MAX_ATTEMPTS) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * wait));
      continue;
    }
    if (response.status === 401) askForKey();
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `The service answered ${response.status}.`);
  }
}

function askForKey() {
  $("access").open = true;
  $("key").focus();
}

async function showModel() {
  try {
    const model = await (await ask("v1/model")).json();
    $("model").textContent = `${model.name}, ${model.precision}`;
    $("demo").hidden = !model.demo;
    $("demo").textContent = model.demo
      ? "This is the demo model. It knows drawn shapes and emoji, not photographs. Start with the example."
      : "";
    $("example").hidden = !model.demo;
    warn("");
  } catch (error) {
    warn(error.message);
  }
}

/** What a prompt finds in the picture: the answer as it is, its probabilities at the shown size, and the time it took. */
async function probabilities(prompt, signal) {
  const { file, width, height } = picture;
  const form = new FormData();
  form.append("image", file, file.name);
  if (prompt.text === undefined) {
    form.append("prompt_image", prompt.image, prompt.image.name);
    form.append("prompt_mask", new Blob([prompt.mask], { type: "image/png" }), "mask.png");
  } else {
    form.append("prompt", prompt.text);
  }
  form.append("as", "probability");
  const response = await ask("v1/segment", { method: "POST", body: form, signal });
  const total = /total;dur=([\d.]+)/.exec(response.headers.get("Server-Timing") ?? "");
  const answer = await response.blob();
  const milliseconds = total ? Math.round(Number(total[1])) : null;
  return { answer, milliseconds, probability: await greyPixels(answer, width, height) };
}

let atWork = 0;

/** Starts as many of those that wait as may be at work. */
function work() {
  for (const result of results) {
    if (atWork >= MAX_AT_ONCE) return;
    if (!picture || result.state !== "waiting") continue;
    result.state = "working";
    result.abort = new AbortController();
    const { signal } = result.abort;
    atWork++;
    showResult(result);
    probabilities(result.prompt, signal)
      .then((found) => {
        if (!signal.aborted) Object.assign(result, found, { state: "done" });
      })
      .catch((error) => {
        if (signal.aborted) return;
        result.state = "failed";
        result.problem = error instanceof TypeError ? "The service can't be reached." : error.message;
      })
      .finally(() => {
        atWork--;
        if (!signal.aborted) {
          showResult(result);
          say(`${result.name}: ${summary(result)}`);
        }
        work();
      });
  }
}

// --- Pixels ------------------------------------------------------------------------------------------------------------

/** The byte from which on a pixel belongs to the mask. */
const leastByte = () => Math.ceil(255 * Number($("threshold").value));

function paint(result) {
  const { canvas, probability } = result;
  if (!probability) return;
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const least = leastByte();
  const colour = packed(result.colour);
  let count = 0;
  for (let index = 0; index < probability.length; index++) {
    if (probability[index] >= least) {
      pixels[index] = colour;
      count++;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  result.share = count / probability.length;
}

// --- The picture -------------------------------------------------------------------------------------------------------

async function usePicture(blob, name) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch {
    warn(`${name} is no image that this browser can show.`);
    return;
  }
  let file = new File([blob], name, { type: blob.type });
  if (!UPLOADED_AS_IT_IS.includes(blob.type)) file = await asPNG(bitmap, `${stem(name)}.png`);
  const scale = Math.min(1, MAX_SHOWN_SIDE / Math.max(bitmap.width, bitmap.height));
  picture = {
    file,
    name,
    fullWidth: bitmap.width,
    fullHeight: bitmap.height,
    width: Math.max(1, Math.round(bitmap.width * scale)),
    height: Math.max(1, Math.round(bitmap.height * scale)),
  };
  const canvas = $("picture");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0, picture.width, picture.height);
  canvas.setAttribute("aria-label", `The image ${name}`);
  bitmap.close();
  $("stage").style.setProperty("--ratio", String(picture.width / picture.height));
  $("picture-name").textContent = `${name}, ${picture.fullWidth} × ${picture.fullHeight}`;
  setBoxImage(picture.fullWidth, picture.fullHeight);
  for (const id of ["stage", "tools"]) $(id).hidden = false;
  $("drop").hidden = true;
  warn("");
  for (const result of results) reset(result);
  say(`${name} is shown.`);
  showCurl();
  if (results.length === 0) $("prompt").focus();
  work();
}

const stem = (name) => name.replace(/\.[^.]*$/, "") || "image";

function useFirstImage(files) {
  const file = [...files].find((candidate) => candidate.type.startsWith("image/"));
  if (file) usePicture(file, file.name || "pasted.png");
  else warn("That is no image.");
}

async function useExample() {
  try {
    const blob = await (await ask("example.jpg")).blob();
    for (const prompt of ["a picture of the balloon", "a picture of the drum"]) {
      addText(prompt);
    }
    await usePicture(blob, "example.jpg");
  } catch (error) {
    warn(error.message);
  }
}

// --- Results -----------------------------------------------------------------------------------------------------------

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

/** Looks for what words describe; says so if that was asked for already. */
function addText(text) {
  if (results.some((result) => result.prompt.text === text)) say(`${text} is there already.`);
  else addResult(text, { text });
}

/** Looks for what looks like the part of the picture in a box. */
async function addBox(box) {
  const { file: image, fullWidth, fullHeight, width } = picture;
  const [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom].map((side) => (side * width) / fullWidth);
  const part = newCanvas(Math.max(1, Math.round(right - left)), Math.max(1, Math.round(bottom - top)));
  part.className = "thumb";
  part.getContext("2d").drawImage($("picture"), -Math.round(left), -Math.round(top));
  const name = `box ${++boxCount}`;
  addResult(name, { image, mask: await boxMask(fullWidth, fullHeight, box) }, part);
}

function addResult(name, prompt, ...pictures) {
  const result = { name, prompt, colour: COLOURS[colourCount++ % COLOURS.length], canvas: newCanvas(1, 1) };
  result.canvas.className = "layer";
  result.canvas.dataset.prompt = name;
  result.show = element("input", { type: "checkbox", checked: true, className: "show", id: `show-${resultCount++}` });
  result.note = element("p", { className: "quiet small" });
  const action = (text, purpose, act) => {
    const button = element("button", { type: "button", textContent: text });
    button.setAttribute("aria-label", `${purpose}: ${name}`);
    button.addEventListener("click", act);
    return button;
  };
  result.saveMask = action("Mask", "Download the mask", () => save(result, "mask"));
  result.saveCutout = action("Cutout", "Download the cutout", () => save(result, "cutout"));
  const remove = action("Remove", "Remove", () => removeResult(result));
  const swatch = element("i", { className: "swatch" });
  const label = element("label", { htmlFor: result.show.id }, swatch, element("span", { textContent: name }), ...pictures);
  const actions = element("div", { className: "actions" }, result.saveMask, result.saveCutout, remove);
  result.item = element("li", { className: "result" }, result.show, label, result.note, actions);
  result.item.style.setProperty("--colour", result.colour);
  result.show.addEventListener("change", () => {
    result.canvas.hidden = !result.show.checked;
    showCurl();
  });
  results.push(result);
  $("results").append(result.item);
  $("masks").append(result.canvas);
  reset(result);
  showCurl();
  work();
}

/** Forgets what belongs to another picture. */
function reset(result) {
  result.abort?.abort();
  Object.assign(result, { state: "waiting", probability: null, answer: null, share: 0, problem: "" });
  result.canvas.width = picture?.width ?? 1;
  result.canvas.height = picture?.height ?? 1;
  showResult(result);
}

function removeResult(result) {
  result.abort?.abort();
  result.item.remove();
  result.canvas.remove();
  results = results.filter((other) => other !== result);
  say(`${result.name} is removed.`);
  showCurl();
  $("prompt").focus();
}

function summary(result) {
  switch (result.state) {
    case "waiting": return picture ? "Waiting" : "Waiting for an image";
    case "working": return "Looking…";
    case "failed": return result.problem;
  }
  const peak = result.probability.reduce((most, value) => Math.max(most, value), 0) / 255;
  const time = result.milliseconds === null ? "" : `, ${result.milliseconds} ms`;
  const found = result.share > 0 ? `${percent(result.share)} of the image` : "Nothing above the threshold";
  return `${found}, peak ${peak.toFixed(2)}${time}`;
}

function showResult(result) {
  paint(result);
  result.canvas.style.opacity = String(Number($("opacity").value) / 100);
  result.item.classList.toggle("failed", result.state === "failed");
  result.note.textContent = summary(result);
  result.saveMask.disabled = result.saveCutout.disabled = result.state !== "done";
}

// --- Downloads ---------------------------------------------------------------------------------------------------------

/** Makes the file at the image's full size, of the probabilities that are here. */
async function save(result, kind) {
  const grey = await greyPixels(result.answer);
  const bitmap = await createImageBitmap(picture.file);
  const canvas = newCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const least = leastByte();
  for (let index = 0; index < grey.length; index++) {
    const isInside = grey[index] >= least;
    if (kind === "cutout") image.data[4 * index + 3] = isInside ? 255 : 0;
    else image.data.set(isInside ? [255, 255, 255, 255] : [0, 0, 0, 255], 4 * index);
  }
  context.putImageData(image, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const words = result.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const link = element("a", { href: URL.createObjectURL(blob), download: `${stem(picture.name)}-${words}-${kind}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`${link.download} is downloaded.`);
}

// --- curl --------------------------------------------------------------------------------------------------------------

function showCurl() {
  const shown = results.filter((result) => result.show.checked).map((result) => result.prompt);
  $("curl").textContent = curlCommand({
    url: new URL("v1/segment", document.baseURI).href,
    name: picture?.name ?? "photo.jpg",
    prompts: shown.length > 0 ? shown : [{ text: "a red umbrella" }],
    threshold: $("threshold").value,
    hasKey: key !== "",
  });
}

async function copyCurl() {
  try {
    await navigator.clipboard.writeText($("curl").textContent);
    $("copied").textContent = "Copied.";
  } catch {
    // Browsers have no clipboard for pages that came over plain HTTP.
    getSelection().selectAllChildren($("curl"));
    $("copied").textContent = "Selected: copy it with your keyboard.";
  }
  setTimeout(() => ($("copied").textContent = ""), 4000);
}

// --- Wiring ------------------------------------------------------------------------------------------------------------

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("prompt").value.trim();
  if (!text) return;
  $("prompt").value = "";
  addText(text);
});

letBoxesBeDrawn(addBox);

let isPainting = false;

$("threshold").addEventListener("input", () => {
  $("threshold-value").textContent = Number($("threshold").value).toFixed(2);
  showCurl();
  if (isPainting) return;
  isPainting = true;
  requestAnimationFrame(() => {
    isPainting = false;
    results.forEach(showResult);
  });
});

$("opacity").addEventListener("input", () => {
  $("opacity-value").textContent = `${$("opacity").value} %`;
  for (const { canvas } of results) canvas.style.opacity = String(Number($("opacity").value) / 100);
});

$("file").addEventListener("change", () => {
  if ($("file").files.length > 0) useFirstImage($("file").files);
  $("file").value = ""; // so that the same file can be chosen again
});

$("example").addEventListener("click", useExample);
$("copy").addEventListener("click", copyCurl);

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key = $("key").value.trim();
  if (key) sessionStorage.setItem("clipseg-key", key);
  else sessionStorage.removeItem("clipseg-key");
  say(key ? "The key is used from now on." : "No key is used any more.");
  showCurl();
  showModel();
  for (const result of results) if (result.state === "failed") reset(result);
  work();
});

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dragging");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  document.body.classList.remove("dragging");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  useFirstImage(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length > 0) useFirstImage(event.clipboardData.files);
});

$("key").value = key;
showCurl();
showModel();
