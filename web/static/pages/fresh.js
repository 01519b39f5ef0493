// Keeps the marked parts of a page up to date: asks for the same page again and swaps what changed.
// Nothing is swapped under somebody's hands, and a lost connection is said and heals by itself.

const EVERY = 10000; // milliseconds
const SLOWEST = 60000;

export function keepFresh(page) {
  if (!page.querySelector("[data-fresh]")) return;
  let wait = EVERY;
  const look = async () => {
    if (!page.hidden) wait = (await refresh(page)) ? EVERY : Math.min(wait * 2, SLOWEST);
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
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
  page.documentElement.dispatchEvent(new CustomEvent("hypercare:fresh", { bubbles: true }));
}

// Whoever stands on a row with the keyboard stands on the same row afterwards.
function swap(page, old, fresh) {
  const here = old.contains(page.activeElement) ? page.activeElement.getAttribute("href") : null;
  old.replaceWith(page.adoptNode(fresh));
  if (here) page.querySelector(`.row-link[href="${CSS.escape(here)}"]`)?.focus();
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

function sayStale(page, isStale) {
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
