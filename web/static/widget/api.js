/**
 * Every call to the server. A call ends in its JSON or in one of two errors: `Unreachable`
 * (nobody knows whether it arrived) or `Refused` (the server has said no, and why).
 */
import { learn } from "./clock.js";
import { say } from "./strings.js";

const PATIENCE = 15_000; // ms; the server promises an answer or a ticket within 6 s
const DEFAULT_WAIT = 5; // s, where a busy server does not say how long

export class Unreachable extends Error {}

export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, message?: string, what_to_do?: string}} error
   * @param {number} wait  seconds to wait before trying again
   */
  constructor(status, error, wait) {
    super([error.message ?? say("errorRefused"), error.what_to_do].filter(Boolean).join(" "));
    this.status = status;
    this.wait = wait;
  }

  /** The conversation is not ours any more: its token ended or it is gone. */
  get isOver() {
    return this.status === 401 || this.status === 404;
  }

  get isBusy() {
    return this.status === 429 || this.status >= 500;
  }
}

export class Api {
  /**
   * @param {string} base  "/api/v1"
   * @param {string} launch
   */
  constructor(base, launch) {
    this.base = base;
    this.launch = `/launches/${encodeURIComponent(launch)}`;
  }

  /** The launch as everybody sees it: name, pinned update, chips. */
  widget() {
    return this.#call("GET", `${this.launch}/widget`);
  }

  /** @returns {Promise<{id: string, token: string}>} */
  begin(about) {
    return this.#call("POST", `${this.launch}/conversations`, { body: about });
  }

  /** Everything said so far. @param {{id: string, token: string}} conversation */
  read(conversation) {
    return this.#call("GET", pathOf(conversation), { token: conversation.token });
  }

  /**
   * One act in a conversation: messages, choices, person, helpful, context or rating.
   * With a key, the same act may be sent again and happens once.
   */
  act(conversation, act, body, key) {
    const { token } = conversation;
    return this.#call("POST", `${pathOf(conversation)}/${act}`, { token, body, key });
  }

  /**
   * Says that the customer looked at everything up to a message, even if the page is left now.
   * @param {{id: string, token: string}} conversation
   * @param {number} messageId
   */
  seen(conversation, messageId) {
    const { token } = conversation;
    const body = { message_id: messageId };
    return this.#call("POST", `${pathOf(conversation)}/seen`, { token, body, keepalive: true });
  }

  /** An open stream of events. @returns {Promise<Response>} */
  async listen(conversation, lastEventId, signal) {
    const headers = { Accept: "text/event-stream", ...bearer(conversation.token) };
    if (lastEventId) headers["Last-Event-ID"] = lastEventId;
    const response = await fetch(`${this.base}${pathOf(conversation)}/events`, {
      headers,
      signal,
      cache: "no-store",
    });
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async #call(method, path, { body, token, key, keepalive = false } = {}) {
    const response = await this.#send(method, path, { body, token, key, keepalive });
    learn(response.headers.get("Date"));
    if (!response.ok) throw await refusal(response);
    return jsonOf(response);
  }

  async #send(method, path, { body, token, key, keepalive }) {
    const headers = { Accept: "application/json", ...bearer(token) };
    if (body) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const signal = AbortSignal.timeout(PATIENCE);
    const options = { method, headers, signal, keepalive, cache: "no-store", credentials: "omit" };
    try {
      return await fetch(this.base + path, { ...options, body: body && JSON.stringify(body) });
    } catch {
      throw new Unreachable(say("errorUnreachable"));
    }
  }
}

function pathOf({ id }) {
  return `/conversations/${encodeURIComponent(id)}`;
}

function bearer(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function jsonOf(response) {
  try {
    return await response.json();
  } catch {
    throw new Unreachable(say("errorUnreachable")); // cut off on the way
  }
}

async function refusal(response) {
  const answer = await response.json().catch(() => null);
  return new Refused(response.status, answer?.error ?? {}, waitOf(response));
}

function waitOf(response) {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isFinite(seconds) ? Math.max(1, seconds) : DEFAULT_WAIT;
}
