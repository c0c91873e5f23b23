// Reads the status as server-sent events. EventSource cannot send a token, so this reads them from fetch.

import { call, Refusal } from "./api.js";

const silence = 5000;
const firstPause = 1000;
const longestPause = 10000;

/** Follows the status until the page closes. A stream that ends in order is followed by the next one at once. */
export async function follow(onStatus, onState) {
  let pause = firstPause;
  for (;;) {
    try {
      await readStream((status) => {
        pause = firstPause;
        onState("live");
        onStatus(status);
      });
    } catch (error) {
      onState("lost", error instanceof Refusal ? error.message : null);
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, longestPause);
    }
  }
}

async function readStream(onStatus) {
  const abort = new AbortController();
  let watchdog = setTimeout(() => abort.abort(), silence);
  try {
    const response = await call("status/stream", { signal: abort.signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let received = 0;
    for (;;) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), silence);
      const { done, value } = await reader.read();
      if (done) {
        break;
      }

      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const data = event.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
        if (data) {
          received++;
          onStatus(JSON.parse(data));
        }
      }
    }

    // A service that stops ends each new stream at once.
    if (received < 2) {
      throw new Error("The stream ended.");
    }
  } finally {
    clearTimeout(watchdog);
  }
}
