/** The first screen: today's update before anything is asked, then the ways to ask. */
import { ago, moment, ticker, until } from "./clock.js";
import { button, el, fill, prose } from "./dom.js";
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
    const slot = { class: "w-slot", "data-testid": "update", "aria-busy": "true" };
    this.update = el("div", slot, bones());
    this.talk = button(this.acts.onChat, { class: "w-talk", "data-testid": "ask" });
    this.chips = el("section", { class: "w-chips", "data-testid": "chips", hidden: true });
    const ways = [this.update, this.away, this.talk, this.chips, this.#help(), this.#person()];
    return el(
      "section",
      { class: "w-home", "data-testid": "home" },
      el("header", { class: "w-hero" }, this.heading, el("p", {}, say("greetingMore"))),
      el("div", { class: "w-cards" }, ways, trust()),
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
    const retry = button(this.acts.onReload, {}, icon("retry", "s"), say("retry"));
    const words = el("p", {}, say("updateFailed"));
    fill(this.update, el("div", { class: "w-card w-unloaded", role: "status" }, words, retry));
  }

  /** @param {{exists: boolean, unread: number, last: string}} conversation */
  drawConversation({ exists, unread, last }) {
    const shown = JSON.stringify([exists, unread, last]);
    if (shown === this.talkShown) return;
    this.talkShown = shown;
    const what = el("strong", {}, say(exists ? "carryOn" : "ask"));
    const more = el("span", {}, unread ? say("carryOnNew") : exists ? last : say("askMore"));
    fill(
      this.talk,
      el("span", { class: "w-talk-words" }, what, more),
      unread > 0 && el("span", { class: "w-count" }, unread),
      el("span", { class: "w-talk-go" }, icon(exists ? "next" : "chat")),
    );
  }

  #drawChips(chips) {
    this.chips.hidden = !chips.length;
    const rows = chips.map((chip) => el("li", {}, this.#chip(chip)));
    fill(this.chips, el("h2", { class: "w-card-title" }, say("chips")), el("ul", {}, rows));
  }

  #chip({ scenario, question, title }) {
    const words = question ?? title;
    const attributes = { class: "w-chip", "data-scenario": scenario };
    return button(() => this.acts.onAsk(words), attributes, words);
  }

  #help() {
    const action = this.situation.helpPage;
    return el(
      "form",
      { class: "w-card w-help", role: "search", action, method: "get", target: "_blank" },
      el("label", { for: "help-words", class: "w-card-title" }, say("help")),
      el("div", { class: "w-help-row" }, helpField(), helpButton()),
    );
  }

  #person() {
    const what = el("strong", {}, say("person"));
    const more = el("span", { class: "w-quiet" }, say("personMore"));
    return button(
      this.acts.onPerson,
      { class: "w-card w-row w-home-person" },
      icon("person"),
      el("span", { class: "w-row-words" }, what, more),
      icon("next", "s"),
    );
  }
}

function helpField() {
  return el("input", {
    id: "help-words",
    class: "w-field",
    type: "search",
    name: "q",
    placeholder: say("helpHint"),
  });
}

function helpButton() {
  const label = `${say("helpFind")} ${say("newTab")}`;
  return el("button", { type: "submit", class: "w-button", "aria-label": label }, icon("search"));
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
    el(
      "dl",
      {},
      row("updateExpected", prose(update.expected ?? "")),
      row("updateDo", prose(update.what_to_do ?? "")),
      row("updateNext", next(update)),
    ),
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
  const when = words && !isTimestamp(words) ? words : say("promiseBy", { when: moment(due) });
  return [el("span", {}, when), left];
}

function isTimestamp(words) {
  return /^\d{4}-\d\d-\d\dT/.test(words);
}

function bones() {
  const kinds = ["is-short", "", "is-line", "is-line"];
  const shapes = kinds.map((kind) => el("div", { class: `w-bone ${kind}` }));
  return el("div", { class: "w-card w-loading" }, shapes);
}
