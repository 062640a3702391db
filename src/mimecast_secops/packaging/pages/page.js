"use strict";
// Everything in a result was written by strangers: it is only ever set as text.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const view = document.getElementById("view");

function plain(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join("; ");
  if (typeof value === "object") return Object.values(value).map(plain).filter(Boolean).join(" ");
  return String(value).replace(HARMFUL, "\ufffd");
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  for (const child of children) made.append(child);
  return made;
}

// A text in a direction of its own, so that it cannot turn round what stands beside it.
function cell(value) {
  const text = plain(value);
  const box = element("bdi", { class: "cell" }, text);
  if (text.length > 300) {
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Long text, can be scrolled");
  }
  return box;
}

function say(text, isProblem) {
  view.replaceChildren(element("p", { class: isProblem ? "problem" : "faint", role: "status" }, text));
}

function readResult() {
  const text = document.getElementById("result").textContent.trim();
  if (!text || text.startsWith("[{stepInstanceName")) return null;
  return JSON.parse(text);
}

function theme(isDark) {
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

// The platform posts its style; how bright its background is says which theme it has.
function isDark(color) {
  const hex = /^#([0-9a-f]{6})$/i.exec(color);
  const rgb = hex ? hex[1].match(/../g).map((part) => parseInt(part, 16)) : (color.match(/\d+(\.\d+)?/g) || []).slice(0, 3).map(Number);
  return rgb.length === 3 && 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] < 128;
}

theme(matchMedia("(prefers-color-scheme: dark)").matches);
addEventListener("message", (event) => {
  const color = event.data && typeof event.data === "object" && (event.data.backgroundColor || event.data.background);
  if (event.source === parent && typeof color === "string") theme(isDark(color));
});

function start(show) {
  let result;
  try {
    result = readResult();
  } catch {
    say("The result of this step cannot be shown: it is not complete.", true);
    return;
  }
  if (result === null || (typeof result === "object" && !Object.keys(result).length)) say("This step has no result yet.");
  else show(result);
}
