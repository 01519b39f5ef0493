// Who else is at a ticket: shown on its page and on its row, and told to the others about oneself.

const EVERY = 10000; // milliseconds between two signs that somebody is still here
const TYPING = 5000; // not told more often than this

export function showPresence(page) {
  const root = page.documentElement;
  let there = [];
  const show = () => showAll(page, there);
  root.addEventListener("hypercare:presence", ({ detail }) => {
    there = detail;
    show();
  });
  root.addEventListener("hypercare:fresh", show);
  tellOfOneself(page);
}

function showAll(page, there) {
  const ticket = page.querySelector("[data-ticket]")?.dataset.ticket;
  const line = page.querySelector("[data-there]");
  if (line) setWords(line, there.filter((one) => one.ticket === ticket).map((one) => one.words).join(" · "));
  for (const spot of page.querySelectorAll("[data-row-there]")) {
    const here = there.filter((one) => one.ticket === spot.dataset.rowThere);
    setWords(spot, here.length ? here[0].words + (here.length > 1 ? ` +${here.length - 1}` : "") : "");
    spot.classList.toggle("is-typing", here.some((one) => one.doing !== "looking"));
  }
}

function setWords(element, words) {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}

function tellOfOneself(page) {
  const ticket = page.querySelector("[data-ticket]")?.dataset.ticket;
  const csrf = page.querySelector("input[name=csrf]")?.value;
  if (!ticket || !csrf || page.documentElement.dataset.live !== "desk") return;
  const address = `/desk/tickets/${ticket}/presence`;
  const body = (doing) => new URLSearchParams(doing ? { csrf, doing } : { csrf });
  const tell = (doing) => fetch(address, { method: "POST", body: body(doing) }).catch(() => {});
  let typed = 0;
  const look = () => !page.hidden && Date.now() - typed > TYPING && tell("looking");
  look();
  setInterval(look, EVERY);
  page.addEventListener("visibilitychange", () => (page.hidden ? tell("") : look()));
  window.addEventListener("pagehide", () => navigator.sendBeacon(address, body("")));
  page.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-composer-text]") || !target.value || Date.now() - typed < TYPING) return;
    typed = Date.now();
    tell(new FormData(target.form).get("kind") === "note" ? "noting" : "replying");
  });
}
