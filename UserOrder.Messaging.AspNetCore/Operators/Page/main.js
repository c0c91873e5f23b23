// Starts the page, and shows each status that the service sends.

import { renew } from "./api.js";
import { showAudit, startAudit } from "./audit.js";
import { drawCharts, record } from "./charts.js";
import { byId, setText } from "./dom.js";
import { drawFlow } from "./flow.js";
import { moment, since } from "./format.js";
import { showHealth } from "./health.js";
import { followCounts, startLetters } from "./letters.js";
import { showPauses } from "./pauses.js";
import { startSearch } from "./search.js";
import { follow } from "./stream.js";

const texts = { live: "live", lost: "connection lost, trying again …" };

let latest = null;

function showStatus(status) {
  if (latest === null) {
    showAudit();
  }

  latest = { status, rates: record(status) };
  document.title = `${status.service} – operators`;
  setText(byId("service"), status.service);
  byId("replica").textContent =
    `${shortVersion(status.version)} · ${status.replica} · up ${since(status.startedAt, Date.parse(status.at))}, ` +
    `since ${moment(status.startedAt)}`;
  showHealth(status);
  drawFlow(status, latest.rates);
  drawCharts(status);
  showPauses(status);
  followCounts(status);
}

/** Seven characters of a commit's hash are enough. */
const shortVersion = (version) => version.replace(/(\+[0-9a-f]{7})[0-9a-f]{33}$/, "$1");

function showState(state, reason) {
  const badge = byId("connection");
  badge.dataset.state = state;
  setText(badge, reason ? `${texts[state]} ${reason}` : texts[state]);
  document.body.classList.toggle("lost", state === "lost");
}

startSearch();
startLetters();
startAudit();
byId("change-token").addEventListener("click", () => renew());
new ResizeObserver(() => {
  if (latest !== null) {
    drawFlow(latest.status, latest.rates);
    drawCharts(latest.status);
  }
}).observe(document.body);
follow(showStatus, showState);
