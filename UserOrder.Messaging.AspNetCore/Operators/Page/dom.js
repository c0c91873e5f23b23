// Builds elements. Text goes through textContent only, so that no message can become markup.

const svgNamespace = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

export function element(name, text, attributes = {}) {
  const created = document.createElement(name);
  if (text !== undefined && text !== null) {
    created.textContent = text;
  }

  for (const [key, value] of Object.entries(attributes)) {
    created.setAttribute(key, value);
  }

  return created;
}

export function svg(name, attributes = {}, text) {
  const created = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) {
    created.setAttribute(key, value);
  }

  if (text !== undefined) {
    created.textContent = text;
  }

  return created;
}

export function row(...cells) {
  const created = element("tr");
  created.append(...cells);
  return created;
}

/** Sets a text only if it differs, so that screen readers do not repeat it. */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** Shows how an action ended. */
export function report(result, text, isError = false) {
  result.className = isError ? "bad" : "good";
  result.textContent = text;
}

/** Lists names and values. A value is a text or an element. */
export function describe(list, entries) {
  list.replaceChildren(...entries.flatMap(([name, value]) => {
    const shown = element("dd");
    shown.append(value ?? "unknown");
    return [element("dt", name), shown];
  }));
}
