// Telling many: the number follows what is ticked, the seconds to undo run down, and while something
// is on its way the page looks every second how far it is.

const LOOK = 1000; // milliseconds

export function easeBroadcast(page) {
  page.querySelectorAll("[data-broadcast]").forEach(countTicked);
  if (!page.querySelector("[data-fresh-soon]")) return;
  const ahead = Date.parse(page.documentElement.dataset.now) - Date.now();
  const look = () => {
    page.querySelectorAll("time[data-live=seconds]").forEach((time) => countDown(time, ahead));
    if (!page.querySelector("[data-fresh-soon]")) return clearInterval(timer);
    const detail = { events: [], refresh: true };
    return page.documentElement.dispatchEvent(new CustomEvent("hypercare:changed", { detail }));
  };
  const timer = setInterval(look, LOOK);
  look();
}

function countDown(time, ahead) {
  const left = Math.max(0, Math.ceil((Date.parse(time.dateTime) - Date.now() - ahead) / 1000));
  time.textContent = left === 1 ? "1 second" : `${left} seconds`;
}

function countTicked(form) {
  const count = form.querySelector("[data-broadcast-count]");
  const send = form.querySelector("[data-broadcast-send]");
  if (!count || !send) return;
  form.addEventListener("change", () => {
    const ticked = form.querySelectorAll("[name=told]:checked").length;
    const words = ticked === 1 ? "1 person" : `${ticked} people`;
    count.textContent = words;
    send.disabled = ticked === 0;
    const label = send.querySelector("span");
    if (label.textContent.startsWith("Send")) label.textContent = `Send to ${words}`;
  });
}
