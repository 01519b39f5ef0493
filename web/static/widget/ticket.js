/** The ticket card: who has it, since when, and what was promised by when. */
import { ContextForm } from "./context.js";
import { exact, moment, now, ticker, until } from "./clock.js";
import { el, fill } from "./dom.js";
import { EmailMe } from "./email.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

const KINDS = ["acknowledge", "first_response", "next_update", "resolve"];
const NUMBER = Object.freeze({ class: "w-ticket-number", "data-testid": "ticket-number" });
const DRAWINGS = Object.freeze({ 1: "alert", 2: "clock", 3: "info" });

export class TicketCard {
  /** @param {import("./conversation.js").Conversation} conversation */
  constructor(conversation) {
    this.facts = el("div", { "aria-live": "off" });
    this.context = new ContextForm(conversation);
    this.conversation = conversation;
    this.email = new EmailMe(conversation);
    this.node = el(
      "section",
      { class: "w-ticket", "data-testid": "ticket", "aria-label": say("ticket") },
      this.facts,
      this.context.node,
      this.email.node,
    );
  }

  /**
   * @param {object} ticket
   * @param {{isResolved: boolean, isOver: boolean, isNewest: boolean}} situation
   */
  update(ticket, { isResolved, isOver, isNewest }) {
    this.node.dataset.severity = ticket.severity;
    this.node.classList.toggle("is-resolved", isResolved);
    fill(this.facts, facts(ticket, isResolved));
    this.context.update(ticket.context, isResolved || isOver);
    this.email.update(isOver || !isNewest ? null : this.conversation.mail, isResolved);
  }
}

function facts(ticket, isResolved) {
  return [
    heading(ticket, isResolved),
    el("ul", { class: "w-facts" }, owner(ticket, isResolved), acknowledged(ticket), others(ticket)),
    !isResolved && promises(ticket),
  ];
}

function heading({ number, severity, severity_words: words }, isResolved) {
  const drawing = isResolved ? "check" : DRAWINGS[severity] ?? "info";
  return el(
    "header",
    { class: "w-ticket-head" },
    el("h2", NUMBER, `${say("ticket")} ${number}`),
    el(
      "p",
      { class: "w-severity" },
      icon(drawing, "s"),
      isResolved ? say("resolved") : words ?? say("severity", { level: severity }),
    ),
  );
}

function owner(ticket, isResolved) {
  const name = holder(ticket);
  if (isResolved && !name) return null;
  return fact("person", name ? capital(say("owner", { name })) : waits(ticket), "owner");
}

/** Who took it on, by first name; null while it was only given to somebody. */
export function holder({ taken, owner: name }) {
  return taken ? name : null;
}

function waits({ back_at: back }) {
  const isAway = back && Date.parse(back) > now();
  return isAway ? say("ownerBack", { when: moment(back) }) : say("ownerSoon");
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function acknowledged({ acknowledged_at: at }) {
  if (!at) return null;
  const item = fact("check", say("acknowledged", { when: moment(at) }));
  item.title = exact(at);
  return item;
}

function others({ others: count }) {
  if (!count) return null;
  return fact("people", count === 1 ? say("othersOne") : say("others", { count }));
}

function fact(drawing, words, testid = null) {
  return el("li", { "data-testid": testid }, icon(drawing, "s"), el("span", {}, words));
}

function promises(ticket) {
  const rows = (ticket.promises ?? []).filter(isWorthARow);
  if (!rows.length) return null;
  return el("dl", { class: "w-promises", "data-testid": "promises" }, rows.map(promise));
}

/** That it was received stands above already, with its time. */
function isWorthARow({ kind, kept_at: kept }) {
  return KINDS.includes(kind) && !(kind === "acknowledge" && kept);
}

function promise({ kind, due_at: due, kept_at: met, paused }) {
  const said = met ? moment(met) : paused && say("promisePaused");
  const when = said ? el("span", {}, said) : ticker(due, () => dueWords(due));
  return el(
    "div",
    { class: met ? "is-met" : null },
    el("dt", {}, say(kind)),
    el("dd", {}, met && icon("check", "s"), when),
  );
}

/** "by 14:20 · in 12 min"; a promise that was missed is owned up to. */
export function dueWords(due) {
  const left = until(due);
  return left ? `${say("promiseBy", { when: moment(due) })} · ${left}` : say("promiseLate");
}

/** The open promise that is due first, also when that is over; null when none runs. */
export function nextPromise(ticket) {
  const isOpen = (promise) => isWorthARow(promise) && !promise.kept_at && !promise.paused;
  const open = (ticket?.promises ?? []).filter(isOpen);
  return open.sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at))[0] ?? null;
}
