/**
 * One conversation as the customer sees it: what was said, what is on its way, the ticket and
 * the connection. Says "change" whenever something that shows has changed.
 */
import { now } from "./clock.js";
import { Live } from "./live.js";
import { Outbox } from "./outbox.js";
import { say } from "./strings.js";
import { Transcript } from "./transcript.js";

const TYPING_LASTS = 6_000; // ms after the last sign of somebody writing
const TOGETHER = 50; // ms; events this close ask for one reading

export class Conversation extends EventTarget {
  /**
   * @param {import("./api.js").Api} api
   * @param {import("./storage.js").Storage} storage
   */
  constructor(api, storage) {
    super();
    this.api = api;
    this.storage = storage;
    this.about = { channel: "widget" };
    this.reading = "idle"; // idle | loading | loaded | failed
    this.isConnected = true;
    this.earlier = []; // entries of a conversation that ended while we looked
    this.#forget();
    this.outbox = new Outbox(storage, {
      send: (act) => this.#send(act),
      settled: (act, response) => this.#settle(act, response),
      changed: () => this.#changed(),
    });
    this.live = new Live({
      listen: (lastId, signal) => api.listen(this.own, lastId, signal),
      refresh: () => this.refresh(),
      heard: (type, data) => this.#heard(type, data),
      connected: (connected) => this.#set({ isConnected: connected }),
      over: () => this.#end("expiredEmpty"),
    });
  }

  /** @returns {{id: string, token: string}|null} */
  get own() {
    return this.storage.recall().conversation;
  }

  get isResolved() {
    return this.state === "resolved";
  }

  get isRated() {
    return this.storage.memory.rated || Boolean(this.ticket?.rating);
  }

  /** Picks up where this browser left off. */
  async resume() {
    if (this.own) await this.load();
    this.outbox.drain();
  }

  async load() {
    this.#set({ reading: "loading" });
    try {
      await this.refresh();
      this.live.start();
    } catch (error) {
      if (error.isOver) this.#end("expiredEmpty");
      else this.#set({ reading: "failed" });
    }
  }

  /** Reads everything; rejects when the server cannot be reached. */
  async refresh() {
    const own = this.own;
    const { messages, ticket, state, update, mail } = await this.api.read(own);
    if (this.own?.id !== own.id) return; // a new one was started meanwhile
    this.transcript.dropStandIns();
    this.transcript.take(messages, this.outbox.acts);
    this.#set({ ticket, state, update, mail, reading: "loaded" });
  }

  // ------------------------------------------------------------ what people do

  ask(text) {
    this.outbox.add("messages", { text }, text);
  }

  /** @param {{entry: string, title: string}|null} option  null is "none of these" */
  choose(messageId, option) {
    const entry = option?.entry ?? null;
    this.transcript.choices.set(String(messageId), { entry });
    const words = option?.title ?? say("noneOfThese");
    this.outbox.add("choices", { message_id: messageId, entry }, words);
  }

  askForPerson(note) {
    this.outbox.add("person", note ? { note } : {}, say("person"));
  }

  /** Says whether an answer helped. Rejects when it was not recorded. */
  async judge(messageId, helpful, more = {}) {
    const body = { message_id: messageId, helpful, ...more };
    const { ticket } = await this.api.act(this.own, "helpful", body);
    if (ticket) this.#set({ ticket });
  }

  async explain(context) {
    const { ticket } = await this.api.act(this.own, "context", context);
    this.#set({ ticket });
  }

  /** Lets answers go to an address too. Rejects when it was not recorded. */
  async emailMe(address) {
    const { email, confirmed } = await this.api.act(this.own, "email", { email: address });
    this.#set({ mail: { email, state: confirmed ? "confirmed" : "asked" } });
  }

  async rate(score, note) {
    await this.api.act(this.own, "rating", note ? { score, note } : { score });
    this.storage.keep({ rated: true });
  }

  /** Leaves this conversation and begins with a clean page. */
  startNew() {
    this.earlier = [];
    this.#leave();
    this.#changed();
  }

  // ------------------------------------------------------------ what is shown

  /** The log, oldest first. @returns {import("./transcript.js").Entry[]} */
  entries() {
    return [...this.earlier, ...this.transcript.entries(this.outbox.acts)];
  }

  /** The act that the customer is waiting for, if any. */
  get beingChecked() {
    const act = this.outbox.acts.find((each) => each.status === "sending");
    const { last } = this.transcript;
    const isAnswered = act?.echo && last && last.by !== "customer";
    return isAnswered ? undefined : act;
  }

  /** First name of who is writing right now, or null. */
  get typist() {
    return this.typing && this.typing.until > now() ? this.typing.name : null;
  }

  /** How many messages came since the customer last looked. */
  get unread() {
    return this.transcript.unreadSince(this.storage.memory.seen);
  }

  markSeen() {
    const seen = this.transcript.last?.id ?? null;
    if (this.storage.memory.seen !== seen) this.storage.keep({ seen });
    this.#reportSeen(this.transcript.newest);
  }

  /** What was looked at is not mailed. Said once; when it did not arrive, with the next change. */
  #reportSeen(newest) {
    const { own, reported } = this;
    if (!own || newest <= reported) return;
    this.reported = newest;
    this.api.seen(own, newest).catch(() => {
      if (this.reported === newest) this.reported = reported;
    });
  }

  // ------------------------------------------------------------ the way to the server

  async #send(act, isSecondTry = false) {
    const { key, moves = 0 } = act;
    try {
      const own = this.own ?? (await this.#begin());
      return await this.api.act(own, act.act, act.body, moves ? `${key}-${moves}` : key);
    } catch (error) {
      if (isSecondTry || !(await this.#isGone(error))) throw error;
      this.#end("expired");
      Object.assign(act, moved(act), { moves: moves + 1 });
      return this.#send(act, true);
    }
  }

  /** Whether the conversation itself has ended; a 404 alone may speak of something in it. */
  async #isGone(error) {
    if (error.status !== 404) return error.status === 401;
    if (!this.own) return false; // the launch is not there
    return this.api.read(this.own).then(
      () => false,
      (refused) => Boolean(refused.isOver),
    );
  }

  async #begin() {
    const { earlier } = this.storage.memory; // proves that we are who began that one
    const { id, token } = await this.api.begin(earlier ? { ...this.about, earlier } : this.about);
    this.storage.keep({ conversation: { id, token } });
    this.live.start();
    return { id, token };
  }

  async #settle(act, response) {
    try {
      await this.refresh();
    } catch {
      this.transcript.standIn(act, response, new Date(now()).toISOString());
      this.#set({ reading: "loaded", ticket: response.ticket ?? this.ticket });
    }
    this.live.start();
  }

  #heard(type, data) {
    if (type === "typing") return this.#showTyping(data);
    if (type === "message") this.#receive(data);
    // A ticket moves the state with it, and a stand-in must give way to what it stood for.
    if (type === "ticket" || this.transcript.standIns.length) this.#readSoon();
  }

  #receive(message) {
    if (message.by === "agent") this.typing = null;
    this.transcript.take([message], this.outbox.acts);
    this.#changed();
  }

  #readSoon() {
    clearTimeout(this.rereading);
    this.rereading = setTimeout(() => {
      if (this.own) this.refresh().catch(() => {}); // the live loop notices a lost connection
    }, TOGETHER);
  }

  #showTyping({ author, active = true }) {
    this.typing = active ? { name: author ?? say("team"), until: now() + TYPING_LASTS } : null;
    setTimeout(() => this.#changed(), TYPING_LASTS + TOGETHER);
    this.#changed();
  }

  /** The server no longer knows this conversation: what was said stays in sight above a line. */
  #end(notice) {
    const kept = this.entries().filter((entry) => !entry.act);
    const id = `ended-${now()}`;
    const line = { id, key: id, by: "system", kind: "line", text: say(notice), at: null };
    this.earlier = [...kept.map((entry) => ({ ...entry, isOver: true })), line];
    for (const act of this.outbox.acts) act.echo = undefined;
    this.#leave();
    this.#set({ reading: "loaded" });
  }

  #leave() {
    this.live.stop();
    const earlier = this.own ?? this.storage.memory.earlier;
    this.storage.keep({ conversation: null, seen: null, rated: false, earlier });
    this.#forget();
  }

  #forget() {
    this.transcript = new Transcript();
    this.reported = 0; // id of the newest message that the server knows we looked at
    this.ticket = null;
    this.mail = null;
    this.state = "open";
    this.typing = null;
  }

  #set(changes) {
    Object.assign(this, changes);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** In a new conversation nothing is there to choose from: the choice becomes a question. */
function moved(act) {
  if (act.act !== "choices") return {};
  if (!act.body.entry) return { act: "person", body: {} };
  return { act: "messages", body: { text: act.words } };
}
