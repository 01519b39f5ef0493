/**
 * Under an answer: "This answers it", "Not quite", "Talk to a person". "Not quite" asks why,
 * and whatever the customer says or leaves out, the team learns that it did not help.
 */
import { button, el, fill, focusOn, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

const REASONS = ["not_my_case", "already_tried", "unclear", "still_broken", "other"];

export class Helpful {
  /**
   * @param {string|number} messageId
   * @param {import("./conversation.js").Conversation} conversation
   */
  constructor(messageId, conversation) {
    this.messageId = messageId;
    this.conversation = conversation;
    this.node = el("div", { class: "w-helpful", "data-testid": "helpful" });
    this.stage = null;
  }

  /** Shows what fits the server's knowledge, unless the customer is in the middle of saying why. */
  update(helpful, isOver) {
    if (isOver) return this.#show("over");
    if (this.stage === "why" && (helpful === null || helpful === undefined)) return;
    this.#show(helpful === true ? "thanks" : helpful === false ? "noted" : this.stage ?? "asking");
  }

  /** Sends a "not quite" whose reasons were left open, for example when the next question comes. */
  leave() {
    if (this.stage === "why") this.#notQuite();
  }

  #show(stage) {
    if (this.stage === stage && stage !== "noted") return;
    this.stage = stage;
    fill(this.node, this.#content(stage));
  }

  #content(stage) {
    if (stage === "asking") return this.#question();
    if (stage === "why") return this.#why();
    if (stage === "thanks") return said("check", say("thanks"));
    if (stage === "noted") return [said("check", say("noted")), this.#personButton()];
    return null;
  }

  #question() {
    return el(
      "div",
      { class: "w-choices", role: "group", "aria-label": say("helpfulAsk") },
      button(() => this.#yes(), {}, say("helpful")),
      button(() => this.#ask(), {}, say("notQuite")),
      this.#personButton(),
    );
  }

  #personButton() {
    if (this.conversation.ticket) return null;
    return button(() => this.#person(), {}, say("person"));
  }

  #ask() {
    this.#show("why");
    this.node.querySelector("input").focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "nearest" });
  }

  #why() {
    const name = freshId("reason");
    this.note = el("textarea", { id: `${name}-note`, class: "w-field", rows: 2, maxlength: 1000 });
    return el(
      "form",
      { class: "w-form", "data-testid": "not-quite", onsubmit: (event) => this.#submit(event) },
      el("fieldset", {}, el("legend", {}, say("why")), REASONS.map((reason) => chip(name, reason))),
      el("label", { for: `${name}-note` }, say("note")),
      this.note,
      el(
        "div",
        { class: "w-choices" },
        el("button", { type: "submit", class: "w-button is-main" }, say("send")),
        this.#personButton(),
      ),
    );
  }

  #submit(event) {
    event.preventDefault();
    this.#notQuite();
  }

  #yes() {
    this.#say(true, {}, "thanks");
  }

  #notQuite() {
    const reason = this.node.querySelector("input:checked")?.value;
    const note = this.note?.value.trim();
    return this.#say(false, { ...(reason && { reason }), ...(note && { note }) }, "noted");
  }

  async #person() {
    const note = this.note?.value.trim();
    if (this.stage === "why") await this.#notQuite();
    this.conversation.askForPerson(note);
  }

  async #say(helpful, more, next) {
    const before = this.stage;
    const hadFocus = this.node.contains(document.activeElement);
    this.#show(next);
    if (hadFocus) focusOn(this.node.firstElementChild);
    try {
      await this.conversation.judge(this.messageId, helpful, more);
    } catch {
      this.#show(before === "why" ? "why" : "asking");
      this.node.append(el("p", { class: "w-problem", role: "alert" }, say("notRecorded")));
    }
  }
}

function chip(name, reason) {
  return el(
    "label",
    { class: "w-option" },
    el("input", { type: "radio", name, value: reason }),
    el("span", {}, say(reason)),
  );
}

/** A line that says what has happened. */
export function said(drawing, words) {
  return el("p", { class: "w-said" }, icon(drawing, "s"), words);
}
