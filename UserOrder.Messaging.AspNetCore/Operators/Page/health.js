// The tables of the health checks and circuits.

import { byId, element, row } from "./dom.js";
import { since } from "./format.js";

const classes = { Healthy: "good", Degraded: "warn", Unhealthy: "bad", closed: "good", "half-open": "warn", open: "bad" };

export function showHealth(status) {
  const checks = status.health?.checks ?? [];
  byId("health").replaceChildren(...checks.map((check) =>
    row(element("td", check.name), element("td", check.status, { class: classes[check.status] }), element("td", check.reason ?? ""))));
  const now = Date.parse(status.at);
  byId("circuits").replaceChildren(...status.circuits.map((circuit) => row(
    element("td", circuit.name),
    element("td", circuit.state, { class: classes[circuit.state] }),
    element("td", since(circuit.since, now), { title: circuit.since }))));
}
