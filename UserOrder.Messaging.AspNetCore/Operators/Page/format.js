// Numbers and times as an operator reads them.

const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return "–";
  }

  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }

  const first = Math.max(0, units.findIndex(([, length]) => seconds >= length));
  const [unit, length] = units[first];
  if (length === 1) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }

  const [next, nextLength] = units[first + 1];
  const whole = Math.floor(seconds / length);
  const rest = Math.floor((seconds % length) / nextLength);
  return rest > 0 && whole < 10 ? `${whole} ${unit} ${rest} ${next}` : `${whole} ${unit}`;
}

export const since = (time, now) => time === null ? "–" : duration(Math.max(1, Math.round((now - Date.parse(time)) / 1000)));

export const count = (number) => number === null || number === undefined ? "–" : number.toLocaleString("en");

export const moment = (time) => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;

export const rate = (perSecond) =>
  perSecond === null ? "–" : `${perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))}/s`;

export const plural = (number, one) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;

export const shorten = (text, length) => text.length <= length ? text : `${text.slice(0, length - 1)}…`;
