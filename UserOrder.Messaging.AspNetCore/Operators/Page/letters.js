// The dead letters: a live table, filters, one whole message, replay, edit, discard and export.

import { call, read } from "./api.js";
import { showAudit } from "./audit.js";
import { byId, describe, element, report, setText } from "./dom.js";
import { confirm, open } from "./dialogs.js";
import { edit } from "./edit.js";
import { count, plural, since } from "./format.js";

const limit = 100;

// The service accepts request lines of 4 KiB.
const idsPerRequest = 50;
const shortestPause = 2000;
const unknown = "unknown";

const known = new Map();
const selected = new Set();
let seen = new Map();
let shown = [];
let loading = null;
let isStale = false;
let loadedAt = 0;
let timer = null;
let traceUrl = null;

const queueName = () => byId("queue").value;
const path = (queue, rest = "") => `dead-letters/${encodeURIComponent(queue)}${rest}`;

export function startLetters() {
  byId("queue").addEventListener("change", () => {
    selected.clear();
    fillFilters();
    load();
  });
  for (const id of ["reason", "type", "from", "until"]) {
    byId(id).addEventListener("change", () => {
      selected.clear();
      load();
    });
  }

  byId("refresh").addEventListener("click", () => load());
  byId("select-all").addEventListener("change", (event) => {
    shown.forEach((letter) => event.target.checked ? selected.add(letter.id) : selected.delete(letter.id));
    showRows();
  });
  byId("replay-selected").addEventListener("click", () => act("replay", byIds([...selected]), selected.size));
  byId("discard-selected").addEventListener("click", () => act("discard", byIds([...selected]), selected.size));
  byId("replay-all").addEventListener("click", () => actOnAll("replay"));
  byId("discard-all").addEventListener("click", () => actOnAll("discard"));
  byId("export").addEventListener("click", exportAll);
  setInterval(showAges, 10000);
}

/** Takes the counts of a status. A changed count means that the table is out of date. */
export function followCounts({ queues, traceUrl: url }) {
  traceUrl = url;
  const list = byId("queue");
  if (list.options.length !== queues.length) {
    list.replaceChildren(...queues.map((queue) => element("option", queue.name, { value: queue.name })));
    list.value = (queues.find((queue) => queue.deadLetters > 0) ?? queues[0])?.name ?? "";
    fillFilters();
  }

  queues.forEach((queue, index) => setText(list.options[index], `${queue.name} (${count(queue.deadLetters)})`));
  const before = seen;
  seen = new Map(queues.map((queue) => [queue.name, queue.deadLetters]));
  const now = seen.get(queueName());
  if (now !== null && now !== undefined && now !== before.get(queueName())) {
    loadSoon();
  }
}

/** Shows one whole message. */
export async function showMessage(queue, id) {
  try {
    const letter = await read(path(queue, `/${id}`));
    describe(byId("message-properties"), [
      ["Reason", letter.reason], ["Type", letter.type], ["Subject", letter.subject], ["Message id", letter.messageId],
      ["Queue", queue], ["Died at", letter.diedAt], ["Attempts", letter.attempts > 0 ? count(letter.attempts) : "–"],
      ["Trace", traceOf(letter.traceId)], ["Size", plural(letter.bytes, "byte")], ["Content type", letter.contentType], ["Sent by", letter.appId],
    ]);
    describe(byId("message-headers"), Object.entries(letter.headers));
    byId("message-body").textContent = pretty(letter.body);
    const answer = await open(byId("message"), (choose) => {
      byId("message-close").onclick = () => choose(null);
      byId("message-replay").onclick = () => choose("replay");
      byId("message-edit").onclick = () => choose("edit");
      byId("message-discard").onclick = () => choose("discard");
    }, null);
    if (answer === "edit") {
      await editMessage(queue, id, letter.body);
    } else if (answer !== null) {
      await act(answer, byIds([id]), 1, queue);
    }
  } catch (error) {
    report(byId("result"), error.message, true);
  }
}

async function editMessage(queue, id, body) {
  if (await edit(path(queue, `/${id}/edit`), body.text === null ? "" : pretty(body))) {
    report(byId("result"), "Edited and replayed 1 dead letter.");
    showAudit();
  }

  load();
}

/** A link, if the service knows the page of a trace. */
function traceOf(id) {
  return id === null || traceUrl === null
    ? id
    : element("a", id, { href: traceUrl.replace("{traceId}", encodeURIComponent(id)), target: "_blank", rel: "noopener noreferrer" });
}

function pretty(body) {
  if (body.text === null) {
    return `Not UTF-8; in base64:\n${body.base64}`;
  }

  try {
    // Numbers beyond the precision of JavaScript would change.
    JSON.parse(body.text, (_, value, context) => {
      if (typeof value === "number" && context?.source !== undefined && String(value) !== context.source) {
        throw new Error("inexact");
      }

      return value;
    });
    return JSON.stringify(JSON.parse(body.text), null, 2);
  } catch {
    return body.text;
  }
}

function filter() {
  const query = new URLSearchParams();
  for (const id of ["reason", "type"]) {
    if (byId(id).value !== "any") {
      query.set(id, byId(id).value.slice(1));
    }
  }

  for (const id of ["from", "until"]) {
    const value = byId(id).value;
    if (value) {
      query.set(id, new Date(`${value}Z`).toISOString());
    }
  }

  return query;
}

function byIds(ids) {
  const query = new URLSearchParams();
  ids.forEach((id) => query.append("id", id));
  return query;
}

/** Loads the table for a changed count, at most every two seconds. */
function loadSoon() {
  timer ??= setTimeout(() => {
    timer = null;
    load();
  }, Math.max(0, loadedAt + shortestPause - Date.now()));
}

function load() {
  if (loading !== null) {
    isStale = true;
    return;
  }

  loading = loadNow().finally(() => {
    loading = null;
    loadedAt = Date.now();
    if (isStale) {
      isStale = false;
      load();
    }
  });
}

async function loadNow() {
  const queue = queueName();
  if (!queue) {
    setText(byId("letters-state"), "This service consumes from no queue.");
    return;
  }

  try {
    const query = filter();
    query.set("limit", limit);
    const page = await read(`${path(queue)}?${query}`);
    if (queue !== queueName()) {
      isStale = true;
      return;
    }

    shown = page.items;
    for (const id of selected) {
      if (!shown.some((letter) => letter.id === id)) {
        selected.delete(id);
      }
    }

    remember(queue);
    showRows();
    const matching = page.isComplete ? count(page.matching) : `at least ${count(page.matching)}`;
    setText(byId("letters-state"), shown.length < page.matching
      ? `The ${shown.length} oldest of ${matching} dead letters.`
      : page.matching === 0 ? "No dead letters." : `${plural(page.matching, "dead letter")}.`);
  } catch (error) {
    report(byId("result"), error.message, true);
  }
}

/** Keeps the reasons and types that the page has seen, for the filters. */
function remember(queue) {
  const values = known.get(queue) ?? { reason: new Set(), type: new Set() };
  const before = values.reason.size + values.type.size;
  shown.forEach((letter) => {
    values.reason.add(letter.reason ?? "");
    values.type.add(letter.type ?? "");
  });
  known.set(queue, values);
  if (values.reason.size + values.type.size !== before) {
    fillFilters();
  }
}

function fillFilters() {
  for (const id of ["reason", "type"]) {
    const list = byId(id);
    const chosen = list.value;
    const values = [...known.get(queueName())?.[id] ?? []].sort();
    list.replaceChildren(
      element("option", "any", { value: "any" }),
      ...values.map((value) => element("option", value || unknown, { value: `=${value}` })));
    list.value = values.includes(chosen.slice(1)) && chosen.startsWith("=") ? chosen : "any";
  }
}

function showRows() {
  const body = byId("rows");
  const hadFocus = body.contains(document.activeElement);
  const existing = new Map([...body.children].map((line) => [line.dataset.id, line]));
  const lines = new Map();
  for (const letter of shown) {
    if (!lines.has(letter.id)) {
      lines.set(letter.id, existing.get(letter.id) ?? createRow(letter));
    }
  }

  // Lines that stay must not move, or they lose the focus.
  for (const [id, line] of existing) {
    if (!lines.has(id)) {
      line.remove();
    }
  }

  [...lines.values()].forEach((line, index) => {
    if (body.children[index] !== line) {
      body.insertBefore(line, body.children[index] ?? null);
    }
  });
  for (const line of body.children) {
    line.querySelector("input").checked = selected.has(line.dataset.id);
  }

  if (hadFocus && !body.contains(document.activeElement)) {
    byId("letters").focus({ preventScroll: true });
  }

  showAges();
  showButtons();
}

function createRow(letter) {
  const line = element("tr", null, { "data-id": letter.id });
  const box = element("input", null, { type: "checkbox", "aria-label": `Select ${letter.subject ?? letter.messageId ?? letter.id}` });
  box.addEventListener("change", () => {
    if (box.checked) {
      selected.add(letter.id);
    } else {
      selected.delete(letter.id);
    }

    showButtons();
  });
  const choice = element("td");
  choice.append(box);
  const actions = element("td");
  const queue = queueName();
  for (const [text, action, kind] of [
    ["Show", () => showMessage(queue, letter.id), ""],
    ["Replay", () => act("replay", byIds([letter.id]), 1, queue), ""],
    ["Discard", () => act("discard", byIds([letter.id]), 1, queue), "danger"],
  ]) {
    const button = element("button", text, { type: "button", class: kind });
    button.addEventListener("click", action);
    actions.append(button, " ");
  }

  line.append(
    choice,
    element("td", letter.reason ?? unknown, { "data-label": "Reason" }),
    element("td", letter.type ?? unknown, { "data-label": "Type" }),
    element("td", letter.subject ?? unknown, { "data-label": "Subject" }),
    element("td", "", { "data-label": "Age", "data-time": letter.diedAt ?? "", title: letter.diedAt ?? "" }),
    element("td", letter.attempts > 0 ? count(letter.attempts) : "–", { "data-label": "Attempts" }),
    actions);
  return line;
}

function showAges() {
  for (const cell of byId("rows").querySelectorAll("[data-time]")) {
    setText(cell, since(cell.dataset.time || null, Date.now()));
  }
}

function showButtons() {
  const ofReason = byId("reason").value !== "any";
  byId("replay-selected").disabled = byId("discard-selected").disabled = selected.size === 0;
  byId("replay-all").disabled = byId("discard-all").disabled = !ofReason || shown.length === 0;
  byId("select-all").checked = shown.length > 0 && shown.every((letter) => selected.has(letter.id));
}

/** Acts on all that the filters cover, after it has counted them. */
async function actOnAll(action) {
  const [queue, query] = [queueName(), filter()];
  try {
    const page = await read(`${path(queue)}?${query}&limit=1`);
    await act(action, query, page.matching, queue, page.isComplete ? "" : "at least ");
  } catch (error) {
    report(byId("result"), error.message, true);
  }
}

async function act(action, query, number, queue = queueName(), atLeast = "") {
  const isDiscard = action === "discard";
  const what = `${atLeast}${plural(number, "dead letter")}`;
  const conditions = [
    ["with the reason", "reason"], ["of the type", "type"], ["that died from", "from"], ["that died before", "until"],
  ].filter(([, name]) => query.has(name)).map(([text, name]) => ` ${text} “${query.get(name) || unknown}”`).join("");
  const isSure = await confirm(
    isDiscard ? `Discard ${what}?` : `Replay ${what}?`,
    isDiscard ? `${what} of ${queue}${conditions} will be deleted. There is no way back.` : `${what}${conditions} will return to ${queue}.`,
    isDiscard ? `Discard ${count(number)}` : `Replay ${count(number)}`,
    isDiscard);
  if (!isSure) {
    return;
  }

  try {
    let done = 0;
    for (const part of split(query)) {
      const response = isDiscard
        ? await call(`${path(queue)}?${part}`, { method: "DELETE" })
        : await call(`${path(queue, "/replay")}?${part}`, { method: "POST" });
      const result = await response.json();
      done += isDiscard ? result.discarded : result.replayed;
    }

    report(byId("result"), `${isDiscard ? "Discarded" : "Replayed"} ${plural(done, "dead letter")}.`);
  } catch (error) {
    report(byId("result"), error.message, true);
  }

  selected.clear();
  load();
  showAudit();
}

/** Saves all dead letters that the filters cover. */
async function exportAll() {
  const queue = queueName();
  try {
    const response = await call(`${path(queue, "/export")}?${filter()}`);
    const address = URL.createObjectURL(await response.blob());
    element("a", null, { href: address, download: `${queue}.dead.jsonl` }).click();
    URL.revokeObjectURL(address);
    report(byId("result"), "Exported the dead letters.");
  } catch (error) {
    report(byId("result"), error.message, true);
  }
}

function split(query) {
  const ids = query.getAll("id");
  if (ids.length <= idsPerRequest) {
    return [query];
  }

  const parts = [];
  for (let first = 0; first < ids.length; first += idsPerRequest) {
    parts.push(byIds(ids.slice(first, first + idsPerRequest)));
  }

  return parts;
}
