const WORKS = "works";
const NEEDED = ["action", "connector"];
const KINDS = { missing: "bad", "not available on this API version": "", unknown: "" };

function item(finding) {
  const verdict = plain(finding.verdict);
  return element("li", {},
    element("strong", {}, element("bdi", {}, plain(finding.subject))), " ",
    element("span", { class: `state ${KINDS[verdict] || ""}` }, verdict),
    element("p", {}, element("bdi", {}, plain(finding.remedy) || plain(finding.why))),
    finding.remedy ? element("p", { class: "faint" }, element("bdi", {}, plain(finding.why))) : "");
}

function details(title, findings) {
  if (!findings.length) return "";
  return element("details", {}, element("summary", {}, `${title} (${findings.length})`),
    element("ul", { class: "plain" }, ...findings.map((finding) =>
      element("li", {}, element("bdi", {}, plain(finding.subject)), finding.verdict === WORKS ? "" : ` – ${plain(finding.verdict)}`))));
}

start((result) => {
  const findings = (Array.isArray(result) ? result : [result]).filter(isRecord);
  const needed = findings.filter((finding) => NEEDED.includes(finding.kind));
  const working = needed.filter((finding) => finding.verdict === WORKS);
  const problems = findings.filter((finding) => finding.kind !== "function" && finding.verdict !== WORKS);
  // What is missing comes before what is not available or unknown.
  problems.sort((left, right) => Number(right.verdict === "missing") - Number(left.verdict === "missing"));
  const isComplete = !problems.length;
  const summary = needed.length ? `${working.length} of ${needed.length} actions and connectors work with these credentials.` : "The connection does not work.";
  view.replaceChildren(
    element("h1", {}, "Permissions"),
    element("p", { class: `state ${isComplete ? "good" : "bad"}`, role: "status" }, summary),
    isComplete ? "" : element("ul", { class: "findings" }, ...problems.map(item)),
    details("Actions and connector that work", working),
    details("API endpoints", findings.filter((finding) => finding.kind === "function")));
}, "This step has no result.");
