const LABELS = {
  option: "Response", id: "Policy ID", description: "Description", fromPart: "Compared sender", from: "Sender",
  to: "Recipient", fromEternal: "No start", toEternal: "No end", fromDate: "Start", toDate: "End",
  bidirectional: "Bidirectional", enforced: "Enforced", enabled: "Enabled", override: "Override",
  comment: "Comment", createTime: "Created", lastUpdated: "Changed", conditions: "Conditions",
};
const HIDDEN = ["fromType", "fromValue", "toType", "toValue", "undo", "state", "already", "policy"];

function lines(record) {
  return Object.entries(record)
    .filter(([name, value]) => !HIDDEN.includes(name) && plain(value) !== "")
    .flatMap(([name, value]) => [element("dt", {}, plain(LABELS[name] || name)), element("dd", {}, cell(value))]);
}

function card(result, number) {
  const policy = result.policy && typeof result.policy === "object" ? result.policy : {};
  const title = plain(policy.description) || "Block sender policy";
  const parts = [element("h1", { id: `policy-${number}` }, element("bdi", {}, title.slice(0, 200)))];
  if (result.state) {
    const kind = result.state === "confirmed" ? "good" : result.state === "contradicted" ? "bad" : "";
    const words = plain(result.state) + (result.already ? ", existed before" : "");
    parts.push(element("p", { class: `state ${kind}` }, `State: ${words}`));
  }
  parts.push(element("dl", {}, ...lines(policy), ...lines(result)));
  return element("section", { class: "card", "aria-labelledby": `policy-${number}` }, ...parts);
}

start((result) => {
  const policies = (Array.isArray(result) ? result : [result]).filter((policy) => policy && typeof policy === "object");
  if (policies.length === 1 && policies[0].dryRun) {
    say("This was a dry run: no policy was created.");
    return;
  }
  view.replaceChildren(...policies.map(card));
});
