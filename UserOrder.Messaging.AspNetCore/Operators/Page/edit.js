// Edits an event and sends it to its queue in place of the dead letter.

import { call } from "./api.js";
import { byId, element } from "./dom.js";
import { open } from "./dialogs.js";

/** Returns whether the edited event was sent. A refused one stays in the dialog, with the reasons. */
export async function edit(path, text) {
  const [dialog, form, input] = [byId("edit"), byId("edit-form"), byId("edit-text")];
  input.value = text;
  showErrors([]);
  return open(dialog, (answer) => {
    byId("edit-no").onclick = () => answer(false);
    form.onsubmit = async (event) => {
      event.preventDefault();
      byId("edit-yes").disabled = true;
      try {
        await call(path, { method: "POST", body: input.value, headers: { "Content-Type": "application/json" } });
        answer(true);
      } catch (error) {
        showErrors(Object.entries(error.errors ?? {}).flatMap(([place, reasons]) => reasons.map((reason) => `${place}: ${reason}`)), error);
      } finally {
        byId("edit-yes").disabled = false;
      }
    };
  });
}

function showErrors(reasons, error) {
  byId("edit-errors").replaceChildren(...(error && reasons.length === 0 ? [error.message] : reasons).map((text) => element("li", text)));
}
