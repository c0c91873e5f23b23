// What operators did, the newest first.

import { read } from "./api.js";
import { byId, element, row, setText } from "./dom.js";
import { moment, plural } from "./format.js";

const interval = 10000;
const verbs = { replay: "replayed", discard: "discarded", edit: "edited and replayed", pause: "paused", resume: "resumed" };

export function startAudit() {
  setInterval(showAudit, interval);
}

export async function showAudit() {
  try {
    const { items } = await read("audit");
    byId("audit").replaceChildren(...items.map((item) => row(
      element("td", moment(item.at), { "data-label": "When" }),
      element("td", item.by ?? "unknown", { "data-label": "Who" }),
      element("td", `${verbs[item.action] ?? item.action} ${item.target}`, { "data-label": "What" }),
      element("td", item.detail ?? "", { "data-label": "Which" }),
      element("td", resultOf(item), { "data-label": "Result", class: item.failure === null ? "" : "bad" }))));
    setText(byId("audit-state"), items.length === 0 ? "No operator has done anything yet." : "");
  } catch (error) {
    setText(byId("audit-state"), error.message);
  }
}

function resultOf(item) {
  const number = item.count === null ? [] : [plural(item.count, "dead letter")];
  const failure = item.failure === null ? [] : [item.failure];
  return item.isEnded ? [...number, ...failure].join(", ") || "done" : "not ended";
}
