"use strict";
const INTERVAL_MS = 2000;
const TOAST_MS = 4000;
const byId = (id) => document.getElementById(id);
let tab = TABS.find((candidate) => `#${candidate.key}` === location.hash) || TABS[0];
let overview = null;
let shown = "";
let toastTimer = 0;

function toast(message) {
  clearTimeout(toastTimer);
  byId("toast").textContent = plain(message);
  toastTimer = setTimeout(() => { byId("toast").textContent = ""; }, TOAST_MS);
}

async function copy(value) {
  try {
    await navigator.clipboard.writeText(value);
    toast("Copied.");
  } catch {
    toast(value); // the browser allows no access to the clipboard
  }
}

async function call(name, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`simulator/${name}`, { cache: "no-store", ...options });
  if (reply.ok) return reply.json();
  const { error } = await reply.json().catch(() => ({}));
  throw new Error(error || `The simulator refused the request (HTTP ${reply.status}). Open this page with the address of the simulator instead of a host name.`);
}

async function change(message, name, body) {
  try {
    await call(name, body);
    toast(message);
  } catch (error) {
    toast(error.message);
  }
  await refresh();
}

function fill(select, values, label = plain) {
  select.replaceChildren(...values.map((value) => element("option", { value }, label(value))));
}

function sampleLabel(name) {
  const words = plain(name).replace(/^\d+-/, "").replace(/\.eml$/, "").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function showTabs() {
  byId("tabs").replaceChildren(...TABS.map((candidate) => {
    const isSelected = candidate === tab;
    const button = element("button", { type: "button", role: "tab", id: `tab-${candidate.key}`, "aria-controls": "panel", "aria-selected": isSelected, tabindex: isSelected ? 0 : -1 },
      candidate.name, element("span", { class: "count" }, String(candidate.count(overview))));
    button.addEventListener("click", () => select(candidate));
    return button;
  }));
  byId("panel").setAttribute("aria-labelledby", `tab-${tab.key}`);
}

function select(candidate) {
  tab = candidate;
  history.replaceState(null, "", `#${tab.key}`);
  show();
  byId(`tab-${tab.key}`).focus();
}

function showPanel() {
  const entries = tab.list(overview);
  const notes = [];
  if (tab.note) notes.push(tab.note(overview));
  if (tab.count(overview) > entries.length) notes.push(`The newest ${entries.length} are shown.`);
  const content = entries.length ? table(tab, entries) : element("p", { class: "empty" }, tab.empty);
  byId("panel").replaceChildren(...(notes.length && entries.length ? [element("p", { class: "faint" }, notes.join(" "))] : []), content);
}

function showFaults() {
  byId("faults").replaceChildren(...overview.faults.map(({ fault, affected, exhausted }) => {
    const calls = fault.count ? `${affected} of ${fault.count} calls` : `${affected} calls, no limit`;
    return element("li", {}, badge(fault.kind, { [fault.kind]: exhausted ? "" : "bad" }), " ", text(fault.path, "mono"), ` ${exhausted ? "done" : "active"}: ${calls}`);
  }));
  byId("revoked").hidden = overview.revoked.length === 0;
  byId("revoked").lastElementChild.replaceChildren(...overview.revoked.map((name) => element("li", {}, text(name))));
}

function show() {
  if (!overview) return;
  const focused = document.activeElement && document.activeElement.id;
  showTabs();
  if (focused && focused.startsWith("tab-")) byId(focused).focus();
  showPanel();
  showFaults();
  byId("domains").textContent = overview.domains.map(plain).join(", ");
}

function showClock() {
  const state = overview.clock === "running" ? "" : ` (${plain(overview.clock)})`;
  byId("now").replaceChildren(element("span", { class: "faint" }, "Clock of the tenant "), iso(overview.now).slice(0, 19).replace("T", " "), ` UTC${state}`);
}

async function refresh() {
  try {
    overview = await call("overview");
    byId("problem").hidden = true;
  } catch (error) {
    byId("problem").textContent = error instanceof TypeError ? "The simulator does not answer. It may have stopped." : plain(error.message);
    byId("problem").hidden = false;
    return;
  }
  showClock();
  const { now, ...rest } = overview;
  const state = JSON.stringify({ ...rest, requests: overview.requests.map(({ at, ...request }) => request), total: overview.counts.requests });
  if (state !== shown) { // an unchanged page keeps its selection and scroll position
    shown = state;
    show();
  }
}

async function start() {
  await refresh();
  if (!overview) return setTimeout(start, INTERVAL_MS);
  fill(byId("sample"), overview.choices.samples, sampleLabel);
  fill(byId("kind"), overview.choices.kinds);
  fill(byId("path"), ["*", ...overview.choices.paths], (path) => (path === "*" ? "All paths" : plain(path)));
  const { credentials } = await call("connection");
  const values = [["API Root", location.origin], ...Object.entries(credentials["2.0"]), ...Object.entries(credentials["1.0"])];
  byId("credentials").replaceChildren(...values.flatMap(([name, value]) => [
    element("dt", {}, plain(name), " ", copyButton(value, "Copy")), element("dd", { class: "mono" }, plain(value)),
  ]));
  setInterval(() => {
    if (byId("refresh").checked && document.visibilityState === "visible") refresh();
  }, INTERVAL_MS);
}

byId("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) select(TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]);
});
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(byId(button.dataset.copy).textContent));
}
byId("send").addEventListener("submit", (event) => {
  event.preventDefault();
  change("The email was delivered.", "mail", { sample: byId("sample").value });
});
byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  if (!file) return;
  let binary = "";
  for (const byte of new Uint8Array(await file.arrayBuffer())) binary += String.fromCharCode(byte);
  byId("file").value = "";
  await change("The email was delivered.", "mail", { base64: btoa(binary) });
});
byId("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  const fault = { kind: byId("kind").value, path: byId("path").value, count: byId("count").valueAsNumber || 0 };
  change("The fault is active.", "faults", { add: [fault] });
});
byId("clear").addEventListener("click", () => change("There are no more faults.", "faults", { clear: true }));
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => change("The clock was moved.", "clock", { advance: Number(button.dataset.advance) }));
}
byId("real").addEventListener("click", () => change("The clock shows the real time.", "clock", { freeze: null }));
byId("reset").addEventListener("click", () => {
  if (confirm("Remove all changes to the tenant, and deliver the first messages again?")) change("The tenant is as at the start.", "reset", {});
});
start();
