// Keeps the marked parts of a page up to date: asks for the same page again and swaps what changed.
// Nothing is swapped under somebody's hands, and a lost connection is said and heals by itself.

const EVERY = 10000; // milliseconds
const SLOWEST = 60000;
const AT_LEAST = 10000; // between two looks because of something that this page only counts

export function keepFresh(page) {
  if (!page.querySelector("[data-fresh]")) return;
  standAtTicket(page);
  const isLive = page.documentElement.dataset.live === "desk";
  let wait = isLive ? SLOWEST : EVERY;
  const look = async () => {
    if (!page.hidden) wait = (await refresh(page)) && !isLive ? EVERY : Math.min(wait * 2, SLOWEST);
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
  page.documentElement.addEventListener("hypercare:changed", ({ detail }) => hear(page, detail));
}

// A refused form is shown at the address it was sent to, which answers no look and sends again at a
// reload: the ticket goes on at its own.
function standAtTicket(page) {
  const ticket = page.querySelector("[data-ticket]")?.dataset.ticket;
  const own = `/desk/tickets/${ticket}`;
  if (ticket && location.pathname !== own) history.replaceState(null, "", own);
}

// A ticket's own page follows at once. Others only count what happened, so they take their time.
function hear(page, { events, refresh: all }) {
  const ticket = page.querySelector("[data-ticket]")?.dataset.ticket;
  if (all || (ticket && events.some((event) => event.ticket === ticket))) return refreshNow(page);
  if (ticket || page.querySelector("[data-place]")) return;
  later ??= setTimeout(() => {
    later = null;
    refreshNow(page);
  }, AT_LEAST);
}

let later = null;
let looking = null;
let isAskedAgain = false;

// However much happens meanwhile, one look is on the way and one more follows it.
export async function refreshNow(page) {
  if (looking) return (isAskedAgain = true);
  looking = refresh(page);
  await looking;
  looking = null;
  if (!isAskedAgain) return true;
  isAskedAgain = false;
  return refreshNow(page);
}

async function refresh(page) {
  try {
    const response = await fetch(location.href, { headers: { "X-Fresh": "1" }, credentials: "same-origin" });
    // Signed out meanwhile: leave the page as it is; the next click leads to the door.
    if (response.redirected || !response.ok) return sayStale(page, response.status >= 500);
    swapAll(page, new DOMParser().parseFromString(await response.text(), "text/html"));
    return sayStale(page, false);
  } catch {
    return sayStale(page, true);
  }
}

function swapAll(page, newer) {
  for (const old of page.querySelectorAll("[data-fresh]")) {
    const fresh = newer.querySelector(`[data-fresh="${CSS.escape(old.dataset.fresh)}"]`);
    if (fresh && !inUse(old, page) && !isSame(old, fresh)) swap(page, old, fresh);
  }
  keepSeen(page, newer);
  page.documentElement.dispatchEvent(new CustomEvent("hypercare:fresh", { bubbles: true }));
}

// Whoever has not begun to write has seen what is there now. Whoever has is told, and says so.
function keepSeen(page, newer) {
  const form = page.querySelector("[data-composer]");
  const fresh = newer.querySelector("[data-composer]");
  if (!form || !fresh) return;
  const take = () => {
    for (const name of ["seen", "holder"]) form.elements[name].value = fresh.elements[name].value;
    form.querySelector("[data-newer]").hidden = true;
  };
  const isNew = ["seen", "holder"].some((name) => form.elements[name].value !== fresh.elements[name].value);
  if (!isNew) return;
  if (!form.querySelector("[data-composer-text]").value.trim()) return take();
  form.querySelector("[data-newer]").hidden = false;
  form.querySelector("[data-newer-read]").onclick = take;
}

// Whoever stands on a row with the keyboard stands on the same row afterwards.
function swap(page, old, fresh) {
  if (old.dataset.fresh === "thread") return grow(page, old, fresh);
  const here = old.contains(page.activeElement) ? page.activeElement.getAttribute("href") : null;
  old.replaceWith(page.adoptNode(fresh));
  if (here) page.querySelector(`.row-link[href="${CSS.escape(here)}"]`)?.focus();
}

// A thread only gets longer: what stands there stays, so that nothing selected or unfolded is lost,
// and only what is new is read out. A message that changed is put in the place of the old one.
function grow(page, old, fresh) {
  const list = old.querySelector("ol");
  const known = new Map([...list.children].filter((each) => each.id).map((each) => [each.id, each]));
  let last = null;
  for (const each of [...fresh.querySelector("ol").children]) {
    const there = each.id ? known.get(each.id) : null;
    if (!there && each.id) last ? last.after(page.adoptNode(each)) : list.prepend(page.adoptNode(each));
    else if (there && withoutTimes(there) !== withoutTimes(each) && !inUse(there, page)) there.replaceWith(page.adoptNode(each));
    last = each.id ? page.getElementById(each.id) : last;
  }
}

// Focus, an open fold, a ticked box or an open explanation: somebody is at work here.
function inUse(part, page) {
  const here = page.activeElement;
  if (part.contains(here) && !here.matches(".row-link")) return true;
  return Boolean(part.querySelector("details[open], :popover-open, input:checked:not([type=radio])"));
}

// Times tell the same story with other words each minute, so they are left out of the comparison.
function isSame(one, other) {
  return withoutTimes(one) === withoutTimes(other);
}

function withoutTimes(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("time, input[name=csrf]").forEach((each) => each.remove());
  return copy.textContent.replace(/\s+/g, " ");
}

// Where the desk's stream is heard, it is the one to say that the connection is lost.
function sayStale(page, isStale) {
  if (page.documentElement.dataset.live === "desk") return !isStale;
  let bar = page.querySelector(".stale");
  if (!isStale) bar?.remove();
  else if (!bar) {
    bar = Object.assign(page.createElement("div"), { className: "banner banner-warn stale" });
    bar.setAttribute("role", "status");
    bar.textContent = "Connection lost. Nothing is lost; trying again.";
    page.body.append(bar);
  }
  return !isStale;
}
