// Forms that save a click: filters apply when changed, a form is sent once, drafts are kept.

const KEEP = "hypercare-draft-";

export function easeForms(page) {
  page.querySelectorAll("form").forEach(easeFilter);
  page.addEventListener("submit", (event) => sendOnce(event.target, event));
  page.querySelectorAll("[data-draft]").forEach(keepDraft);
  page.querySelectorAll("[data-toast]").forEach((toast) => setTimeout(() => toast.remove(), Number(toast.dataset.toast) || 6000));
}

// The button stays for those who tab to it without a script; with one, a choice is enough.
function easeFilter(form) {
  const button = form.querySelector("[data-auto-submit]");
  if (!button) return;
  button.hidden = true;
  form.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=search]")) form.requestSubmit();
  });
}

// Two quick clicks are one wish. The button comes back when the page is shown again from history.
function sendOnce(form, event) {
  if (form.method === "get") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  setTimeout(() => delete form.dataset.sent, 8000);
}

// A draft comes back as what it was: a note stays a note, and what began with an approved text
// still says so. Words alone, put back into a reply, could reach the wrong reader.
// What was sent is kept until it stands in the thread: behind a closed door nothing is lost.
function keepDraft(box) {
  const name = KEEP + box.dataset.draft;
  const keep = (isSent) => sessionStorage.setItem(name, JSON.stringify({ ...draftOf(box), isSent }));
  try {
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
    if (isSaid(kept?.text)) sessionStorage.removeItem(name);
    else if (!box.value || kept?.isSent) restoreDraft(box, kept);
    box.form.addEventListener("input", () => keep(false));
    box.form.addEventListener("submit", () => keep(true));
  } catch {
    // Storage is denied: the draft lives as long as the page, which is what people expect then.
  }
}

function isSaid(text) {
  const plain = (words) => words.replace(/\s+/g, " ").trim();
  return Boolean(text) && [...document.querySelectorAll(".bubble .lines")].some((said) => plain(said.textContent) === plain(text));
}

function draftOf(box) {
  const form = new FormData(box.form);
  const kept = ["kind", "suggestion_entry", "suggestion_version"];
  return { text: box.value, ...Object.fromEntries(kept.map((each) => [each, form.get(each)])) };
}

function restoreDraft(box, draft) {
  if (!draft?.text) return;
  box.value = draft.text;
  const { elements } = box.form;
  for (const each of ["kind", "suggestion_entry", "suggestion_version"]) {
    if (draft[each] && elements[each]) elements[each].value = draft[each];
  }
  const deviates = box.form.querySelector("[data-deviates]");
  if (deviates) deviates.hidden = !draft.suggestion_entry;
}
