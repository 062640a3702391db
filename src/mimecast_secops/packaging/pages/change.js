const LABELS = {
  subject: "Subject", sender: "Sender", recipient: "Recipient", reason: "Reason for the hold",
  risk: "Risk", received: "Received", status: "Status", reportedAs: "Reported as", error: "Error",
};
const IDS = { trackingId: "Tracking ID", holdId: "Hold ID", id: "ID" };
const HIDDEN = ["state", "already", "undo", "message", "reported", "failed", "request"];

function value(name, content) {
  if (name === "received") return time(content);
  if (name === "risk" && content) return element("span", { class: `risk-${plain(content).replace(/\W/g, "")}` }, plain(content));
  return content;
}

function labelled(labels, record) {
  return Object.keys(labels).filter((name) => Object.hasOwn(record, name)).map((name) => [labels[name], value(name, record[name])]);
}

// What people read first, then members without a label, then `more`, then the IDs.
function recordFacts(record, more) {
  const named = [...HIDDEN, ...Object.keys(LABELS), ...Object.keys(IDS)];
  const others = Object.entries(record).filter(([name]) => !named.includes(name));
  return facts([...labelled(LABELS, record), ...others, ...(more || []), ...labelled(IDS, record)]);
}

function section(...parts) {
  return element("section", { class: "card" }, ...parts);
}

function list(heading, records) {
  return records.length ? [element("h2", {}, heading), ...records.map((record) => section(recordFacts(record)))] : [];
}

function records(value) {
  return (Array.isArray(value) ? value : []).filter(isRecord);
}

function report(result) {
  const reported = records(result.reported);
  const failed = records(result.failed);
  const undo = reported.length ? facts([["Undo", undoText(result.undo)]]) : "";
  return [
    element("p", { class: "state", role: "status" }, `Reported copies: ${reported.length}. Messages that failed: ${failed.length}.`),
    ...list("Failed", failed),
    ...list("Reported", reported.map(({ request, ...rest }) => ({ ...rest, reportedAs: isRecord(request) ? request.type : "" }))),
    undo,
  ];
}

function outcome(result) {
  if (result.dryRun) {
    const touched = records(result.touches);
    const text = touched.length ? "This was a dry run: nothing was changed. The action would act on:" : "This was a dry run: there is nothing to change.";
    return [element("p", { role: "status" }, text), ...touched.map((record) => section(recordFacts(record)))];
  }
  if (Array.isArray(result.reported)) return report(result);
  if (!result.state) return [element("p", { class: "problem", role: "status" }, "Nothing was changed. The action found:"), section(recordFacts(result))];
  const about = isRecord(result.message) ? result.message : result;
  return [section(stateLine(result), recordFacts(about, [["Undo", undoText(result.undo)]]))];
}

start((result) => {
  const results = (Array.isArray(result) ? result : [result]).filter(isRecord);
  view.replaceChildren(element("h1", {}, view.dataset.action), ...results.flatMap(outcome));
}, "This step has no result.");
