/**
 * What has been said in one conversation, in order, each thing once: the server's messages, what
 * stands in for them until they can be read, and what is still on its way. The server's reading
 * is the truth; a stand-in is replaced by it and never stands beside it.
 */

/**
 * @typedef {object} Message  as the server sends it
 * @property {string} id
 * @property {"customer"|"assistant"|"agent"|"system"} by
 * @property {string} [author]
 * @property {string} [text]
 * @property {string} at
 * @property {object} [answer]
 * @property {object[]} [more_answers]
 * @property {object} [clarification]
 * @property {object} [ticket]
 * @property {string|null} [chosen]
 * @property {boolean|null} [helpful]
 */

/**
 * @typedef {Message & {key: string, act?: import("./outbox.js").Act, isOver?: boolean,
 *   choice?: {entry: string|null}|null, isAnswered?: boolean}} Entry  one in the log
 */

export class Transcript {
  constructor() {
    /** @type {Map<string, Message>} */
    this.messages = new Map();
    /** @type {Map<string, string>} */
    this.aliases = new Map(); // message id -> key of the act it came from
    /** @type {Map<string, {entry: string|null}>} */
    this.choices = new Map(); // message id of a clarification -> what was chosen here
    /** @type {Entry[]} */
    this.standIns = [];
  }

  /** @returns {Message|undefined} */
  get last() {
    return [...this.messages.values()].at(-1);
  }

  /** @returns {number} the highest id of a message, 0 when there is none */
  get newest() {
    return Math.max(0, ...[...this.messages.keys()].map(Number).filter(Number.isFinite));
  }

  /**
   * Adds what is new and updates what is known; a message never moves or doubles.
   * @param {Message[]} messages
   * @param {import("./outbox.js").Act[]} acts
   */
  take(messages, acts) {
    for (const each of messages) {
      const message = { ...each, id: String(each.id) };
      if (!this.messages.has(message.id)) this.#recognise(message, acts);
      this.messages.set(message.id, message);
    }
  }

  /** Our own words, coming back from the server, take the place they already have on the screen. */
  #recognise({ id, by, text }, acts) {
    const act = by === "customer" && acts.find((each) => !each.echo && isSame(each.words, text));
    if (!act) return;
    act.echo = id;
    this.aliases.set(id, act.key);
  }

  /** A full reading has come: nothing needs to stand in any more. */
  dropStandIns() {
    this.standIns = [];
  }

  /**
   * Shows a response until the conversation can be read again.
   * @param {import("./outbox.js").Act} act
   * @param {object} response
   * @param {string} at
   */
  standIn(act, response, at) {
    const { text, answer, more_answers: more, clarification, ticket } = response;
    const id = String(answer?.message_id ?? clarification?.message_id ?? `${act.key}-reply`);
    const reply = { by: "assistant", at, text, answer, more_answers: more, clarification, ticket };
    const isUnseen = act.act === "messages" && !act.echo;
    if (isUnseen) this.standIns.push({ ...entryOf(act), act: undefined });
    this.standIns.push({ ...reply, id, key: id });
  }

  /**
   * The log, oldest first.
   * @param {import("./outbox.js").Act[]} acts
   * @returns {Entry[]}
   */
  entries(acts) {
    const unsent = acts.filter((act) => !act.echo && isWorthShowing(act)).map(entryOf);
    return [...this.#known(acts), ...this.standIns, ...unsent];
  }

  #known(acts) {
    return [...this.messages.values()].map((message, place, all) => ({
      ...message,
      key: this.aliases.get(message.id) ?? message.id,
      act: acts.find((act) => act.echo === message.id),
      choice: this.choices.get(message.id) ?? choiceOf(message.chosen),
      isAnswered: all.slice(place + 1).some(({ by }) => by === "customer"),
    }));
  }

  /** How many messages of ours came after the one that was `seen`. */
  unreadSince(seen) {
    const messages = [...this.messages.values()];
    const place = messages.findIndex(({ id }) => id === seen);
    return messages.slice(place + 1).filter(({ by }) => by !== "customer").length;
  }
}

/** @param {string|null|undefined} chosen  an entry, or "none" of these */
function choiceOf(chosen) {
  return chosen ? { entry: chosen === "none" ? null : chosen } : null;
}

function isSame(words, text) {
  return (words ?? "").trim() === (text ?? "").trim();
}

/** A message shows at once; a click shows as words only when it does not get through. */
function isWorthShowing(act) {
  return act.act === "messages" || !["queued", "sending"].includes(act.status);
}

/** @returns {Entry} */
function entryOf(act) {
  return { id: act.key, key: act.key, by: "customer", text: act.words, at: act.at, act };
}
