const RESPONSES = { block_sender: "Block sender", no_action: "No action" };
const PARTS = { both: "Envelope and header sender", envelope_from: "Envelope sender", header_from: "Header sender" };
const TARGETS = {
  everyone: "Everyone", internal_addresses: "Internal addresses", external_addresses: "External addresses",
  individual_email_address: "Individual email address", email_domain: "Email domain",
  header_display_name: "Header display name",
};
const SHOWN = [
  "option", "policy", "id", "state", "already", "undo", "description", "fromPart", "from", "to", "fromType", "fromValue",
  "toType", "toValue", "fromEternal", "toEternal", "fromDate", "toDate", "bidirectional", "enforced", "enabled",
  "override", "comment", "createTime", "lastUpdated", "conditions",
];

function words(table, value) {
  return Object.hasOwn(table, value) ? table[value] : plain(value);
}

function yesNo(value) {
  return typeof value === "boolean" ? (value ? "Yes" : "No") : plain(value);
}

function target(value) {
  if (!isRecord(value)) return plain(value);
  const { type, ...rest } = value;
  const detail = plain(rest);
  return detail ? `${words(TARGETS, type)}: ${detail}` : words(TARGETS, type);
}

function direction(value) {
  if (typeof value !== "boolean") return plain(value);
  return value ? "Both directions: also messages from the recipient to the sender" : "Sender to recipient only";
}

function unknown(record) {
  return Object.entries(record).filter(([name]) => !SHOWN.includes(name));
}

function card(result, number) {
  const policy = isRecord(result.policy) ? result.policy : {};
  const title = plain(policy.description) || "Block sender policy";
  const parts = [element("h1", { id: `policy-${number}` }, element("bdi", {}, title.slice(0, 200)))];
  if (result.state) parts.push(stateLine(result));
  parts.push(facts([
    ["Response", words(RESPONSES, result.option)],
    ["Sender", target(policy.from)],
    ["Recipient", target(policy.to)],
    ["Direction", direction(policy.bidirectional)],
    ["Compared with", words(PARTS, policy.fromPart)],
    ["Start", policy.fromEternal === true ? "No start" : time(policy.fromDate)],
    ["End", policy.toEternal === true ? "No end" : time(policy.toDate)],
    ["Takes precedence", yesNo(policy.enforced)],
    ["Enabled", yesNo(policy.enabled)],
    ["Overrides others", policy.override ? yesNo(policy.override) : ""],
    ["Conditions", policy.conditions],
    ["Comment", policy.comment],
    ["Created", time(policy.createTime)],
    ["Changed", policy.lastUpdated === policy.createTime ? "" : time(policy.lastUpdated)],
    ...unknown(policy),
    ...unknown(result),
    ["Undo", undoText(result.undo)],
    ["Policy ID", result.id],
  ]));
  return element("section", { class: "card", "aria-labelledby": `policy-${number}` }, ...parts);
}

function plan(result) {
  const touches = (Array.isArray(result.touches) ? result.touches : []).filter(isRecord);
  const items = touches.map((touched) => {
    const note = touched.already ? " An equal policy exists, so nothing would be created." : "";
    return element("li", {}, cell(`${plain(touched.effect)}${note}`));
  });
  return [element("p", { role: "status" }, "This was a dry run: no policy was created."), element("ul", {}, ...items)];
}

start((result) => {
  const policies = (Array.isArray(result) ? result : [result]).filter(isRecord);
  if (policies.length === 1 && policies[0].dryRun) view.replaceChildren(...plan(policies[0]));
  else view.replaceChildren(...policies.map(card));
}, "This step has no result.");
