"use strict";
// A result contains text of untrusted senders: the page sets it as text only, never as HTML.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const view = document.getElementById("view");

function plain(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join("; ");
  if (typeof value === "object") return Object.values(value).map(plain).filter(Boolean).join(" ");
  return String(value).replace(HARMFUL, "\ufffd");
}

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null) node.setAttribute(key, value);
  }
  for (const child of children) node.append(child);
  return node;
}

// `bdi` isolates the direction of a text, so that it cannot reverse the text next to it.
function cell(value) {
  const text = plain(value);
  const box = element("bdi", { class: "cell" }, text);
  if (text.length > 300) {
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Long text, scrollable");
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

// The platform posts its style. The brightness of the background tells a light theme from a dark one.
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
    say("This result cannot be shown because it is incomplete.", true);
    return;
  }
  if (result === null || (typeof result === "object" && !Object.keys(result).length)) say("This step has no result yet.");
  else show(result);
}
