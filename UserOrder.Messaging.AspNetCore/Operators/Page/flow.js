// Draws the way of the events: requests, outbox, exchange, and for each queue its consumers and dead letters.

import { byId, svg } from "./dom.js";
import { count, duration, plural, rate, shorten } from "./format.js";
import { pauseOf } from "./pauses.js";

const gap = 44;
const line = 18;
const height = 88;
const narrow = 760;
// The widths of a character, rather too large than too small.
const titleWidth = 8.8;
const textWidth = 7.4;

export function drawFlow(status, rates) {
  const host = byId("flow");
  const width = Math.max(260, host.clientWidth);
  const rows = rowsOf(status, rates);
  const drawn = width < narrow ? vertical(rows, width) : horizontal(rows, width);
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", rows.flat().map((node) => [node.title, ...node.lines].join(", ")).join("; "));
  host.replaceChildren(drawn);
}

function rowsOf(status, rates) {
  const outbox = status.outbox;
  const relayPause = linesOf(outbox.pause);
  const outgoing = [
    { title: "Requests", lines: [`${rate(rates.written)} written`, `${count(outbox.written)} since the start`] },
    {
      title: "Outbox",
      lines: [
        `${count(outbox.waiting)} waiting`,
        `oldest ${outbox.waiting > 0 ? duration(outbox.oldestSeconds) : "–"}`,
        ...relayPause,
      ],
      state: outbox.isFull ? "bad" : outbox.isStalled || relayPause.length > 0 ? "warn" : "",
    },
    { title: "Exchange", lines: [outbox.exchange, `${rate(rates.sent)} sent`] },
  ];
  const incoming = status.queues.map((queue) => [
    { title: "Exchange", lines: [queue.type] },
    {
      title: queue.name,
      lines: [
        `${count(queue.ready)} ready, ${count(queue.unacknowledged)} held here`,
        plural(queue.consumers, "consumer"),
        ...linesOf(queue.pause),
      ],
      state: queue.pause?.isPaused ? "warn" : queue.consumers === 0 ? "bad" : queue.stalledSeconds > 10 ? "warn" : "",
    },
    {
      title: "Applied",
      lines: [
        `${rate(rates.applied[queue.name] ?? null)}, ${count(queue.applied)} since the start`,
        `lag p50 ${duration(queue.lagP50Seconds)}, p99 ${duration(queue.lagP99Seconds)}`,
      ],
    },
    { title: "Dead letters", lines: [count(queue.deadLetters)], state: queue.deadLetters > 0 ? "warn" : "" },
  ]);
  return [outgoing, ...incoming];
}

/** A line for a pause, if there is one. */
const linesOf = (pause) => [pauseOf(pause)].filter((text) => text !== null);

function horizontal(rows, width) {
  const columns = Math.max(...rows.map((nodes) => nodes.length));
  const nodeWidth = (width - gap * (columns - 1)) / columns;
  const total = rows.length * (height + 16) - 16;
  const drawn = svg("svg", { width, height: total, viewBox: `0 0 ${width} ${total}` });
  rows.forEach((nodes, index) => {
    const y = index * (height + 16) + 1;
    nodes.forEach((node, column) => {
      const x = column * (nodeWidth + gap);
      drawn.append(...box(node, x + 1, y, nodeWidth - 2));
      if (column > 0) {
        drawn.append(...arrow(x - gap + 4, y + height / 2, x - 6, y + height / 2));
      }
    });
  });
  return drawn;
}

function vertical(rows, width) {
  const nodes = rows.flat();
  const step = height + 28;
  const total = nodes.length * step - 26;
  const drawn = svg("svg", { width, height: total, viewBox: `0 0 ${width} ${total}` });
  let index = 0;
  for (const chain of rows) {
    chain.forEach((node, position) => {
      const y = index++ * step + 1;
      drawn.append(...box(node, 1, y, width - 2));
      if (position > 0) {
        drawn.append(...arrow(width / 2, y - 26, width / 2, y - 4));
      }
    });
  }

  return drawn;
}

function box(node, x, y, width) {
  const texts = [node.title, ...node.lines].map((text, index) => {
    const fits = Math.floor((width - 20) / (index === 0 ? titleWidth : textWidth));
    const shown = svg("text", { x: x + 10, y: y + 24 + index * line, class: index === 0 ? "title" : "" }, shorten(text, fits));
    shown.append(svg("title", {}, text));
    return shown;
  });
  return [svg("rect", { x, y, width, height: height - 2, rx: 6, class: `node ${node.state ?? ""}` }), ...texts];
}

function arrow(fromX, fromY, toX, toY) {
  const isDown = fromX === toX;
  const head = isDown
    ? `${toX - 4},${toY - 7} ${toX + 4},${toY - 7} ${toX},${toY}`
    : `${toX - 7},${toY - 4} ${toX - 7},${toY + 4} ${toX},${toY}`;
  return [
    svg("line", { x1: fromX, y1: fromY, x2: toX, y2: toY, class: "arrow" }),
    svg("polygon", { points: head, class: "head" }),
  ];
}
