// What is wrong with how a page looks, as far as a program can tell: a list of sentences.

const problems = [];
const isShown = (node) => {
  const box = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  return node.checkVisibility({ visibilityProperty: true }) && box.width > 2 && box.height > 2 && style.clipPath === "none" && !node.closest(".unseen");
};
const name = (node) => `<${node.tagName.toLowerCase()}${node.id ? ` id=${node.id}` : ""}> “${(node.textContent || node.value || "").trim().slice(0, 30)}”`;

// Nothing cut off.
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) problems.push(`the page is wider than its window: ${document.documentElement.scrollWidth} > ${width}`);
for (const node of document.querySelectorAll("body *")) {
  if (!isShown(node) || node.closest(".scroll, pre, .skip")) continue;
  const box = node.getBoundingClientRect();
  if (box.left < -1 || box.right > width + 1) problems.push(`${name(node)} sticks out of the page`);
}

// No controls over each other.
const controls = [...document.querySelectorAll("button, input, summary, a, .button")].filter(isShown).filter((node) => !node.closest(".stage, .skip"));
for (const [index, one] of controls.entries()) {
  for (const other of controls.slice(index + 1)) {
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const overlap = Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
    const sticks = one.closest(".view, .contents") !== other.closest(".view, .contents");
    if (overlap > 1 && !sticks) problems.push(`${name(one)} and ${name(other)} overlap`);
  }
}

// Contrast of text, WCAG 2 §1.4.3: 4.5, or 3 where it is large.
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = ([red, green, blue]) => {
  const linear = [red, green, blue].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const background = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const colour = channels(getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
for (const node of document.querySelectorAll("body *")) {
  const hasText = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  if (!hasText || !isShown(node) || node.disabled || ["SCRIPT", "NOSCRIPT"].includes(node.tagName)) continue;
  const style = getComputedStyle(node);
  const [one, other] = [luminance(channels(style.color)), luminance(background(node))];
  const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  if (ratio < least) problems.push(`${name(node)} has a contrast of ${ratio.toFixed(2)}`);
}

// Everything has a name for a screen reader.
for (const node of document.querySelectorAll("button, input, a, canvas#picture, summary")) {
  const label = node.labels?.[0]?.textContent ?? "";
  if (!(node.getAttribute("aria-label") || label || node.textContent || "").trim() && isShown(node)) problems.push(`${name(node)} has no name`);
}

return problems;
