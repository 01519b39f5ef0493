/** After a ticket is resolved: five marks with words, a note, and a way to begin anew. */
import { button, el, fill, focusOn } from "./dom.js";
import { icon } from "./icons.js";
import { said } from "./helpful.js";
import { say } from "./strings.js";

const SCORES = [1, 2, 3, 4, 5];

export class Rating {
  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {() => void} onStartNew
   */
  constructor(conversation, onStartNew) {
    this.conversation = conversation;
    this.onStartNew = onStartNew;
    const label = { "data-testid": "rating", "aria-label": say("rateAsk") };
    this.node = el("section", { class: "w-rating", ...label });
    this.isRated = null;
  }

  update(isRated) {
    if (this.isRated === isRated) return;
    this.isRated = isRated;
    fill(this.node, isRated ? said("check", say("rated")) : this.#form(), this.#startNew());
  }

  #form() {
    this.problem = el("p", { class: "w-problem", role: "alert" });
    this.chosen = el("p", { class: "w-score-words", "aria-live": "polite" });
    return el(
      "form",
      { class: "w-form", onsubmit: (event) => this.#submit(event) },
      el("h2", {}, say("rateAsk")),
      el("p", { class: "w-quiet" }, say("rateMore")),
      el("div", { class: "w-score" }, this.#stars(), this.chosen),
      el("label", { for: "rating-note" }, say("rateNote")),
      el("textarea", { id: "rating-note", name: "note", class: "w-field", rows: 2 }),
      this.problem,
      el("button", { type: "submit", class: "w-button is-main", disabled: true }, say("send")),
    );
  }

  #stars() {
    const stars = SCORES.map((score) => this.#star(score));
    return el("div", { class: "w-stars", role: "radiogroup", "aria-label": say("rateAsk") }, stars);
  }

  #star(score) {
    const onchange = (event) => this.#mark(event, score);
    return el(
      "label",
      { class: "w-star", title: say(`score${score}`) },
      el("input", { type: "radio", name: "score", value: score, onchange }),
      icon("star", "l"),
      el("span", { class: "w-hidden" }, say(`score${score}`)),
    );
  }

  #mark({ target: { form } }, score) {
    this.chosen.textContent = say(`score${score}`);
    form.querySelectorAll(".w-star").forEach((star, place) => {
      star.classList.toggle("is-on", place < score);
    });
    form.querySelector("[type=submit]").disabled = false;
  }

  #startNew() {
    return button(this.onStartNew, {}, say("startNew"));
  }

  async #submit(event) {
    event.preventDefault();
    const { score, note } = Object.fromEntries(new FormData(event.target));
    try {
      await this.conversation.rate(Number(score), note.trim());
      this.update(true);
      focusOn(this.node.firstElementChild);
    } catch (error) {
      this.problem.textContent = error.status ? error.message : say("notRecorded");
    }
  }
}
