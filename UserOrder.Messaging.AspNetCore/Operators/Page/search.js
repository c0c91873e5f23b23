// Where is my event?

import { read } from "./api.js";
import { byId, element } from "./dom.js";
import { showMessage } from "./letters.js";

const titles = {
  "dead-letter": ["bad", "A dead letter"],
  outbox: ["warn", "Waiting in the outbox"],
  applied: ["good", "Applied"],
};

export function startSearch() {
  byId("search").addEventListener("submit", async (event) => {
    event.preventDefault();
    show([element("p", "Searching …")]);
    try {
      const found = await read(`events?${new URLSearchParams({ key: byId("event-key").value.trim() })}`);
      show(found.services.flatMap((service, index) => describe(service, index === 0)));
    } catch (error) {
      show([element("p", error.message, { class: "bad" })]);
    }
  });
}

const show = (children) => byId("found").replaceChildren(...children);

/** Lines for a service. Only the service of this page can show its dead letters. */
function describe(service, isOwn) {
  const lines = service.items.map((item) => {
    const [state, title] = titles[item.place];
    const shown = line(service, state, title, [item.explanation, item.eventId === null ? "" : `Event ${item.eventId}.`].join(" "));
    if (isOwn && item.letterId !== null) {
      const button = element("button", `Show the dead letter of ${item.queue}`, { type: "button" });
      button.addEventListener("click", () => showMessage(item.queue, item.letterId));
      shown.append(" ", button);
    }

    return shown;
  });
  if (service.failure !== null) {
    lines.push(line(service, "bad", "No answer", service.failure));
  } else if (lines.length === 0) {
    lines.push(line(service, "quiet", "Unknown", isOwn
      ? "A published event leaves the outbox when the broker confirms it. The inbox forgets an event after its retention."
      : ""));
  }

  return [...lines, ...service.limits.map((limit) => line(service, "warn", "Incomplete", limit))];
}

function line(service, state, title, text) {
  const shown = element("p");
  shown.append(element("strong", service.service), ": ", element("span", title, { class: state }), ". ", text);
  return shown;
}
