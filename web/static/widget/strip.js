/** One line above the log that stays: which ticket, who has it, what comes next by when. */
import { ticker } from "./clock.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";
import { dueWords, holder, nextPromise } from "./ticket.js";

export class Strip {
  constructor() {
    this.node = el("div", {
      class: "w-strip",
      role: "status",
      "data-testid": "ticket-strip",
      hidden: true,
    });
  }

  /** @param {object|null} ticket @param {boolean} isResolved */
  update(ticket, isResolved) {
    this.node.hidden = !ticket;
    if (!ticket) return;
    const due = isResolved ? null : nextPromise(ticket);
    const shown = JSON.stringify([ticket.number, holder(ticket), isResolved, due]);
    if (shown === this.shown) return;
    this.shown = shown;
    const words = el("span", {}, stripWords(ticket, isResolved));
    fill(this.node, icon(isResolved ? "check" : "person", "s"), words, due && dueLine(due));
  }
}

function stripWords(ticket, isResolved) {
  const { number } = ticket;
  const name = holder(ticket);
  if (isResolved) return say("stripResolved", { number });
  return name ? say("stripOwner", { number, name }) : say("stripTeam", { number });
}

function dueLine({ kind, due_at: due }) {
  const left = ticker(due, () => dueWords(due));
  return el("span", { class: "w-strip-due" }, `${say(kind)} `, left);
}
