// Draws the points that the page has seen in the last 15 minutes. The service keeps none.

import { byId, element, svg } from "./dom.js";
import { count, duration, rate } from "./format.js";

const span = 15 * 60 * 1000;
const longestGap = 5000;
const height = 120;
const top = 16;
const bottom = 18;

const points = [];

/** Keeps a reading. Rates come from the difference between two. */
export function record(status) {
  const now = Date.parse(status.at);
  const before = points.at(-1);
  const isSameReplica = before?.startedAt === status.startedAt && now > before.now;
  const seconds = isSameReplica ? (now - before.now) / 1000 : null;
  const perSecond = (value, last) => seconds === null || last === undefined ? null : Math.max(0, value - last) / seconds;
  const rates = {
    written: perSecond(status.outbox.written, before?.status.outbox.written),
    sent: perSecond(status.outbox.sent, before?.status.outbox.sent),
    applied: Object.fromEntries(status.queues.map((queue) =>
      [queue.name, perSecond(queue.applied, before?.status.queues.find((known) => known.name === queue.name)?.applied)])),
  };
  points.push({ now, startedAt: status.startedAt, status, rates });
  while (points[0].now < now - span) {
    points.shift();
  }

  return rates;
}

export function drawCharts(status) {
  const queues = status.queues.map((queue) => queue.name);
  const ofQueue = (name, field) => (point) => point.status.queues.find((queue) => queue.name === name)?.[field] ?? null;
  const charts = [
    ["Waiting in the outbox", count, [["events", (point) => point.status.outbox.waiting]]],
    ["Events a second", rate, [
      ["written", (point) => point.rates.written],
      ...queues.map((name) => [`applied from ${name}`, (point) => point.rates.applied[name] ?? null]),
    ]],
    ["Lag, 99th percentile", duration, queues.map((name) => [name, ofQueue(name, "lagP99Seconds")])],
    ["Dead letters", count, queues.map((name) => [name, ofQueue(name, "deadLetters")])],
  ];
  const host = byId("charts");
  host.replaceChildren(...charts.filter(([, , series]) => series.length > 0).map((chart) => draw(host, ...chart)));
}

function draw(host, title, format, series) {
  const figure = element("figure");
  const caption = element("figcaption", null);
  const values = series.map(([name, read]) => [name, points.map(read)]);
  caption.append(element("strong", title), element("br"), ...values.map(([name, all], index) =>
    element("span", `${name} ${format(all.at(-1) ?? null)}`, { class: `key key-${index % 4}` })));

  const width = Math.max(240, Math.min(host.clientWidth, 420));
  const highest = Math.max(...values.flatMap(([, all]) => all.filter((value) => value !== null)), 0) || 1;
  const drawn = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": `${title}: ${values.map(([name, all]) => `${name} ${format(all.at(-1) ?? null)}`).join(", ")}`,
  });
  drawn.append(
    svg("line", { x1: 0, y1: height - bottom, x2: width, y2: height - bottom, class: "axis" }),
    svg("line", { x1: 0, y1: top, x2: width, y2: top, class: "axis" }),
    svg("text", { x: 0, y: 12, class: "quiet" }, format(highest)),
    svg("text", { x: 0, y: height - 4, class: "quiet" }, "15 min ago"),
    svg("text", { x: width, y: height - 4, class: "quiet", "text-anchor": "end" }, "now"),
    ...values.map(([, all], index) => svg("path", { class: `series series-${index % 4}`, d: path(all, width, highest) })));
  figure.append(caption, drawn);
  return figure;
}

/** Lifts the pen over a gap, such as a lost connection. */
function path(values, width, highest) {
  const end = points.at(-1).now;
  let last = null;
  let drawn = "";
  values.forEach((value, index) => {
    if (value === null) {
      last = null;
      return;
    }

    const { now } = points[index];
    const x = width * (1 - (end - now) / span);
    const y = height - bottom - (height - bottom - top) * (value / highest);
    drawn += `${last !== null && now - last <= longestGap ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    last = now;
  });
  return drawn;
}
