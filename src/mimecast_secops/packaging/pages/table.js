const MAX_ROWS = 500;
const HEADINGS = {
  subject: "Subject", receiveddate: "Received", displayfrom: "From", displayfromaddress: "From address",
  displayto: "To", displaytoaddresslist: "To addresses", attachmentcount: "Attachments", size: "Bytes",
  status: "Status", id: "ID", smash: "Smash",
};
// The columns that analysts read first. The others follow in the order of the result.
const FIRST = ["receiveddate", "displayfrom", "displayfromaddress", "displayto", "subject", "attachmentcount", "size", "status"];

function columnsOf(rows) {
  const all = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...FIRST.filter((name) => all.has(name)), ...[...all].filter((name) => !FIRST.includes(name))];
}

function compare(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return plain(left).localeCompare(plain(right), undefined, { numeric: true });
}

start((result) => {
  const rows = (Array.isArray(result) ? result : [result]).filter((row) => row && typeof row === "object");
  const columns = columnsOf(rows);
  let matches = rows;
  let order = { column: "", direction: 1 };

  const body = element("tbody");
  const count = element("p", { class: "faint", role: "status" });
  const search = element("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the emails" });
  const heads = columns.map((name) => {
    const button = element("button", { type: "button" }, plain(HEADINGS[name] || name));
    const head = element("th", { scope: "col", "aria-sort": "none" }, button);
    button.addEventListener("click", () => {
      order = { column: name, direction: order.column === name ? -order.direction : 1 };
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", order.direction > 0 ? "ascending" : "descending");
      draw();
    });
    return head;
  });

  function draw() {
    const sorted = order.column
      ? [...matches].sort((left, right) => order.direction * compare(left[order.column], right[order.column]))
      : matches;
    const lines = sorted.slice(0, MAX_ROWS).map((row) =>
      element("tr", {}, ...columns.map((name) => element("td", {}, cell(row[name])))));
    body.replaceChildren(...lines);
    const note = matches.length > MAX_ROWS ? `, the first ${MAX_ROWS} are shown` : "";
    count.textContent = `${matches.length} of ${rows.length} emails${note}`;
  }

  search.addEventListener("input", () => {
    const text = search.value.toLowerCase();
    matches = rows.filter((row) => columns.some((name) => plain(row[name]).toLowerCase().includes(text)));
    draw();
  });

  const table = element("table", {}, element("caption", { class: "faint" }), element("thead", {}, element("tr", {}, ...heads)), body);
  table.caption.textContent = "Emails in the archive. Select a heading to sort.";
  view.replaceChildren(
    element("div", { class: "bar" }, element("h1", {}, "Archived emails"), search),
    count,
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Emails in the archive" }, table));
  draw();
});
