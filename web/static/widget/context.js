/** What the team needs to know, asked once and never again: doing, can go on, how to reach. */
import { el, fill, focusOn, freshId } from "./dom.js";
import { said } from "./helpful.js";
import { say } from "./strings.js";

const CAN_CONTINUE = ["yes", "partly", "no"];

export class ContextForm {
  /** @param {import("./conversation.js").Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    this.node = el("div", { class: "w-context" });
    this.stage = null;
  }

  /** Shows the form until there is context; then what was shared. */
  update(context, isClosed) {
    if (context) this.#show("shared", () => summary(context));
    else if (isClosed) this.#show("closed", () => null);
    else this.#show("asking", () => this.#form());
  }

  #show(stage, content) {
    if (this.stage === stage) return;
    this.stage = stage;
    const hadFocus = this.node.contains(document.activeElement);
    fill(this.node, content());
    if (hadFocus && this.node.firstElementChild) focusOn(this.node.firstElementChild);
  }

  #form() {
    const name = freshId("context");
    this.problem = el("p", { class: "w-problem", role: "alert" });
    return el(
      "form",
      { class: "w-form", "data-testid": "context-form", onsubmit: (event) => this.#submit(event) },
      el("h3", {}, say("contextAsk")),
      el("p", { class: "w-quiet" }, say("contextOnce")),
      el("label", { for: `${name}-doing` }, say("doing")),
      el("input", { id: `${name}-doing`, name: "doing", class: "w-field", maxlength: 500 }),
      el("fieldset", {}, el("legend", {}, say("canContinue")), CAN_CONTINUE.map(answer)),
      el("label", { for: `${name}-reach` }, say("reach")),
      el("input", {
        id: `${name}-reach`,
        name: "reach",
        class: "w-field",
        maxlength: 200,
        placeholder: say("reachHint"),
        autocomplete: "email",
      }),
      this.problem,
      el("button", { type: "submit", class: "w-button is-main" }, say("share")),
    );
  }

  async #submit(event) {
    event.preventDefault();
    const given = [...new FormData(event.target)]
      .map(([name, value]) => [name, String(value).trim()])
      .filter(([, value]) => value);
    if (!given.length) return event.target.querySelector("input").focus();
    await this.#share(Object.fromEntries(given));
  }

  async #share(context) {
    this.problem.textContent = "";
    try {
      await this.conversation.explain(context);
    } catch (error) {
      this.problem.textContent = error.status ? error.message : say("notRecorded");
    }
  }
}

function answer(value) {
  return el(
    "label",
    { class: "w-option" },
    el("input", { type: "radio", name: "can_continue", value }),
    el("span", {}, say(value)),
  );
}

function summary({ doing, can_continue: canContinue, reach }) {
  return el(
    "div",
    { class: "w-shared", "data-testid": "context-shared" },
    said("check", say("shared")),
    el(
      "dl",
      {},
      row("sharedDoing", doing),
      row("sharedContinue", CAN_CONTINUE.includes(canContinue) && say(canContinue)),
      row("sharedReach", reach),
    ),
  );
}

function row(label, value) {
  return value ? el("div", {}, el("dt", {}, say(label)), el("dd", {}, value)) : null;
}
