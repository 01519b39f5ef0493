// The queue's rows and counts change in place: no reload, no lost focus or selection, and nothing
// moves under the pointer. New tickets are announced; while somebody points at the list they wait
// behind a button.
import { refreshNow } from "./fresh.js";

const TOGETHER = 150; // milliseconds in which changes are gathered into one question
const MOST = 50; // rows that are asked for by number; for more the whole page is drawn again

export function keepRows(page) {
  if (!page.querySelector("[data-place]")) return;
  // The list itself may come and go with the first and the last row, so it is looked for each time.
  const queue = { page, wanted: new Map(), waiting: new Map(), isPointed: false };
  Object.defineProperty(queue, "list", { get: () => page.querySelector("[data-queue]") });
  page.addEventListener("pointerover", ({ target }) => (queue.isPointed = Boolean(target.closest?.("[data-queue]"))));
  page.addEventListener("click", ({ target }) => target.closest("[data-rows-new]") && showWaiting(queue));
  page.documentElement.addEventListener("hypercare:changed", ({ detail }) => gather(queue, detail));
}

function gather(queue, { events, refresh }) {
  if (refresh || !queue.list) return refreshNow(queue.page);
  for (const event of events) if (event.ticket) queue.wanted.set(event.ticket, event);
  if (!queue.wanted.size || queue.timer) return;
  // Not everybody in the same moment: whoever asks first draws the rows for all.
  queue.timer = setTimeout(() => look(queue), TOGETHER + Math.random() * TOGETHER);
}

async function look(queue) {
  queue.timer = null;
  const wanted = new Map(queue.wanted);
  queue.wanted.clear();
  if (wanted.size > MOST) return refreshNow(queue.page);
  const asked = new URLSearchParams(location.search);
  asked.set("numbers", [...wanted.keys()].join(","));
  try {
    const response = await fetch(`/desk/rows?${asked}`, { credentials: "same-origin" });
    if (response.status >= 500) throw new Error("asked again");
    if (response.ok && queue.list) apply(queue, await response.json(), wanted);
  } catch {
    // The connection is away, which is said elsewhere; what was missed is asked for afterwards.
    for (const [number, event] of wanted) queue.wanted.set(number, event);
    queue.timer = setTimeout(() => look(queue), 2000);
  }
}

function apply(queue, fresh, wanted) {
  for (const [key, count] of Object.entries(fresh.counts)) setCount(queue.page, key, count);
  for (const [key, count] of Object.entries(fresh.scenarios)) setCount(queue.page, `scenario-${key}`, count);
  const inAll = queue.page.querySelector("[data-fresh=nav-desk]");
  if (inAll) inAll.firstChild.data = fresh.open;
  const opened = [];
  for (const [number, row] of Object.entries(fresh.rows)) {
    const old = queue.list.querySelector(`[data-row="${CSS.escape(number)}"]`);
    if (!row) leave(queue, old, number);
    else if (old) change(queue, old, parsed(queue.page, row.html));
    else if (isFirstPage(queue)) opened.push([number, row]);
  }
  if (opened.length) come(queue, opened, wanted);
  queue.page.documentElement.dispatchEvent(new CustomEvent("hypercare:fresh", { bubbles: true }));
}

function setCount(page, key, count) {
  for (const spot of page.querySelectorAll(`[data-count="${CSS.escape(key)}"]`)) {
    if (spot.textContent !== String(count)) spot.textContent = count;
  }
}

function isFirstPage(queue) {
  return queue.list.dataset.page === "1";
}

function parsed(page, html) {
  return page.adoptNode(new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html").querySelector("li"));
}

function change(queue, old, row) {
  if (old.querySelector(":popover-open")) return;
  const box = old.querySelector(".row-select");
  const focused = old.contains(queue.page.activeElement) ? queue.page.activeElement.className : null;
  if (box?.checked) row.querySelector(".row-select").checked = true;
  const moves = row.dataset.order !== old.dataset.order;
  old.replaceWith(row);
  if (moves && !queue.isPointed && !focused) place(queue, row);
  if (focused) row.querySelector(`.${focused.split(" ")[0]}`)?.focus();
}

// What somebody stands on or has selected stays, marked; the rest goes without a jump of the focus.
function leave(queue, row, number) {
  queue.waiting.delete(number);
  if (!row) return;
  const inUse = row.contains(queue.page.activeElement) || row.querySelector(".row-select:checked");
  if (inUse || queue.isPointed) row.classList.add("row-gone");
  else row.remove();
}

function come(queue, opened, wanted) {
  for (const [number, row] of opened) queue.waiting.set(number, row);
  const born = opened.filter(([number]) => wanted.get(number)?.kind.startsWith("ticket.opened"));
  announce(queue, born.length ? born : [], wanted);
  if (queue.isPointed) sayWaiting(queue);
  else showWaiting(queue);
}

function announce(queue, born, wanted) {
  const spot = queue.page.querySelector("[data-news]");
  if (!spot || !born.length) return;
  const { ticket, severity, subject } = wanted.get(born[0][0]);
  const one = `New ticket ${ticket}, severity ${severity}: ${subject}`;
  spot.textContent = born.length === 1 ? one : `${born.length} new tickets`;
}

function sayWaiting(queue) {
  const button = queue.page.querySelector("[data-rows-new]");
  const count = queue.waiting.size;
  button.hidden = count === 0;
  button.textContent = count === 1 ? "1 ticket more · show" : `${count} tickets more · show`;
}

function showWaiting(queue) {
  for (const { html } of queue.waiting.values()) {
    const row = parsed(queue.page, html);
    if (queue.list.querySelector(`[data-row="${CSS.escape(row.dataset.row)}"]`)) continue;
    row.classList.add("row-come");
    place(queue, row);
  }
  queue.waiting.clear();
  sayWaiting(queue);
  queue.page.documentElement.dispatchEvent(new CustomEvent("hypercare:fresh", { bubbles: true }));
}

function place(queue, row) {
  const rows = [...queue.list.querySelectorAll("[data-row]")].filter((each) => each !== row);
  const { sort } = queue.list.dataset;
  const after = sort === "due" ? rows.find((each) => each.dataset.order > row.dataset.order) : null;
  if (sort === "newest") queue.list.prepend(row);
  else queue.list.insertBefore(row, after ?? null);
}
