// The desk: insert a suggestion into the reply, count what is selected, look at the newest message.

export function easeDesk(page) {
  // Heard on the page, because the suggestion itself is swapped when a newer one arrives.
  page.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-insert]");
    if (insert) insertSuggestion(page, insert, event);
    const drafted = event.target.closest("[data-use-draft]");
    if (drafted) useDraft(page, drafted, event);
  });
  page.addEventListener("change", () => countSelected(page));
  countSelected(page);
  lookAtNewest(page);
}

// A ticket opens where the talk is: at what came since the last look, else at the last message.
function lookAtNewest(page) {
  if (location.hash || window.scrollY > 0) return;
  const newest = page.querySelector(".thread-new") ?? [...page.querySelectorAll(".bubble")].pop();
  newest?.scrollIntoView({ block: "start" });
}

function insertSuggestion(page, link, event) {
  const box = page.querySelector("[data-composer-text]");
  const text = page.querySelector("[data-suggestion-text]");
  if (!box || !text) return;
  event.preventDefault();
  turnToReply(box);
  box.form.querySelector("[data-inserted-entry]").value = link.dataset.entry;
  box.form.querySelector("[data-inserted-version]").value = link.dataset.version;
  page.querySelector("[data-deviates]").hidden = false;
  const approved = text.textContent.trim();
  if (!box.value.includes(approved)) put(box, [approved, box.value.trim()]);
  box.focus();
  box.setSelectionRange(0, 0);
}

// By the same event as a click on it, so that words of a note are kept apart and never sent.
function turnToReply(box) {
  const reply = box.form.querySelector("[value=reply]");
  if (!reply.checked) reply.click();
}

function put(box, texts) {
  box.value = texts.filter(Boolean).join("\n\n");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// What the model drafted comes after what stands there already: nobody's words are lost.
function useDraft(page, link, event) {
  const box = page.querySelector("[data-composer-text]");
  if (!box) return;
  event.preventDefault();
  turnToReply(box);
  put(box, [box.value.trim(), link.dataset.text]);
  box.focus();
}

function countSelected(page) {
  const words = page.querySelector("[data-bulk-count]");
  if (!words) return;
  const count = page.querySelectorAll(".row-select:checked").length;
  words.textContent = count === 1 ? "1 ticket:" : `${count} tickets:`;
  const all = page.querySelector("[data-select-all]");
  if (all) all.checked = count > 0 && count === page.querySelectorAll(".row-select").length;
}
