// Follows a rehearsal that runs: how far it is, and its result as soon as there is one.

const EVERY = 1500; // milliseconds
const SLOWEST = 20000;

export function followRehearsal(page) {
  if (page.querySelector("[data-running]")) look(page, EVERY);
}

function look(page, wait) {
  setTimeout(async () => {
    if (page.hidden) return look(page, wait);
    const newer = await load();
    if (!newer) return look(page, Math.min(wait * 2, SLOWEST));
    const running = newer.querySelector("[data-running]");
    if (!running) return location.reload();
    page.querySelector("[data-running]").replaceWith(page.importNode(running, true));
    look(page, EVERY);
  }, wait);
}

async function load() {
  try {
    const response = await fetch(location.href, { headers: { "X-Fresh": "1" }, credentials: "same-origin" });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null; // the connection is away: ask again, less often
  }
}
