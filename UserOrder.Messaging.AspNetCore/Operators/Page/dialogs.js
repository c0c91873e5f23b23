// The dialogs. Each returns a promise of the operator's answer; Escape means no.

import { byId } from "./dom.js";

export function confirm(title, text, action, isDanger) {
  const [dialog, yes] = [byId("confirm"), byId("confirm-yes")];
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  yes.textContent = action;
  yes.className = isDanger ? "main danger" : "main";
  return open(dialog, (answer) => {
    byId("confirm-no").onclick = () => answer(false);
    yes.onclick = () => answer(true);
  });
}

/** Returns the token, or null. */
export function askForToken(wasRefused) {
  const [dialog, form, input] = [byId("token"), byId("token-form"), byId("token-value")];
  input.value = "";
  byId("token-text").textContent = wasRefused
    ? "The service refused the access token. It must be valid and have the scope admin. The page keeps it in memory only."
    : "The service requires an access token with the scope admin. The page keeps it in memory only.";
  return open(dialog, (answer) => {
    byId("token-no").onclick = () => answer(null);
    form.onsubmit = (event) => {
      event.preventDefault();
      const value = input.value.trim();
      input.value = "";
      answer(value || null);
    };
  }, null);
}

/** Shows a dialog until it is answered. */
export function open(dialog, listen, no = false) {
  return new Promise((resolve) => {
    let result = no;
    listen((answer) => {
      result = answer;
      dialog.close();
    });
    dialog.onclose = () => resolve(result);
    if (!dialog.open) {
      dialog.showModal();

      // The focus may have scrolled a long dialog to its buttons.
      dialog.scrollTop = 0;
    }
  });
}
