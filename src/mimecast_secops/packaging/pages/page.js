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

function isRecord(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
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

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:(Z)|([+-]\d\d):?(\d\d))$/;
const LOCAL_TIME = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  timeZoneName: "short",
});

// A time in the reader's time zone, with the original in the title. Other values are returned as text.
function time(value) {
  const text = plain(value);
  const match = STAMP.exec(text);
  const date = match && new Date(match[1] + (match[2] || `${match[3]}:${match[4]}`));
  if (!date || Number.isNaN(date.getTime())) return text;
  return element("time", { datetime: text, title: text }, LOCAL_TIME.format(date));
}

// A list of labels and values. A value is a node or plain data; pairs without a value are left out.
function facts(pairs) {
  const shown = pairs.filter(([, value]) => value instanceof Node || plain(value) !== "");
  return element("dl", {}, ...shown.flatMap(([label, value]) => [
    element("dt", {}, element("bdi", {}, plain(label))),
    element("dd", {}, value instanceof Node ? value : cell(value)),
  ]));
}

function say(text, isProblem) {
  view.replaceChildren(element("p", { class: isProblem ? "problem" : "faint", role: "status" }, text));
}

function readResult() {
  const text = document.getElementById("result").textContent.trim();
  // The platform leaves the placeholder, or the name of the step in it, if the step has no result.
  if (!text || text === "null" || /^\[[^"]*\.JsonResult\]$/.test(text)) return null;
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

// Show the result, or a message for a step without a result and for an empty result.
function start(show, emptyText) {
  let result;
  try {
    result = readResult();
  } catch {
    say("This result cannot be shown because it is incomplete.", true);
    return;
  }
  if (result === null) say("This step has no result yet.");
  else if (typeof result === "object" && !Object.keys(result).length) say(emptyText);
  else show(result);
}
