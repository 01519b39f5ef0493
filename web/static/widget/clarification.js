/** "Did you mean…": at most three approved titles with their condition, and "None of these". */
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

const MOST = 3;

/**
 * @param {import("./transcript.js").Entry} entry  `choice` once one was made; `isAnswered` once
 *   the conversation has moved on
 * @param {(option: object|null) => void} onChoose
 * @returns {HTMLElement|null} null when there is nothing to choose from
 */
export function clarificationCard(entry, onChoose) {
  const options = (entry.clarification.options ?? []).slice(0, MOST);
  if (!options.length) return null;
  const isSettled = Boolean(entry.isOver || entry.choice || entry.isAnswered);
  const rows = options.map((option) => choice(option, entry, isSettled, onChoose));
  return el(
    "section",
    { class: "w-clarification", "data-testid": "clarification", "aria-label": say("didYouMean") },
    el("h2", { class: "w-clarification-ask" }, entry.text || say("didYouMean")),
    el("ul", {}, [...rows, none(entry, isSettled, onChoose)].map((row) => el("li", {}, row))),
  );
}

function choice(option, entry, isSettled, onChoose) {
  const isChosen = entry.choice?.entry === option.entry;
  return row(isChosen, isSettled, () => onChoose(option), [
    el("strong", {}, option.title),
    option.applies_when && el("span", { class: "w-quiet" }, condition(option.applies_when)),
  ]);
}

function none(entry, isSettled, onChoose) {
  const isChosen = entry.choice?.entry === null;
  return row(isChosen, isSettled, () => onChoose(null), el("span", {}, say("noneOfThese")));
}

/** The approved condition as it is, with a lead-in where it is not a sentence of its own. */
function condition(words) {
  const readsAlone = /^(if|when|for|only|after|before)\b|^[A-Z]/.test(words);
  return readsAlone ? words : say("appliesWhen", { condition: words });
}

function row(isChosen, isSettled, onclick, content) {
  return el(
    "button",
    { type: "button", class: `w-row${isChosen ? " is-chosen" : ""}`, disabled: isSettled, onclick },
    el("span", { class: "w-row-words" }, content),
    icon(isChosen ? "check" : "next", "s"),
    isChosen && el("span", { class: "w-hidden" }, say("youChose")),
  );
}
