// Forms that save a click: filters apply when changed, a form is sent once.

export function easeForms(page) {
  page.querySelectorAll("form").forEach(easeFilter);
  page.addEventListener("submit", (event) => sendOnce(event.target, event));
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
