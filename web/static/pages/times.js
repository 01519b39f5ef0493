// Relative times and promise clocks that move on while the page is open.
// The server's clock rules: the page says what time it was there when it was drawn.

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const EVERY = 10000; // milliseconds between two looks
const SKEW = 15; // seconds that a page may be behind the server
const SOON = 0.2; // share of the promised time that is left when a clock turns amber

export function keepTimes(page) {
  const root = page.documentElement;
  if (!root.dataset.now) return;
  const ahead = Date.parse(root.dataset.now) - Date.now();
  const zone = root.dataset.zone || undefined;
  const look = () => showTimes(page, Date.now() + ahead, zone);
  look();
  setInterval(look, EVERY);
  page.addEventListener("hypercare:fresh", look);
}

function showTimes(page, now, zone) {
  for (const time of page.querySelectorAll("time[data-live]")) {
    const at = Date.parse(time.dateTime);
    if (Number.isNaN(at)) continue;
    if (time.dataset.live === "ago") setWords(time, ago((now - at) / 1000) ?? dateIn(at, zone));
    if (time.dataset.live === "left") showClock(time, at, now);
  }
}

function showClock(time, due, now) {
  setWords(time, left((due - now) / 1000));
  const clock = time.closest(".clock");
  if (!clock || !time.dataset.from) return;
  const whole = due - Date.parse(time.dataset.from);
  clock.classList.toggle("clock-over", now > due);
  clock.classList.toggle("clock-soon", now <= due && due - now <= whole * SOON);
  clock.classList.toggle("clock-running", now <= due && due - now > whole * SOON);
}

function setWords(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Null when it is longer ago than a week: then the date says more.
export function ago(seconds) {
  // What came by the stream is younger than the page, whose own time is some seconds behind.
  if (Math.abs(seconds) < MINUTE) return seconds > -SKEW ? "just now" : "in a moment";
  if (seconds >= 7 * DAY) return null;
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

export function left(seconds) {
  return seconds >= 0 ? `${countdown(seconds)} left` : `${countdown(-seconds)} over`;
}

function span(seconds) {
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  const days = Math.floor(seconds / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

function countdown(seconds) {
  if (seconds < MINUTE) return "under 1 min";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  const minutes = String(Math.floor((seconds % HOUR) / MINUTE)).padStart(2, "0");
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${minutes}`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

function dateIn(at, zone) {
  const format = { day: "numeric", month: "short", year: "numeric", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", format).format(at);
}
