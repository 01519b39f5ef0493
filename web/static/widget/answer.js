/**
 * An approved answer as a card: verdict first, then why now, what to do, whether one can go on
 * and when the next update comes. The words are the approved ones, character for character; only
 * the small labels around them are ours.
 */
import { date } from "./clock.js";
import { el, prose } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./strings.js";

/** How each verdict looks and reads: an icon, a tone and a word, never a colour alone. */
const VERDICTS = Object.freeze({
  expected: { tone: "good", drawing: "tick", words: "verdictExpected" },
  "known-issue": { tone: "warn", drawing: "wrench", words: "verdictKnownIssue" },
  "not-expected": { tone: "bad", drawing: "alert", words: "verdictNotExpected" },
  information: { tone: "info", drawing: "info", words: null },
});

const SECTIONS = Object.freeze([
  ["answer", null],
  ["why_now", "whyNow"],
  ["what_to_do", "whatToDo"],
  ["safe_to_continue", "safeToContinue"],
  ["next_update", "nextUpdate"],
]);

/**
 * The card of one answer, without the question whether it helped.
 * @param {object} answer  as the server sends it
 * @param {string} helpPage  address of this launch's help page
 */
export function answerCard(answer, helpPage) {
  const verdict = VERDICTS[answer.verdict] ?? VERDICTS.information;
  const withdrawn = isWithdrawn(answer);
  return el(
    "article",
    {
      class: `w-answer is-${verdict.tone}${withdrawn ? " is-withdrawn" : ""}`,
      "data-testid": "answer",
      "data-entry": answer.entry,
      "data-version": answer.version,
      "aria-label": say(withdrawn ? "withdrawn" : "approved"),
    },
    withdrawn && withdrawnLine(),
    heading(answer, verdict),
    el("div", { class: "w-answer-body" }, body(answer)),
    source(answer, helpPage),
  );
}

/** Whether this answer was recalled after it was sent. */
export function isWithdrawn(answer) {
  return Boolean(answer.recalled_at);
}

/** "Approved answer · checked by the team on 18 November 2026" */
export function approvedLine(answer) {
  const checked = answer.approved_at
    ? say("checked", { date: date(answer.approved_at) })
    : say("checkedPlain");
  return el(
    "p",
    { class: "w-label", "data-testid": "approved-label" },
    icon("shield", "s"),
    el("span", {}, el("strong", {}, say("approved")), ` · ${checked}`),
  );
}

/** "Withdrawn. Please do not rely on this answer." */
export function withdrawnLine() {
  return el("p", { class: "w-withdrawn", role: "note" }, icon("struck", "s"), say("withdrawn"));
}

function heading(answer, verdict) {
  const words = verdictWords(answer, verdict);
  return el(
    "header",
    { class: "w-verdict" },
    icon(verdict.drawing, "l"),
    el(
      "div",
      {},
      el("h2", { class: "w-verdict-words", "data-testid": "verdict" }, words ?? answer.title),
      words && answer.title && el("p", { class: "w-answer-title" }, answer.title),
    ),
  );
}

/** The approved text begins with its verdict: what stands before the first part. */
function verdictWords(answer, verdict) {
  if (!verdict.words) return null;
  const [first] = SECTIONS.map(([part]) => answer.parts?.[part]).filter(Boolean);
  const before = first ? (answer.text ?? "").split(first)[0].trim() : "";
  return before || say(verdict.words);
}

function body(answer) {
  const parts = SECTIONS.filter(([part]) => answer.parts?.[part]);
  // The parts must be the approved text cut in pieces. Should they ever not be, the text counts.
  if (!parts.length || !parts.every(([part]) => agrees(answer, part))) {
    return el("p", { class: "w-approved" }, prose(answer.text ?? ""));
  }
  return parts.map(([part, label]) => section(part, label, answer.parts[part]));
}

function agrees({ text, parts }, part) {
  return text === undefined || plain(text).includes(plain(parts[part]));
}

function plain(text) {
  return text.replace(/\s+/g, " ").trim();
}

function section(part, label, words) {
  const saysItself = label && words.toLowerCase().startsWith(say(label).toLowerCase());
  return el(
    "section",
    { class: `w-part w-part-${part}`, "data-part": part },
    label && !saysItself && el("h3", { class: "w-part-label" }, say(label)),
    el("p", { class: "w-approved" }, prose(words)),
  );
}

/** What stands behind the answer, opened in place. */
function source(answer, helpPage) {
  const address = `${helpPage}/${encodeURIComponent(answer.entry)}`;
  const { version, sha256 = "" } = answer;
  const mark = sha256.slice(0, 12);
  return el(
    "details",
    { class: "w-source" },
    el("summary", {}, icon("next", "s"), say("source")),
    el("p", {}, say("sourceQuestion"), " “", answer.title, "”"),
    el("p", { class: "w-mono", title: answer.sha256 }, say("sourceVersion", { version, mark })),
    el(
      "a",
      { href: address, target: "_blank", rel: "noopener" },
      say("sourceLink"),
      icon("outside", "s"),
      el("span", { class: "w-hidden" }, say("newTab")),
    ),
  );
}
