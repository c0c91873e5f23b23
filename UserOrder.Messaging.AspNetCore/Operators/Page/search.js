// Where is my event?

import { read } from "./api.js";
import { byId, element } from "./dom.js";
import { moment } from "./format.js";
import { showMessage } from "./letters.js";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const titles = {
  "dead-letter": ["bad", "A dead letter"],
  outbox: ["warn", "Waiting in the outbox"],
  applied: ["good", "Applied"],
  unknown: ["warn", "Unknown to this service"],
};

export function startSearch() {
  byId("search").addEventListener("submit", async (event) => {
    event.preventDefault();
    const id = byId("event-id").value.trim();
    if (!uuid.test(id)) {
      show([element("p", "An event id is a UUID.", { class: "bad" })]);
      return;
    }

    show([element("p", "Searching …")]);
    try {
      show(describe(await read(`events/${encodeURIComponent(id)}`)));
    } catch (error) {
      show([element("p", error.message, { class: "bad" })]);
    }
  });
}

const show = (children) => byId("found").replaceChildren(...children);

function describe(found) {
  const [state, title] = titles[found.place];
  const shown = [element("p", title, { class: state }), element("p", found.explanation)];
  for (const effect of found.place === "applied" ? found.applied.slice(1) : found.applied) {
    shown.push(element("p", `It took effect from ${effect.queue} at ${moment(effect.appliedAt)}.`));
  }

  for (const search of found.deadLetters) {
    if (search.letterId !== null) {
      const button = element("button", `Show the dead letter of ${search.queue}`, { type: "button" });
      button.addEventListener("click", () => showMessage(search.queue, search.letterId));
      shown.push(button);
    } else if (!search.isComplete) {
      shown.push(element("p", `${search.queue}: ${search.limit}`, { class: "warn" }));
    }
  }

  return shown;
}
