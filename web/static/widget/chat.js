/** The conversation: ticket strip, log, what is going on right now, and the composer. */
import { dayName, ticker } from "./clock.js";
import { Composer } from "./composer.js";
import { el, fill } from "./dom.js";
import { EntryView } from "./entry.js";
import { icon } from "./icons.js";
import { Rating } from "./rating.js";
import { say } from "./strings.js";
import { dueWords, nextPromise } from "./ticket.js";

const PATIENCE = 3_000; // ms of checking before we say that it takes longer
const NEAR = 80; // px from the end that still count as reading the newest

export class ChatView {
  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {{helpPage: string, name: string}} situation
   */
  constructor(conversation, situation) {
    this.conversation = conversation;
    this.name = situation.name;
    this.situation = { ...situation, onEdit: (act) => this.#edit(act) };
    /** @type {Map<string, EntryView>} */
    this.views = new Map();
    this.rating = new Rating(conversation, () => this.#startNew());
    this.composer = new Composer(conversation.storage, (text) => this.#ask(text));
    this.node = this.#build();
    this.visible = false;
  }

  #build() {
    this.strip = el("div", { class: "w-strip", role: "status", "data-testid": "ticket-strip", hidden: true });
    this.banner = el("div", { class: "w-banner", role: "status", "data-testid": "banner", hidden: true });
    this.log = el("div", { class: "w-log", role: "log", "aria-live": "polite", "aria-label": say("log"), tabindex: 0 });
    this.activity = el("div", { class: "w-activity", role: "status", "data-testid": "activity" });
    this.below = el("div", {});
    this.forgetful = el("p", { class: "w-forgetful", hidden: true }, say("forgetful"));
    this.scroller = el("div", { class: "w-scroll", onscroll: () => this.#scrolled() }, this.log, this.activity, this.below, this.forgetful);
    this.more = el("button", { type: "button", class: "w-more", hidden: true, onclick: () => this.#toEnd() }, icon("down", "s"), say("newBelow"));
    this.person = el("button", { type: "button", class: "w-person", onclick: () => this.conversation.askForPerson() }, icon("person", "s"), say("person"));
    const foot = el("footer", { class: "w-foot" }, this.more, this.person, this.composer.node);
    return el("section", { class: "w-chat", "data-testid": "chat", hidden: true }, this.strip, this.banner, this.scroller, foot);
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.node.hidden = !isShown;
    this.visible = isShown;
    if (!isShown) return;
    this.composer.grow();
    this.draw();
    this.#toEnd();
  }

  draw() {
    const { conversation } = this;
    const isBusy = conversation.reading === "loading" && !this.views.size;
    this.log.setAttribute("aria-busy", String(isBusy));
    this.#drawStrip();
    this.#drawBanner();
    this.#drawLog(isBusy);
    this.#drawActivity();
    this.#drawBelow();
    this.person.hidden = Boolean(conversation.ticket) || conversation.beingChecked?.act === "person";
    this.composer.invite(say(conversation.entries().length ? "writeOn" : "write"));
  }

  // ------------------------------------------------------------ the log

  #drawLog(isBusy) {
    const entries = withTicket(this.conversation.entries(), this.conversation.ticket);
    const wasAtEnd = this.#isAtEnd();
    const added = entries.filter((entry) => !this.views.has(entry.key));
    if (isBusy) return this.#place([skeleton()]);
    if (!entries.length) return this.#place([this.#emptiness()]);
    this.#place(this.#nodes(entries));
    if (added.length) this.#follow(added, wasAtEnd);
  }

  #nodes(entries) {
    const nodes = [];
    let day = null;
    for (const entry of entries) {
      const name = entry.at && dayName(entry.at);
      if (name && name !== day) nodes.push(this.#divider(name));
      day = name || day;
      nodes.push(this.#view(entry).node);
    }
    return nodes;
  }

  #view(entry) {
    if (!this.views.has(entry.key)) this.views.set(entry.key, new EntryView(this.conversation, this.situation));
    const view = this.views.get(entry.key);
    view.update(entry, this.conversation.ticket);
    return view;
  }

  #divider(name) {
    this.dividers ??= new Map();
    if (!this.dividers.has(name)) this.dividers.set(name, el("p", { class: "w-day" }, name));
    return this.dividers.get(name);
  }

  /** Puts the nodes in order; those already there are not touched, so nothing is read out twice. */
  #place(nodes) {
    for (const node of [...this.log.childNodes]) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, place) => {
      const there = this.log.childNodes[place];
      if (there !== node) this.log.insertBefore(node, there ?? null);
    });
  }

  #emptiness() {
    this.empty ??= el(
      "div",
      { class: "w-empty", "data-testid": "empty" },
      icon("chat", "l"),
      el("h2", {}, say("empty", { name: this.name })),
      el("p", {}, say("emptyMore")),
    );
    return this.empty;
  }

  // ------------------------------------------------------------ around the log

  #drawStrip() {
    const { ticket, isResolved } = this.conversation;
    this.strip.hidden = !ticket;
    if (!ticket) return;
    const due = isResolved ? null : nextPromise(ticket);
    const shown = JSON.stringify([ticket.number, ticket.owner, isResolved, due]);
    if (shown === this.stripShown) return;
    this.stripShown = shown;
    fill(
      this.strip,
      icon(isResolved ? "check" : "person", "s"),
      el("span", {}, stripWords(ticket, isResolved)),
      due && el("span", { class: "w-strip-due" }, `${say(due.kind)} `, ticker(due.due_at, () => dueWords(due.due_at))),
    );
  }

  #drawBanner() {
    const words = this.#bannerWords();
    this.banner.hidden = !words;
    if (this.bannerShown === words) return;
    this.bannerShown = words;
    const retry = words === say("loadFailed") && el("button", { type: "button", class: "w-button", onclick: () => this.conversation.load() }, say("retry"));
    fill(this.banner, words && icon("offline", "s"), words && el("span", {}, words), retry);
  }

  #bannerWords() {
    const { conversation } = this;
    if (!navigator.onLine) return say("offline");
    if (conversation.reading === "failed") return say("loadFailed");
    if (!conversation.isConnected) return say("reconnecting");
    return null;
  }

  #drawActivity() {
    const act = this.conversation.beingChecked;
    const name = this.conversation.typist;
    if (act && this.checked !== act.key) this.#startChecking(act);
    if (!act) clearTimeout(this.patience);
    if (!act) this.checked = null;
    const words = act ? this.#checkingWords(act) : name && say("typing", { name });
    if (words === this.activityShown) return;
    this.activityShown = words;
    fill(this.activity, words && el("div", { class: "w-doing" }, dots(), el("span", {}, words)));
    if (words) this.#toEndIfNear();
  }

  #startChecking(act) {
    this.checked = act.key;
    this.isSlow = false;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.isSlow = true;
      this.#drawActivity();
    }, PATIENCE);
  }

  #checkingWords(act) {
    if (act.act === "person") return say("checkingPerson");
    if (!this.isSlow) return say("checking");
    return say(act.echo ? "stillCheckingSaved" : "stillChecking");
  }

  #drawBelow() {
    const { isResolved, isRated, storage } = this.conversation;
    this.forgetful.hidden = storage.lasts || !this.views.size;
    if (isResolved) this.rating.update(isRated);
    if (isResolved && !this.rating.node.isConnected) fill(this.below, this.rating.node);
    if (!isResolved) fill(this.below);
  }

  // ------------------------------------------------------------ acts

  #ask(text) {
    for (const view of this.views.values()) view.leave();
    this.conversation.ask(text);
    this.#toEnd();
  }

  #edit(act) {
    this.conversation.outbox.drop(act.key);
    this.composer.add(act.body.text);
    this.composer.focus();
  }

  #startNew() {
    this.conversation.startNew();
    this.rating = new Rating(this.conversation, () => this.#startNew());
    this.composer.focus();
  }

  // ------------------------------------------------------------ where one reads

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  /** Shows what came: its beginning if it is tall, its end if it is not; never pulls a reader away. */
  #follow(added, wasAtEnd) {
    const isOwn = added.some((entry) => entry.by === "customer");
    if (!wasAtEnd && !isOwn) return (this.more.hidden = false);
    const first = this.views.get(added[0].key).node;
    const isTall = this.scroller.scrollHeight - first.offsetTop > this.scroller.clientHeight;
    if (isTall && !isOwn) this.scroller.scrollTop = first.offsetTop - 12;
    else this.#toEnd();
  }

  #toEndIfNear() {
    if (this.#isAtEnd()) this.#toEnd();
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.more.hidden = true;
  }

  #scrolled() {
    if (this.#isAtEnd()) this.more.hidden = true;
  }
}

/** Every ticket has its card: where no message carries it, it stands at the end. */
function withTicket(entries, ticket) {
  if (!ticket || entries.some((entry) => entry.ticket?.number === ticket.number)) return entries;
  const key = `ticket-${ticket.number}`;
  const card = { id: key, key, by: "assistant", at: ticket.acknowledged_at, ticket: { number: ticket.number } };
  const place = entries.findIndex((entry) => Date.parse(entry.at) > Date.parse(card.at));
  return place < 0 ? [...entries, card] : entries.toSpliced(place, 0, card);
}

function stripWords(ticket, isResolved) {
  if (isResolved) return say("stripResolved", { number: ticket.number });
  if (ticket.owner) return say("stripOwner", { number: ticket.number, name: ticket.owner });
  return say("stripTeam", { number: ticket.number });
}

function skeleton() {
  return el(
    "div",
    { class: "w-loading" },
    el("span", { class: "w-hidden" }, say("opening")),
    ["is-own", "is-card", "is-own is-short"].map((kind) => el("div", { class: `w-bone ${kind}` })),
  );
}

function dots() {
  return el("span", { class: "w-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}
