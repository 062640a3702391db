const MAX_ROWS = 500;
const HEADINGS = { id: "ID", smash: "Smash" };

function person(name, address) {
  const [shown, contact] = [plain(name), plain(address)];
  if (!shown || !contact || shown.includes(contact)) return shown || contact;
  return `${shown} <${contact}>`;
}

function recipients(row) {
  const list = Array.isArray(row.displaytoaddresslist) ? row.displaytoaddresslist : [];
  const people = list.map((entry) => (isRecord(entry) ? person(entry.displayableName, entry.emailAddress) : plain(entry)));
  return people.filter(Boolean).join("; ") || plain(row.displayto);
}

function size(bytes) {
  return typeof bytes === "number" ? `${(bytes / 1000).toLocaleString(undefined, { maximumFractionDigits: 1 })} kB` : plain(bytes);
}

// The columns that analysts read first. Each names the members of a row that it shows; the members that no column names
// follow in the order of the result.
const COLUMNS = [
  { heading: "Received", members: ["receiveddate"], text: (row) => plain(row.receiveddate), show: (row) => time(row.receiveddate) },
  { heading: "Subject", members: ["subject"], text: (row) => plain(row.subject), wide: true },
  { heading: "From", members: ["displayfrom", "displayfromaddress"], text: (row) => person(row.displayfrom, row.displayfromaddress) },
  { heading: "To", members: ["displayto", "displaytoaddresslist"], text: recipients },
  { heading: "Files", members: ["attachmentcount"], text: (row) => plain(row.attachmentcount) },
  { heading: "Size", members: ["size"], text: (row) => size(row.size), order: (row) => row.size },
  { heading: "Status", members: ["status"], text: (row) => plain(row.status) },
];

function columnsOf(rows) {
  const present = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = COLUMNS.filter((column) => column.members.some((name) => present.has(name)));
  const named = new Set(COLUMNS.flatMap((column) => column.members));
  const others = [...present].filter((name) => !named.has(name));
  return [...columns, ...others.map((name) => ({ heading: HEADINGS[name] || plain(name), text: (row) => plain(row[name]) }))];
}

function compare(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return plain(left).localeCompare(plain(right), undefined, { numeric: true });
}

function line(row, column) {
  const text = column.text(row);
  const content = column.show ? column.show(row) : text;
  return element("td", {}, element("bdi", { class: column.wide ? "line wide" : "line", title: column.show ? null : text }, content));
}

start((result) => {
  const rows = (Array.isArray(result) ? result : [result]).filter(isRecord);
  const columns = columnsOf(rows);
  let matches = rows;
  let order = { column: null, direction: 1 };

  const body = element("tbody");
  const count = element("p", { class: "faint", role: "status" });
  const search = element("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the emails" });
  const wrap = element("input", { type: "checkbox", id: "wrap" });
  const heads = columns.map((column) => {
    const button = element("button", { type: "button" }, column.heading);
    const head = element("th", { scope: "col", "aria-sort": "none" }, button);
    button.addEventListener("click", () => {
      order = { column, direction: order.column === column ? -order.direction : 1 };
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", order.direction > 0 ? "ascending" : "descending");
      draw();
    });
    return head;
  });

  function draw() {
    const key = order.column && (order.column.order || order.column.text);
    const sorted = key ? [...matches].sort((left, right) => order.direction * compare(key(left), key(right))) : matches;
    body.replaceChildren(...sorted.slice(0, MAX_ROWS).map((row) => element("tr", {}, ...columns.map((column) => line(row, column)))));
    const note = matches.length > MAX_ROWS ? `, the first ${MAX_ROWS} are shown` : "";
    count.textContent = `${matches.length} of ${rows.length} emails${note}`;
  }

  search.addEventListener("input", () => {
    const text = search.value.toLowerCase();
    matches = rows.filter((row) => columns.some((column) => column.text(row).toLowerCase().includes(text)));
    draw();
  });

  const table = element("table", {}, element("caption", { class: "faint" }), element("thead", {}, element("tr", {}, ...heads)), body);
  table.caption.textContent = "Emails in the archive. Select a heading to sort.";
  wrap.addEventListener("change", () => table.classList.toggle("wrapped", wrap.checked));
  const tools = element("div", { class: "tools" }, element("label", { for: "wrap" }, wrap, " Wrap long text"), search);
  view.replaceChildren(
    element("div", { class: "bar" }, element("h1", {}, "Archived emails"), tools),
    count,
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Emails in the archive" }, table));
  draw();
}, "No emails found.");
