// Says when the desk is not live: what is seen, as of when, and that nothing is lost.

const WORDS = {
  lost: (at) => `Reconnecting… What you see is as of ${at}. Nothing is lost.`,
  over: () => "You are signed out here. Sign in again to go on.",
};

export function sayConnection(page) {
  page.documentElement.addEventListener("hypercare:connection", ({ detail }) => {
    const at = clockTime(detail.asOf, page.documentElement.dataset.zone);
    showBar(page, WORDS[detail.state]?.(at));
    for (const mark of page.querySelectorAll("[data-as-of]")) {
      mark.hidden = detail.state === "live";
      mark.textContent = `as of ${at}`;
    }
  });
}

function showBar(page, words) {
  let bar = page.querySelector(".stale");
  if (!words) return bar?.remove();
  if (!bar) {
    bar = Object.assign(page.createElement("div"), { className: "banner banner-warn stale" });
    bar.setAttribute("role", "status");
    page.body.append(bar);
  }
  bar.textContent = words;
}

function clockTime(at, zone) {
  const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", format).format(at);
}
