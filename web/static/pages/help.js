// Search as you type on the help page: every word typed must begin a word of the entry.

export function searchHelp(page) {
  const box = page.querySelector("[data-help-search]");
  const list = page.querySelector("[data-help-list]");
  if (!box || !list) return;
  // After a search on the server the list is already narrowed: typing anew asks the server again.
  if (box.value) return;
  box.addEventListener("input", () => narrow(page, list, wordsOf(box.value)));
}

function narrow(page, list, wanted) {
  let found = 0;
  for (const category of list.querySelectorAll("[data-help-category]")) {
    let here = 0;
    for (const entry of category.querySelectorAll("[data-help-words]")) {
      entry.hidden = !holds(entry.dataset.helpWords, wanted);
      if (!entry.hidden) here += 1;
    }
    category.hidden = here === 0;
    found += here;
  }
  page.querySelector("[data-help-none]").hidden = found > 0;
  const words = found === 1 ? "1 answer" : `${found} answers`;
  page.querySelector("[data-help-found]").textContent = wanted.length ? words : "";
}

export function wordsOf(text) {
  return text.toLowerCase().normalize("NFKC").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function holds(text, wanted) {
  const words = wordsOf(text);
  return wanted.every((start) => words.some((word) => word.startsWith(start)));
}
