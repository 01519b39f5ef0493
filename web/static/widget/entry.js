/** One entry of the log: a bubble, an answer card, a question back, or a ticket. */
import { answerCard, approvedLine, isWithdrawn, withdrawnLine } from "./answer.js";
import { clarificationCard } from "./clarification.js";
import { exact, now, time, ticker } from "./clock.js";
import { button, el, prose } from "./dom.js";
import { Helpful } from "./helpful.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";
import { TicketCard } from "./ticket.js";

export class EntryView {
  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {{helpPage: string, onEdit: (act: object) => void}} situation
   */
  constructor(conversation, situation) {
    this.conversation = conversation;
    this.situation = situation;
    this.helpful = new Map(); // message id -> Helpful; it outlives redrawing
    this.node = el("div", { class: "w-entry", "data-testid": "entry" });
    this.made = new Map(); // name of a part -> what it was made from, and its node
    this.drawn = "";
  }

  /** Redraws only when something that shows has changed, so screen readers hear each thing once. */
  update(entry, ticket) {
    const { mail, state } = this.conversation;
    const visible = JSON.stringify([entry, entry.ticket && [ticket, mail], state]);
    if (visible === this.drawn) return;
    this.drawn = visible;
    this.node.dataset.by = entry.by;
    this.node.dataset.id = entry.id;
    const focused = this.node.contains(document.activeElement) ? document.activeElement : null;
    this.#place(this.#parts(entry, ticket));
    if (focused?.isConnected) focused.focus({ preventScroll: true });
  }

  /** The customer has moved on: what was left open is sent as it is. */
  leave() {
    for (const each of this.helpful.values()) each.leave();
  }

  #place(parts) {
    const wanted = parts.flat(Infinity).filter(Boolean);
    // A node that stays is not taken out and put back: that would lose focus and speak again.
    for (const node of [...this.node.childNodes]) if (!wanted.includes(node)) node.remove();
    wanted.forEach((node, place) => {
      const there = this.node.childNodes[place];
      if (there !== node) this.node.insertBefore(node, there ?? null);
    });
  }

  #parts(entry, ticket) {
    if (entry.kind === "line") return [systemLine(entry)];
    if (entry.by === "customer") return [this.#bubble(entry), this.#status(entry)];
    if (entry.by === "agent") {
      return [
        this.#once("agent", entry.author, () => agentLine(entry)),
        this.#bubble(entry),
        this.#correction(entry),
        entry.answer && this.#helpful(entry, entry.answer),
      ];
    }
    return this.#fromUs(entry, ticket);
  }

  #fromUs(entry, ticket) {
    const answers = [entry.answer, ...(entry.more_answers ?? [])].filter(Boolean);
    const says = entry.text && !answers.length && !entry.clarification?.options?.length;
    return [
      says && this.#bubble(entry),
      answers.map((answer) => this.#answer(entry, answer)),
      entry.clarification && this.#clarification(entry),
      entry.ticket && this.#ticket(entry, ticket),
    ];
  }

  /** A part is made anew only when what it shows has changed; else its node stays in place. */
  #once(name, shown, make) {
    const source = JSON.stringify(shown);
    if (this.made.get(name)?.source !== source) this.made.set(name, { source, node: make() });
    return this.made.get(name).node;
  }

  #bubble(entry) {
    const { by, author, text = "", recalled_at: gone } = entry;
    return this.#once("bubble", [by, author, text, gone], () =>
      el(
        "div",
        { class: `w-bubble${gone ? " is-withdrawn" : ""}`, title: entry.at ? exact(entry.at) : null },
        el("span", { class: "w-hidden" }, speaker(entry), ": "),
        gone && withdrawnLine(),
        el("p", gone ? { class: "w-approved" } : {}, prose(text)),
      ),
    );
  }

  /** Leads from what was taken back to what is right. */
  #correction({ recalled_at: gone, corrected_by: right }) {
    if (!gone || !right) return null;
    return this.#once("correction", right, () =>
      el(
        "p",
        { class: "w-status", "data-testid": "corrected" },
        button(() => goTo(right), {}, icon("next", "s"), say("corrected")),
      ),
    );
  }

  #helpful(entry, answer) {
    const id = answer.message_id ?? entry.id;
    if (!this.helpful.has(id)) this.helpful.set(id, new Helpful(id, this.conversation));
    const helpful = this.helpful.get(id);
    helpful.update(answer.helpful ?? entry.helpful, entry.isOver || isWithdrawn(answer));
    return helpful.node;
  }

  #answer(entry, answer) {
    const id = answer.message_id ?? entry.id;
    const label = () => this.#once(`label ${id}`, answer.approved_at, () => approvedLine(answer));
    return [
      !isWithdrawn(answer) && label(),
      this.#once(`card ${id}`, answer, () => answerCard(answer, this.situation.helpPage)),
      this.#correction(entry),
      this.#helpful(entry, answer),
    ];
  }

  #clarification(entry) {
    const { clarification, choice, isAnswered, isOver } = entry; // its text is the card's heading
    const id = clarification.message_id ?? entry.id;
    return this.#once("clarification", [clarification, choice, isAnswered, isOver], () =>
      clarificationCard(entry, (option) => this.conversation.choose(id, option)),
    );
  }

  #ticket(entry, ticket) {
    this.ticket ??= new TicketCard(this.conversation);
    const isSame = ticket?.number === entry.ticket.number;
    const { isResolved } = this.conversation;
    const situation = { isResolved, isOver: Boolean(entry.isOver), isNewest: isSame };
    this.ticket.update(isSame ? ticket : entry.ticket, situation);
    return this.ticket.node;
  }

  #status({ act }) {
    if (!act) return null;
    if (act.status === "failed") return this.#failed(act);
    return el("p", { class: "w-status" }, statusWords(act));
  }

  #failed(act) {
    const again = () => this.conversation.outbox.retry(act.key);
    const edit = () => this.situation.onEdit(act);
    return el(
      "div",
      { class: "w-status is-failed", "data-testid": "failed" },
      el("p", {}, icon("alert", "s"), act.problem ?? say("failed")),
      button(again, {}, icon("retry", "s"), say("retry")),
      act.act === "messages" && button(edit, {}, say("edit")),
    );
  }
}

function goTo(id) {
  const there = document.querySelector(`.w-entry[data-id="${CSS.escape(String(id))}"]`);
  there?.scrollIntoView({ block: "center" });
}

function speaker({ by, author }) {
  if (by === "customer") return say("youSaid");
  if (by === "agent") return say("teamSaid", { name: author ?? say("team") });
  return say("weSaid");
}

function systemLine(entry) {
  return el("p", { class: "w-system" }, entry.text ?? "");
}

function agentLine({ author, at }) {
  const name = author ?? say("team");
  return el(
    "p",
    { class: "w-label is-agent", "data-testid": "agent-label" },
    el("span", { class: "w-avatar", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
    el("span", {}, el("strong", {}, name), at && ` · ${time(at)}`),
  );
}

const COUNTED = Object.freeze({
  limited: "limited",
  unavailable: "unavailable",
  retrying: "retryIn",
});

function statusWords(act) {
  const isHeld = act.status === "waiting" || (act.status === "queued" && !navigator.onLine);
  if (isHeld) return [icon("offline", "s"), say("waiting")];
  if (act.echo) return [say("seen")];
  const words = COUNTED[act.status];
  if (!words || !act.retryAt) return [say("sending")];
  const at = new Date(act.retryAt).toISOString();
  return [icon("clock", "s"), ticker(at, () => say(words, { seconds: secondsUntil(act.retryAt) }))];
}

function secondsUntil(instant) {
  return Math.max(1, Math.ceil((instant - now()) / 1000));
}
