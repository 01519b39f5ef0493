// The preview beside the editor follows what is typed; leaving with unsaved words asks first.

const LINES = ["why_now", "what_to_do", "safe_to_continue", "next_update", "answer"];

export function previewEntry(page) {
  const form = page.querySelector("[data-entry-form]");
  const preview = page.querySelector("[data-preview]");
  if (!form || !preview) return;
  form.addEventListener("input", (event) => {
    show(preview, event.target);
    page.querySelector("[data-unsaved]")?.removeAttribute("hidden");
    form.dataset.unsaved = "yes";
  });
  form.addEventListener("submit", () => delete form.dataset.unsaved);
  window.addEventListener("beforeunload", (event) => {
    if (form.dataset.unsaved) event.preventDefault();
  });
}

function show(preview, field) {
  const part = field.dataset.shows;
  if (part === "question") preview.querySelector("[data-preview-question]").textContent = field.value;
  if (LINES.includes(part)) showLine(preview, part, field.value);
  if (part === "verdict") showVerdict(preview, field);
}

function showLine(preview, part, words) {
  const line = preview.querySelector(`[data-part="${part}"]`);
  if (!line) return;
  line.textContent = words;
  line.closest("[data-box]").hidden = !words.trim();
}

function showVerdict(preview, field) {
  const line = preview.querySelector('[data-part="verdict"]');
  if (!line) return;
  line.hidden = field.value === "information";
  const chosen = field.closest("label").querySelector(".verdict").cloneNode(true);
  chosen.classList.add(`verdict-${field.value}`);
  line.replaceChildren(chosen);
}
