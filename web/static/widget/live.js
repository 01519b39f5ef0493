/**
 * Keeps a conversation up to date: a stream of events where it gets through, polling where it
 * does not. EventSource cannot send a bearer token, so the stream is read with fetch.
 * Every new connection starts with a full reading, so nothing that happened in between is missed.
 */

const FIRST_SIGN = 20_000; // ms; the server's heartbeat comes every 15 s
const SILENCE = 40_000; // ms without a byte: the connection is dead
const STREAM_AGAIN = 60_000; // ms of polling before the stream gets another chance
const QUICK_POLL = 5_000; // ms
const SLOW_POLL = 15_000; // ms, after a minute
const QUICK_POLLS = 12;
const TRIES = 2; // streams that may fail before we poll
const ADMIT = 3_000; // ms; shorter gaps are not worth a word

/**
 * The events that a piece of stream completes, and the unfinished rest.
 * @param {string} text
 * @returns {{events: {id: string, type: string, data: string}[], rest: string}}
 */
export function eventsIn(text) {
  const blocks = text.replace(/\r\n?/g, "\n").split("\n\n");
  const rest = blocks.pop();
  return { events: blocks.map(eventOf).filter((event) => event.data !== ""), rest };
}

function eventOf(block) {
  const event = { id: "", type: "message", data: [] };
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "data") event.data.push(value);
    else if (field === "event") event.type = value;
    else if (field === "id") event.id = value;
  }
  return { ...event, data: event.data.join("\n") };
}

export class Live {
  /**
   * @param {object} edges
   * @param {(lastId: string, signal: AbortSignal) => Promise<Response>} edges.listen
   * @param {() => Promise<void>} edges.refresh  reads everything; rejects when it cannot
   * @param {(type: string, data: object) => void} edges.heard
   * @param {(connected: boolean) => void} edges.connected
   * @param {() => void} edges.over  the server no longer knows this conversation
   */
  constructor(edges) {
    this.edges = edges;
    this.lastId = "";
    this.polls = 0;
    this.run = null;
    window.addEventListener("online", () => this.run && this.restart());
    // A tab that nobody looks at keeps no connection: a browser allows six to one server.
    document.addEventListener("visibilitychange", () => this.#watched());
  }

  start() {
    this.wanted = true;
    if (this.run || document.hidden) return;
    this.run = new AbortController();
    this.#keep(this.run.signal);
  }

  stop() {
    this.wanted = false;
    this.lastId = "";
    this.#cut();
  }

  restart() {
    this.#cut();
    this.start();
  }

  #watched() {
    if (document.hidden) this.#cut();
    else if (this.wanted) this.start();
  }

  #cut() {
    this.run?.abort();
    this.run = null;
    clearTimeout(this.admission);
  }

  async #keep(signal) {
    for (let failures = 0; !signal.aborted; ) {
      const outcome = await this.#stream(signal);
      if (signal.aborted) return;
      if (outcome === "over") return this.edges.over();
      failures = outcome === "lived" ? 0 : failures + 1;
      if (outcome === "silent" || failures >= TRIES) await this.#poll(signal);
      else await this.#waitForStream(signal, failures);
    }
  }

  async #waitForStream(signal, failures) {
    this.#lost();
    await pause(Math.random() * Math.min(5_000, 1_000 + 2_000 * failures), signal);
  }

  /** One connection, from opening to its end. @returns "lived", "failed", "silent" or "over" */
  async #stream(signal) {
    const guard = new Guard(signal);
    try {
      const response = await this.edges.listen(this.lastId, guard.signal);
      await this.edges.refresh();
      this.#found();
      await this.#follow(response.body, guard);
    } catch (error) {
      if (error.isOver) return "over";
      if (guard.expired && !guard.heard) return "silent";
    } finally {
      guard.end();
    }
    return guard.heard ? "lived" : "failed";
  }

  async #follow(body, guard) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      guard.sign();
      this.polls = 0;
      const { events, rest } = eventsIn(text + value);
      events.forEach((event) => this.#deliver(event));
      text = rest;
    }
  }

  #deliver({ id, type, data }) {
    if (id) this.lastId = id;
    this.edges.heard(type, JSON.parse(data));
  }

  async #poll(signal) {
    for (const end = Date.now() + STREAM_AGAIN; Date.now() < end && !signal.aborted; ) {
      await this.#readOnce();
      this.polls += 1;
      await pause(this.polls > QUICK_POLLS ? SLOW_POLL : QUICK_POLL, signal);
    }
  }

  async #readOnce() {
    try {
      await this.edges.refresh();
      this.#found();
    } catch {
      this.#lost(); // the next round tries again
    }
  }

  #found() {
    clearTimeout(this.admission);
    this.admission = null;
    this.edges.connected(true);
  }

  #lost() {
    this.admission ??= setTimeout(() => this.edges.connected(false), ADMIT);
  }
}

/** Ends a stream that has gone silent, or whose run was cut. */
class Guard {
  constructor(outer) {
    this.controller = new AbortController();
    this.signal = this.controller.signal;
    this.outer = outer;
    this.heard = false;
    this.expired = false;
    this.cut = () => this.controller.abort();
    outer.addEventListener("abort", this.cut, { once: true });
    this.#wind(FIRST_SIGN);
  }

  /** A byte came. */
  sign() {
    this.heard = true;
    this.#wind(SILENCE);
  }

  end() {
    clearTimeout(this.timer);
    this.outer.removeEventListener("abort", this.cut);
    this.controller.abort();
  }

  #wind(patience) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.expired = true;
      this.controller.abort();
    }, patience);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
