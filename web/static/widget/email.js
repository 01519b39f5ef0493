/** "E-mail me" on the ticket card: where answers go when the page is left, and how that stands. */
import { button, el, fill, focusOn, freshId } from "./dom.js";
import { said } from "./helpful.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

const DRAWINGS = Object.freeze({ asked: "clock", confirmed: "check", wrong: "alert" });
const WORDS = Object.freeze({ asked: "emailAsked", confirmed: "emailOn", wrong: "emailWrong" });

export class EmailMe {
  /** @param {import("./conversation.js").Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    this.node = el("div", { class: "w-email", "data-testid": "email-me" });
    this.shown = null;
  }

  /** @param {{email: string|null, state: string}|null} mail  null: this server sends none */
  update(mail, isClosed) {
    this.node.hidden = !mail || (isClosed && mail.state === "none");
    Object.assign(this, { mail, isClosed });
    if (!mail || (this.isAsking && !isClosed)) return;
    this.isAsking = false;
    this.#show(`${mail.state} ${mail.email} ${isClosed}`, () => this.#state());
  }

  #show(shown, content) {
    if (this.shown === shown) return;
    this.shown = shown;
    const hadFocus = this.node.contains(document.activeElement);
    fill(this.node, content());
    if (hadFocus && this.node.firstElementChild) focusOn(this.node.firstElementChild);
  }

  #state() {
    const { email, state } = this.mail;
    const ask = () => this.#ask();
    if (state === "none") return button(ask, {}, icon("mail", "s"), say("emailMe"));
    const line = said(DRAWINGS[state] ?? "info", say(WORDS[state] ?? "emailAsked", { email }));
    line.dataset.state = state;
    const change = button(ask, {}, say("emailChange"));
    return this.isClosed ? line : [line, change];
  }

  #ask() {
    this.isAsking = true;
    this.#show("asking", () => this.#form());
    this.node.querySelector("input").focus();
  }

  #form() {
    const id = freshId("email");
    this.problem = el("p", { class: "w-problem", role: "alert" });
    return el(
      "form",
      { class: "w-form", novalidate: true, onsubmit: (event) => this.#submit(event) },
      el("label", { for: id }, say("emailWhere")),
      el("input", {
        id,
        name: "email",
        type: "email",
        class: "w-field",
        maxlength: 254,
        autocomplete: "email",
        value: this.mail.email ?? "",
      }),
      el("p", { class: "w-quiet" }, say("emailHow")),
      this.problem,
      el(
        "div",
        { class: "w-choices" },
        el("button", { type: "submit", class: "w-button is-main" }, say("emailMe")),
        button(() => this.#settle(), {}, say("emailNot")),
      ),
    );
  }

  /** Shows how it stands now, and puts the focus where it was. */
  #settle() {
    this.isAsking = false;
    this.update(this.conversation.mail, this.isClosed);
    this.node.querySelector("button")?.focus({ preventScroll: true });
  }

  async #submit(event) {
    event.preventDefault();
    const input = event.target.querySelector("input");
    const email = input.value.trim();
    this.problem.textContent = "";
    try {
      if (!email) return input.focus();
      await this.conversation.emailMe(email);
      this.#settle();
    } catch (error) {
      this.problem.textContent = error.status === 422 ? say("emailNone") : error.message;
      input.focus();
    }
  }
}
