// Calls the service. The access token lives in this variable only, and goes with each call.

import { askForToken } from "./dialogs.js";

let token = null;
let asking = null;
let wasDeclined = false;

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The service answered ${status}.`);
    this.status = status;
    this.errors = problem.errors;
  }
}

/** Sends a request. If the service requires a token, asks for one and sends the request again. */
export async function call(path, options = {}) {
  for (;;) {
    const sent = token;
    const response = await fetch(path, {
      ...options,
      cache: "no-store",
      credentials: "omit",
      headers: { ...options.headers, ...(sent === null ? {} : { Authorization: `Bearer ${sent}` }) },
    });
    if (response.ok) {
      return response;
    }

    const problem = await problemOf(response);
    const lacksToken = response.status === 401 || (response.status === 403 && sent !== null && !problem.type?.endsWith("/cross-site"));
    if (!lacksToken || !await renewOnce(sent)) {
      throw new Refusal(response.status, problem);
    }
  }
}

export const read = async (path, options) => (await call(path, options)).json();

/** Asks for a token, once for all calls that wait. */
export async function renew(wasRefused = false) {
  asking ??= askForToken(wasRefused);
  const given = await asking;
  asking = null;
  wasDeclined = given === null;
  token = given ?? token;
}

/** Returns whether there is another token than the sent one. An operator who gave none is not asked again. */
async function renewOnce(sent) {
  if (token === sent && !wasDeclined) {
    await renew(sent !== null);
  }

  return token !== sent;
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
