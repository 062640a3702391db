"use strict";
// Messages contain text of untrusted senders: it is set as text only, never as HTML. Characters that change the
// direction or the appearance of the text next to them are replaced.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const LONGEST = 500;

function plain(value) {
  const text = String(value ?? "").replace(HARMFUL, "\ufffd");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// `bdi` isolates the direction of a text.
function text(value, kind) {
  return element("bdi", kind ? { class: kind } : {}, plain(value));
}

function badge(value, kinds) {
  return value ? element("span", { class: `badge ${kinds[value] || ""}`.trim() }, plain(value)) : "";
}

// An address breaks before its domain rather than in the middle of a word.
function address(value, kind) {
  const [, local, domain] = /^(.*?)(@[^@]*)?$/s.exec(plain(value));
  return element("bdi", { class: `address ${kind || ""}`.trim() }, local, element("wbr"), domain || "");
}

function iso(value) {
  return new Date(value.replace(/([+-]\d\d)(\d\d)$/, "$1:$2")).toISOString();
}

// A time of day in UTC, with the date in its tooltip and optionally below it.
function time(value, hasDate) {
  const [date, clock] = iso(value).slice(0, 19).split("T");
  const node = element("time", { datetime: iso(value), title: `${date} ${clock} UTC` }, clock);
  if (hasDate) node.append(element("span", { class: "sub" }, date));
  return node;
}

function copyButton(value, label) {
  const button = element("button", { type: "button", class: "link", title: plain(value) }, label);
  button.addEventListener("click", () => copy(value));
  return button;
}

const STATUSES = { held: "warn", rejected: "bad", archived: "good" };
const RISKS = { "high risk": "bad", "medium risk": "warn" };
const DECISIONS = { released: "good", rejected: "bad" };
const SENDERS = { permit: "good", block: "bad" };

function from(message) {
  return message.sender_name ? [text(message.sender_name), address(message.sender, "sub")] : [address(message.sender)];
}

function subject(message) {
  const files = message.attachments.map(plain).join(", ");
  return [text(message.subject || "(no subject)"), ...(files ? [text(`Files: ${files}`, "sub")] : [])];
}

// The description of a quirk without its reference to the API facts.
function withoutSource(description) {
  return description.replace(/ Source: .*$| \(docs\/.*?\)(?=\.)/, "").replaceAll("`", "");
}

function statusKind(status) {
  return status < 300 ? "good" : status === 429 || status < 400 ? "warn" : "bad";
}

// A column: heading, relative width, cells of an entry, and a class.
const MESSAGE_COLUMNS = [
  ["Received", 12, (m) => [time(m.received, true)]],
  ["Subject", 30, subject, "main"],
  ["From", 24, from],
  ["To", 17, (m) => [address(m.recipient)]],
];
const TABS = [
  {
    name: "Messages", key: "messages", list: (o) => o.messages, count: (o) => o.counts.messages,
    empty: "No messages. Send one from this page, or put an .eml file into the folder of --mail.",
    note: (o) => `${o.counts.archived} of them in the archive.`,
    columns: [...MESSAGE_COLUMNS, ["Status", 10, (m) => [badge(m.status, STATUSES)]], ["ID", 7, (m) => [copyButton(m.id, "Copy")]]],
  },
  {
    name: "Hold queue", key: "held", list: (o) => o.held, count: (o) => o.counts.held,
    empty: "The hold queue is empty.",
    columns: [
      ["Received", 12, (m) => [time(m.received, true)]],
      ["Subject", 25, subject, "main"],
      ["From", 23, from],
      ["To", 17, (m) => [address(m.recipient)]],
      ["Reason", 16, (m) => [text(m.reason), ...(m.risk ? [badge(`${plain(m.risk)} risk`, RISKS)] : [])]],
      ["ID", 7, (m) => [copyButton(m.id, "Copy")]],
    ],
  },
  {
    name: "Decisions", key: "decisions", list: (o) => [...o.decisions, ...o.reports], count: (o) => o.counts.decisions + o.counts.reports,
    empty: "No message was released, rejected or reported.",
    columns: [
      ["Time", 13, (d) => (d.at ? [time(d.at, true)] : [])],
      ["Decision", 14, (d) => [d.what ? badge(d.what, DECISIONS) : badge(`reported: ${plain(d.type)}`, {})]],
      ["Subject", 27, (d) => [text(d.subject)], "main"],
      ["Recipient", 19, (d) => [address(d.recipient)]],
      ["Reason and note", 27, (d) => [text(d.reason), text(d.message || d.comment, "sub")]],
    ],
  },
  {
    name: "Senders and policies", key: "senders",
    list: (o) => [
      ...o.senders.map((s) => ({ kind: s.action, from: s.sender, to: s.to, text: "Managed sender" })),
      ...o.policies.map((p) => ({ kind: p.option.replace("_", " "), from: p.sender, to: p.recipient, text: p.description })),
    ],
    count: (o) => o.counts.senders + o.counts.policies,
    empty: "No sender is permitted or blocked, and there is no blocked-sender policy.",
    columns: [
      ["Entry", 16, (e) => [badge(e.kind, { ...SENDERS, "block sender": "bad" })]],
      ["Sender", 30, (e) => [address(e.from)]],
      ["Recipient", 26, (e) => [address(e.to)]],
      ["Description", 28, (e) => [text(e.text)]],
    ],
  },
  {
    name: "Requests", key: "requests", list: (o) => o.requests, count: (o) => o.counts.requests,
    empty: "No request of the API yet.",
    columns: [
      ["Time", 11, (r) => [time(r.at)]],
      ["Method", 9, (r) => [text(r.method)]],
      ["Path", 47, (r) => [text(r.path, "mono")]],
      ["API", 8, (r) => [text(r.version)]],
      ["Status", 10, (r) => [badge(r.status, { [r.status]: statusKind(r.status) }), ...(r.fault ? [text(`fault ${r.fault}`, "sub")] : [])]],
      ["Milliseconds", 15, (r) => [text(r.milliseconds.toFixed(1))], "number"],
    ],
  },
  {
    name: "Quirks", key: "quirks",
    list: (o) => [...o.quirks].sort((a, b) => (a.value === a.default) - (b.value === b.default)),
    count: (o) => o.quirks.filter((q) => q.value !== q.default).length,
    empty: "",
    note: () => "Behavior where Mimecast's documents disagree or are silent. The number counts the changed ones.",
    columns: [
      ["Quirk", 27, (q) => [text(q.name, "mono")]],
      ["Value", 15, (q) => [q.value === q.default ? text(q.value, "mono") : badge(q.value, { [q.value]: "warn" }) || text("empty", "mono")]],
      ["Description", 58, (q) => [text(withoutSource(q.description))]],
    ],
  },
];

function table(tab, entries) {
  const row = (entry) => element("tr", {}, ...tab.columns.map(([name, , cells, kind]) => {
    const content = cells(entry).filter((cell) => cell && cell.textContent);
    const cell = element("td", { "data-column": name }, ...content);
    if (kind) cell.classList.add(kind);
    if (!content.length) cell.classList.add("blank");
    return cell;
  }));
  const heading = ([name, width, , kind]) => element("th", { scope: "col", ...(kind ? { class: kind } : {}), width: `${width}%` }, name);
  return element("table", {},
    element("thead", {}, element("tr", {}, ...tab.columns.map(heading))),
    element("tbody", {}, ...entries.map(row)));
}
