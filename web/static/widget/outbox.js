/**
 * The outbox keeps what the customer has sent until the server has it. Each act goes out in
 * order, under one Idempotency-Key for all its tries, so it arrives once or stays visible here.
 */
import { now } from "./clock.js";

const GIVE_UP = 120_000; // ms of trying before the customer is asked to try again
const LONGEST_BACKOFF = 15_000; // ms
const MOST_BUSY_TRIES = 8; // times a busy server may ask us to come back

/**
 * @typedef {object} Act  something the customer did
 * @property {string} key  also its Idempotency-Key
 * @property {"messages"|"choices"|"person"} act
 * @property {object} body
 * @property {string} at
 * @property {string} words  what the customer reads in its place while it waits
 * @property {"queued"|"sending"|"waiting"|"retrying"|"limited"|"unavailable"|"failed"} status
 * @property {number} tries
 * @property {number} since  when it was first tried, ms
 * @property {number} [retryAt]  when it is tried next, ms
 * @property {string} [problem]  the server's words, where trying again would not help
 * @property {number} [moves]  how often it moved to a new conversation
 * @property {string} [echo]  id of the message that the server has made of it
 */

/**
 * What becomes of an act whose try has failed.
 * @param {Act} act
 * @param {Error & {status?: number, wait?: number, isBusy?: boolean}} error
 * @param {{instant: number, online: boolean, chance: number}} situation  chance is 0 to 1
 * @returns {Partial<Act>}
 */
export function afterFailure(act, error, { instant, online, chance }) {
  if (!online) return { status: "waiting", retryAt: undefined, since: instant, tries: 0 };
  // 404 to an act in a conversation that exists means: not decided yet, ask again.
  const isFinal = error.status && !error.isBusy && error.status !== 404;
  if (isFinal) return { status: "failed", problem: error.message };
  if (error.status === 429 || error.status === 503) return comeBack(act, error, instant, chance);
  if (instant - act.since > GIVE_UP) return { status: "failed" };
  return { status: "retrying", retryAt: instant + backoff(act.tries, chance) };
}

function comeBack(act, error, instant, chance) {
  if (act.tries > MOST_BUSY_TRIES) return { status: "failed" };
  const status = error.status === 429 ? "limited" : "unavailable";
  // Everybody was told the same number; the chance keeps them from coming back together.
  return { status, retryAt: instant + error.wait * 1000 + chance * 1000 };
}

function backoff(tries, chance) {
  return Math.min(LONGEST_BACKOFF, 1000 * 2 ** tries) * (0.5 + chance / 2);
}

/** 128 random bits; `crypto.randomUUID` is missing on pages without TLS. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  /**
   * @param {import("./storage.js").Storage} storage
   * @param {object} edges
   * @param {(act: Act) => Promise<object>} edges.send
   * @param {(act: Act, response: object) => Promise<void>} edges.settled
   * @param {() => void} edges.changed
   */
  constructor(storage, { send, settled, changed }) {
    this.storage = storage;
    this.edges = { send, settled, changed };
    /** @type {Act[]} */
    this.acts = storage.recall().unsent.map(afresh);
    this.isDraining = false;
    this.wake = () => {};
    window.addEventListener("online", () => this.hurry());
  }

  add(act, body, words) {
    const at = new Date(now()).toISOString();
    this.acts.push(afresh({ key: freshKey(), act, body, words, at }));
    this.#changed();
    this.drain();
  }

  /** Tries a failed act again, under the same key. */
  retry(key) {
    const act = this.acts.find((each) => each.key === key);
    if (!act) return;
    Object.assign(act, { status: "queued", tries: 0, since: 0, retryAt: undefined });
    this.#changed();
    this.drain();
    this.hurry();
  }

  /** Takes an act out, for example to edit its text. */
  drop(key) {
    this.acts = this.acts.filter((each) => each.key !== key);
    this.#changed();
  }

  /** Ends the present wait early. */
  hurry() {
    this.wake();
  }

  async drain() {
    if (this.isDraining) return;
    this.isDraining = true;
    for (let act = this.#next(); act; act = this.#next()) await this.#attempt(act);
    this.isDraining = false;
  }

  #next() {
    return this.acts.find((act) => act.status !== "failed");
  }

  async #attempt(act) {
    await this.#turn(act);
    if (!this.acts.includes(act)) return;
    this.#set(act, { status: "sending", since: act.since || now(), tries: act.tries + 1 });
    try {
      await this.edges.settled(act, await this.edges.send(act));
      this.drop(act.key);
    } catch (error) {
      const situation = { instant: now(), online: navigator.onLine, chance: Math.random() };
      this.#set(act, afterFailure(act, error, situation));
    }
  }

  /** Waits until it is this act's turn: its time has come, or the network is back. */
  async #turn(act) {
    if (act.status === "waiting" && !navigator.onLine) await this.#pause(undefined);
    else if (act.retryAt) await this.#pause(Math.max(0, act.retryAt - now()));
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (milliseconds !== undefined) setTimeout(resolve, milliseconds);
    });
  }

  #set(act, changes) {
    Object.assign(act, changes);
    this.#changed();
  }

  #changed() {
    this.storage.keep({ unsent: this.acts });
    this.edges.changed();
  }
}

/** An act as nobody has tried it yet; one that failed stays failed until its person says so. */
function afresh(act) {
  const status = act.status === "failed" ? "failed" : "queued";
  return { ...act, status, tries: 0, since: 0, retryAt: undefined, echo: undefined };
}
