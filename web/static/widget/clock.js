/**
 * Times as people read them. Counting uses the server's clock, because a promise must not look
 * broken to somebody whose own clock is wrong.
 */
import { el, write } from "./dom.js";
import { say } from "./strings.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TOLERATED = 30 * SECOND; // a header has whole seconds and a journey behind it

let ahead = 0; // ms that the server's clock is ahead of ours

/** Learns the server's time from the `Date` header of an answer. */
export function learn(header) {
  const difference = Date.parse(header ?? "") - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) > TOLERATED ? difference : 0;
}

/** The present instant, in milliseconds, by the server's clock. */
export function now() {
  return Date.now() + ahead;
}

const english = navigator.language?.startsWith("en") ? navigator.language : "en-GB";
const clockTime = new Intl.DateTimeFormat(english, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(english, { weekday: "long" });
const calendarDay = new Intl.DateTimeFormat(english, { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat(english, { dateStyle: "medium" });
const everything = new Intl.DateTimeFormat(english, { dateStyle: "full", timeStyle: "long" });

/** "18 Nov 2026" */
export const date = (at) => fullDate.format(new Date(at));

/** The instant with its zone, for a tooltip. */
export const exact = (at) => everything.format(new Date(at));

/** "14:05" */
export const time = (at) => clockTime.format(new Date(at));

/** The calendar day as people say it near today: "Today", "Yesterday", "Monday", "18 Nov". */
export function dayName(at, instant = now()) {
  const days = Math.round((midnight(at) - midnight(instant)) / DAY);
  if (days === 0) return say("today");
  if (days === -1) return say("yesterday");
  return days > 0 && days < 7 ? weekday.format(new Date(at)) : calendarDay.format(new Date(at));
}

/** "14:05" today, otherwise with its day. */
export function moment(at, instant = now()) {
  const sameDay = midnight(at) === midnight(instant);
  return sameDay ? time(at) : say("at", { day: dayName(at, instant), time: time(at) });
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** "12 min ago", in whole units rounded down; older than a day becomes the moment. */
export function ago(at, instant = now()) {
  const passed = instant - Date.parse(at);
  if (passed < MINUTE) return say("now");
  if (passed < 2 * MINUTE) return say("minuteAgo");
  if (passed < HOUR) return say("minutesAgo", { count: Math.floor(passed / MINUTE) });
  if (passed < DAY) return say("hoursAgo", { count: Math.floor(passed / HOUR) });
  return moment(at, instant);
}

/** "in 14 min"; null once the time is past. */
export function until(due, instant = now()) {
  const left = Date.parse(due) - instant;
  if (left <= 0) return null;
  if (left < MINUTE) return say("inMoment");
  if (left < HOUR) return say("inMinutes", { count: Math.floor(left / MINUTE) });
  if (left < 2 * DAY) return say("inHours", hoursAndMinutes(left));
  return say("inDays", { count: Math.floor(left / DAY) });
}

function hoursAndMinutes(left) {
  return { hours: Math.floor(left / HOUR), minutes: Math.floor((left % HOUR) / MINUTE) };
}

/** @type {Set<{node: HTMLElement, words: () => string}>} */
const ticking = new Set();

/**
 * A time element that keeps itself right. It does not speak: a live region around it would read
 * out every passing minute.
 * @param {string} at
 * @param {() => string} words
 * @param {string} [style]
 */
export function ticker(at, words, style = "") {
  const node = el(
    "time",
    { datetime: at, title: exact(at), "aria-live": "off", class: style || null },
    words(),
  );
  ticking.add({ node, words });
  return node;
}

setInterval(() => {
  for (const each of ticking) {
    if (each.node.isConnected) write(each.node, each.words());
    else if (each.wasConnected) ticking.delete(each);
    each.wasConnected ||= each.node.isConnected;
  }
}, SECOND);
