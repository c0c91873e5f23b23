// Pauses and resumes the relay and the consumers.

import { call } from "./api.js";
import { showAudit } from "./audit.js";
import { byId, element, report, row, setText } from "./dom.js";
import { confirm } from "./dialogs.js";
import { moment } from "./format.js";

const lines = new Map();

/** Shows each state. A line stays as it is but for its texts, or its button would lose the focus. */
export function showPauses(status) {
  show("relay", "Relay", "Events wait in the outbox, until it is full and requests are refused.", status.outbox.pause);
  for (const queue of status.queues) {
    show(
      `consumers/${encodeURIComponent(queue.name)}`,
      `Consumer of ${queue.name}`,
      "Messages wait in the queue, and nothing takes effect.",
      queue.pause);
  }
}

const byWhom = (pause) => `by ${pause.by ?? "an unknown caller"}`;

/** The state in words for the flow; null while it runs. */
export const pauseOf = (pause) => pause?.isPaused ? `paused ${byWhom(pause)}` : null;

function show(path, name, effect, pause) {
  const line = lines.get(path) ?? create(path, name, effect);
  line.pause = pause;
  line.state.className = pause?.isPaused ? "warn" : "";
  const by = pause?.since ? ` ${byWhom(pause)} at ${moment(pause.since)}` : "";
  setText(line.state, pause === null ? "unknown" : pause.isPaused ? `paused${by}` : by ? `running, resumed${by}` : "running");
  setText(line.button, pause?.isPaused ? "Resume" : "Pause");
  line.button.disabled = pause === null;
}

function create(path, name, effect) {
  const line = { state: element("td"), button: element("button", "Pause", { type: "button", "aria-describedby": "pauses-title" }) };
  const action = element("td");
  action.append(line.button);
  line.button.addEventListener("click", () => change(path, name, effect, line.pause.isPaused));
  byId("pauses").append(row(element("th", name, { scope: "row" }), line.state, action));
  lines.set(path, line);
  return line;
}

async function change(path, name, effect, isPaused) {
  const verb = isPaused ? "Resume" : "Pause";
  const text = isPaused ? "It goes on in all replicas." : `It stops in all replicas, until somebody resumes it. ${effect}`;
  if (!await confirm(`${verb} ${name}?`, text, verb, !isPaused)) {
    return;
  }

  const result = byId("pause-result");
  try {
    await call(`${path}/${verb.toLowerCase()}`, { method: "POST" });
    report(result, `${name}: ${isPaused ? "resumed" : "paused"}. Every replica follows within two seconds.`);
    showAudit();
  } catch (error) {
    report(result, error.message, true);
  }
}
