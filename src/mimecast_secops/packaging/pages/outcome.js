const STATES = {
  confirmed: ["good", "Confirmed: Mimecast shows the change."],
  pending: ["", "Pending: Mimecast does not show the change yet, or was not asked."],
  contradicted: ["bad", "Contradicted: Mimecast shows something else."],
};

function stateLine(result) {
  const [kind, text] = STATES[result.state] || ["", plain(result.state)];
  const words = result.already ? `${text} It was already in this state, so nothing was changed.` : text;
  return element("p", { class: `state ${kind}` }, words);
}

function undoText(undo) {
  if (!isRecord(undo)) return "";
  const why = plain(undo.why);
  if (!undo.possible) return `Not possible. ${why}`;
  const values = isRecord(undo.parameters) ? Object.entries(undo.parameters) : [];
  const parameters = values.map(([name, value]) => `${plain(name)} ${plain(value)}`).join(", ");
  return `Run ${plain(undo.action)}${parameters ? ` with ${parameters}` : ""}. ${why}`;
}
