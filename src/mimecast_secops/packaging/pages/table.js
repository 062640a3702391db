const MOST_ROWS = 500;
const HEADINGS = {
  subject: "Subject", receiveddate: "Received", displayfrom: "From", displayfromaddress: "From address",
  displayto: "To", displaytoaddresslist: "To addresses", attachmentcount: "Attachments", size: "Bytes",
  status: "Status", id: "ID", smash: "Smash",
};
// What a person looks at first stands first; the others follow as they came.
const FIRST = ["receiveddate", "displayfrom", "displayfromaddress", "displayto", "subject", "attachmentcount", "size", "status"];

function columnsOf(rows) {
  const all = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...FIRST.filter((name) => all.has(name)), ...[...all].filter((name) => !FIRST.includes(name))];
}

function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return plain(one).localeCompare(plain(other), undefined, { numeric: true });
}

start((result) => {
  const rows = (Array.isArray(result) ? result : [result]).filter((row) => row && typeof row === "object");
  const columns = columnsOf(rows);
  let shown = rows;
  let order = { column: "", direction: 1 };

  const body = element("tbody");
  const count = element("p", { class: "faint", role: "status" });
  const search = element("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the mails" });
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
      ? [...shown].sort((one, other) => order.direction * compare(one[order.column], other[order.column]))
      : shown;
    const lines = sorted.slice(0, MOST_ROWS).map((row) =>
      element("tr", {}, ...columns.map((name) => element("td", {}, cell(row[name])))));
    body.replaceChildren(...lines);
    const cut = shown.length > MOST_ROWS ? `, the first ${MOST_ROWS} are shown` : "";
    count.textContent = `${shown.length} of ${rows.length} mails${cut}`;
  }

  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    shown = rows.filter((row) => columns.some((name) => plain(row[name]).toLowerCase().includes(wanted)));
    draw();
  });

  const table = element("table", {}, element("caption", { class: "faint" }), element("thead", {}, element("tr", {}, ...heads)), body);
  table.caption.textContent = "Mails in the archive. Press a heading to sort.";
  view.replaceChildren(
    element("div", { class: "bar" }, element("h1", {}, "Archived mail"), search),
    count,
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Mails in the archive" }, table));
  draw();
});
