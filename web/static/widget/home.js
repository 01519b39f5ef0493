/** The first screen: today's update before anything is asked, then the ways to ask. */
import { ago, moment, ticker, until } from "./clock.js";
import { el, fill, prose } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

const MOST_CHIPS = 6;

export class HomeView {
  /**
   * @param {{name: string, helpPage: string, updatesPage: string}} situation
   * @param {{onChat: () => void, onAsk: (question: string) => void, onPerson: () => void,
   *   onReload: () => void}} acts
   */
  constructor(situation, acts) {
    this.situation = situation;
    this.acts = acts;
    this.node = this.#build();
  }

  #build() {
    this.heading = el("h1", { class: "w-greeting", tabindex: -1 }, say("greeting"));
    this.away = el("p", { class: "w-away", role: "note", hidden: true });
    this.update = el("div", { class: "w-slot", "data-testid": "update", "aria-busy": "true" }, bones());
    this.talk = el("button", { type: "button", class: "w-talk", "data-testid": "ask", onclick: this.acts.onChat });
    this.chips = el("section", { class: "w-chips", "data-testid": "chips", hidden: true });
    return el(
      "section",
      { class: "w-home", "data-testid": "home" },
      el("header", { class: "w-hero" }, this.heading, el("p", {}, say("greetingMore"))),
      el("div", { class: "w-cards" }, this.update, this.away, this.talk, this.chips, this.#help(), this.#person(), trust()),
    );
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.node.hidden = !isShown;
  }

  /** @param {object} state  the launch as everybody sees it */
  drawLaunch({ update, chips, staffed, staffed_next: back }) {
    this.drawUpdate(update);
    this.#drawChips((chips ?? []).slice(0, MOST_CHIPS));
    this.away.hidden = staffed !== false;
    this.away.textContent = back ? say("awayUntil", { when: moment(back) }) : say("away");
  }

  drawUpdate(update) {
    const shown = JSON.stringify(update ?? null);
    if (shown === this.updateShown) return;
    this.updateShown = shown;
    this.update.setAttribute("aria-busy", "false");
    fill(this.update, update ? updateCard(update, this.situation.updatesPage) : null);
  }

  /** The update could not be loaded; asking works all the same. */
  drawFailure() {
    this.update.setAttribute("aria-busy", "false");
    const retry = el("button", { type: "button", class: "w-button", onclick: this.acts.onReload }, icon("retry", "s"), say("retry"));
    fill(this.update, el("div", { class: "w-card w-unloaded", role: "status" }, el("p", {}, say("updateFailed")), retry));
  }

  /** @param {{exists: boolean, unread: number, last: string}} conversation */
  drawConversation({ exists, unread, last }) {
    const shown = JSON.stringify([exists, unread, last]);
    if (shown === this.talkShown) return;
    this.talkShown = shown;
    const more = unread ? say("carryOnNew") : exists ? last : say("askMore");
    fill(
      this.talk,
      el("span", { class: "w-talk-words" }, el("strong", {}, say(exists ? "carryOn" : "ask")), el("span", {}, more)),
      unread ? el("span", { class: "w-count" }, unread) : null,
      el("span", { class: "w-talk-go", "aria-hidden": "true" }, icon(exists ? "next" : "chat", "m")),
    );
  }

  #drawChips(chips) {
    this.chips.hidden = !chips.length;
    const rows = chips.map(({ scenario, question, title }) => this.#chip(scenario, question ?? title));
    fill(this.chips, el("h2", { class: "w-card-title" }, say("chips")), el("ul", {}, rows));
  }

  #chip(scenario, question) {
    const onclick = () => this.acts.onAsk(question);
    return el("li", {}, el("button", { type: "button", class: "w-chip", "data-scenario": scenario, onclick }, question));
  }

  #help() {
    return el(
      "form",
      { class: "w-card w-help", role: "search", action: this.situation.helpPage, method: "get", target: "_blank" },
      el("label", { for: "help-words", class: "w-card-title" }, say("help")),
      el(
        "div",
        { class: "w-help-row" },
        el("input", { id: "help-words", class: "w-field", type: "search", name: "q", placeholder: say("helpHint") }),
        el("button", { type: "submit", class: "w-button", "aria-label": `${say("helpFind")} ${say("newTab")}` }, icon("search")),
      ),
    );
  }

  #person() {
    return el(
      "button",
      { type: "button", class: "w-card w-row w-home-person", onclick: this.acts.onPerson },
      icon("person"),
      el("span", { class: "w-row-words" }, el("strong", {}, say("person")), el("span", { class: "w-quiet" }, say("personMore"))),
      icon("next", "s"),
    );
  }
}

function trust() {
  return el("p", { class: "w-trust" }, icon("shield", "s"), say("trust"));
}

function updateCard(update, updatesPage) {
  return el(
    "article",
    { class: "w-card w-update", "aria-label": say("update") },
    updateLabel(update, updatesPage),
    el("h2", {}, update.title),
    el("dl", {}, row("updateExpected", prose(update.expected ?? "")), row("updateDo", prose(update.what_to_do ?? "")), row("updateNext", next(update))),
  );
}

function updateLabel({ published_at: at }, updatesPage) {
  return el(
    "p",
    { class: "w-update-label" },
    el("strong", {}, say("update")),
    at && ticker(at, () => ago(at)),
    el(
      "a",
      { href: updatesPage, target: "_blank", rel: "noopener" },
      say("updateAll"),
      icon("outside", "s"),
      el("span", { class: "w-hidden" }, say("newTab")),
    ),
  );
}

function row(label, content) {
  return el("div", { class: `w-${label}` }, el("dt", {}, say(label)), el("dd", {}, content));
}

/** The promise: its words or its time, and how long it still takes. */
function next({ next_update_at: due, next_update: words }) {
  if (!due) return words;
  const left = ticker(due, () => until(due) ?? say("promiseLate"), "w-left");
  return [el("span", {}, words && !isTimestamp(words) ? words : say("promiseBy", { when: moment(due) })), left];
}

function isTimestamp(words) {
  return /^\d{4}-\d\d-\d\dT/.test(words);
}

function bones() {
  return el("div", { class: "w-card w-loading" }, ["is-short", "", "is-line", "is-line"].map((kind) => el("div", { class: `w-bone ${kind}` })));
}
