/** Where the customer writes: grows with the text, keeps the draft, sends with Enter. */
import { el, write } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

const LONGEST = 4000; // characters; the server's limit
const NEAR_THE_END = 400; // characters left when the count appears
const TALLEST = 128; // px

export class Composer {
  /**
   * @param {import("./storage.js").Storage} storage
   * @param {(text: string) => void} onSend
   */
  constructor(storage, onSend) {
    this.storage = storage;
    this.onSend = onSend;
    this.field = el("textarea", {
      id: "composer",
      class: "w-composer-field",
      rows: 1,
      placeholder: say("write"),
      "aria-label": say("write"),
      "aria-describedby": "composer-count composer-keys",
      autocomplete: "off",
      enterkeyhint: "send",
      oninput: () => this.#edited(),
      onkeydown: (event) => this.#key(event),
    });
    this.count = el("p", { id: "composer-count", class: "w-composer-count" });
    this.button = el(
      "button",
      { type: "submit", class: "w-send", "aria-label": say("sendMessage"), "data-testid": "send" },
      icon("send"),
    );
    this.node = this.#form();
    this.set(storage.memory.draft);
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Says what is expected here: a first question or the next message. */
  invite(words) {
    if (this.field.placeholder === words) return;
    this.field.placeholder = words;
    this.field.setAttribute("aria-label", words);
  }

  set(text) {
    this.field.value = text;
    this.#edited();
  }

  /** Puts words in without losing what the customer has already written. */
  add(text) {
    const draft = this.field.value.trimEnd();
    this.set(draft ? `${draft}\n${text}` : text);
  }

  #form() {
    return el(
      "form",
      { class: "w-composer", onsubmit: (event) => this.#submit(event) },
      el("div", { class: "w-composer-box" }, this.field, this.button),
      this.count,
      el("p", { id: "composer-keys", class: "w-hidden" }, say("keys")),
    );
  }

  #submit(event) {
    event?.preventDefault();
    const text = this.field.value.trim();
    if (!text || text.length > LONGEST) return;
    this.set("");
    this.focus();
    this.onSend(text);
  }

  #key(event) {
    // While an input method composes, Enter chooses a word (229 is what Safari sends for it).
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #edited() {
    const text = this.field.value;
    const left = LONGEST - text.trim().length;
    this.button.disabled = text.trim() === "" || left < 0;
    this.field.toggleAttribute("aria-invalid", left < 0);
    write(this.count, countWords(left));
    this.count.classList.toggle("is-over", left < 0);
    this.#grow();
    if (this.storage.memory.draft !== text) this.storage.keep({ draft: text });
  }

  /** As tall as its text, up to 128 px; then it scrolls. Also after a hidden field appears. */
  grow() {
    this.#grow();
  }

  #grow() {
    this.field.style.height = "auto";
    if (this.field.scrollHeight === 0) return this.field.style.removeProperty("height");
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
  }
}

function countWords(left) {
  if (left < 0) return say("tooLong", { count: -left });
  return left <= NEAR_THE_END ? say("left", { count: left }) : "";
}
