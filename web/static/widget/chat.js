/** The conversation: ticket strip, log, what is going on right now, and the composer. */
import { dayName } from "./clock.js";
import { Composer } from "./composer.js";
import { button, el, fill } from "./dom.js";
import { EntryView } from "./entry.js";
import { icon } from "./icons.js";
import { Rating } from "./rating.js";
import { say } from "./strings.js";
import { Strip } from "./strip.js";

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
    this.strip = new Strip();
    this.node = this.#build();
    this.visible = false;
  }

  #build() {
    this.banner = status("w-banner", "banner");
    const foot = el("footer", { class: "w-foot" }, this.#buttons(), this.composer.node);
    return el(
      "section",
      { class: "w-chat", "data-testid": "chat", hidden: true },
      this.strip.node,
      this.banner,
      this.#buildScroller(),
      foot,
    );
  }

  #buildScroller() {
    this.log = el("div", {
      class: "w-log",
      role: "log",
      "aria-live": "polite",
      "aria-label": say("log"),
      tabindex: 0,
    });
    this.activity = status("w-activity", "activity");
    this.below = el("div");
    this.forgetful = el("p", { class: "w-forgetful", hidden: true }, say("forgetful"));
    const onscroll = () => this.#scrolled();
    const parts = [this.log, this.activity, this.below, this.forgetful];
    this.scroller = el("div", { class: "w-scroll", onscroll }, parts);
    return this.scroller;
  }

  #buttons() {
    const toEnd = () => this.#toEnd();
    const call = () => this.conversation.askForPerson();
    const more = { class: "w-more", hidden: true };
    this.more = button(toEnd, more, icon("down", "s"), say("newBelow"));
    this.person = button(call, { class: "w-person" }, icon("person", "s"), say("person"));
    return [this.more, this.person];
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
    this.strip.update(conversation.ticket, conversation.isResolved);
    this.#drawBanner();
    this.#drawLog(isBusy);
    this.#drawActivity();
    this.#drawBelow();
    const isCalled = conversation.beingChecked?.act === "person";
    this.person.hidden = isCalled || Boolean(conversation.ticket);
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
    const { conversation, situation } = this;
    const view = this.views.get(entry.key) ?? new EntryView(conversation, situation);
    this.views.set(entry.key, view);
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

  #drawBanner() {
    const words = this.#bannerWords();
    this.banner.hidden = !words;
    if (this.bannerShown === words) return;
    this.bannerShown = words;
    const load = () => this.conversation.load();
    const retry = words === say("loadFailed") && button(load, {}, say("retry"));
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

  /** Shows what came, from its beginning if it is tall; never pulls a reader away. */
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
  const { number, acknowledged_at: at } = ticket;
  const card = { id: key, key, by: "assistant", at, ticket: { number } };
  const place = entries.findIndex((entry) => Date.parse(entry.at) > Date.parse(card.at));
  return place < 0 ? [...entries, card] : entries.toSpliced(place, 0, card);
}

function status(style, testid) {
  return el("div", { class: style, role: "status", "data-testid": testid });
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
