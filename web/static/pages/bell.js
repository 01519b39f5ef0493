// How many notices are unread, beside the bell on every page of the desk, as it changes.

export function ringBell(page) {
  const root = page.documentElement;
  root.addEventListener("hypercare:notices", ({ detail }) => show(page, detail.unread));
}

function show(page, unread) {
  const link = page.querySelector('.nav a[href="/notices"]');
  const old = link?.querySelector(".count");
  if (!link || unread === null || Number(old?.firstChild.data ?? 0) === unread) return;
  old?.remove();
  if (unread) link.append(counted(page, unread));
}

// The words as the server draws them: what is seen and what is heard stay the same.
function counted(page, unread) {
  const count = Object.assign(page.createElement("span"), { className: "count count-told" });
  count.dataset.fresh = "nav-notices";
  const heard = Object.assign(page.createElement("span"), { className: "heard", textContent: " not read" });
  count.append(String(unread), heard);
  return count;
}
