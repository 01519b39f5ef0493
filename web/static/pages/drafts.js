// Drafts are kept on the server while they are typed, a reply and a note apart, so that a reload, a
// crash or another device brings them back. In this tab a copy is kept too, for when that fails.

const AFTER = 700; // milliseconds without a key

export function keepDrafts(page) {
  const box = page.querySelector("[data-draft-at]");
  if (!box) return;
  const { form } = box;
  const texts = { reply: box.dataset.draftReply, note: box.dataset.draftNote };
  const desk = { box, form, texts, kind: kindOf(form), timer: 0 };
  form.addEventListener("input", ({ target }) => {
    if (target.name === "kind") return turn(desk);
    clearTimeout(desk.timer);
    desk.timer = setTimeout(() => save(desk), AFTER);
  });
  form.addEventListener("submit", () => {
    clearTimeout(desk.timer);
    desk.request?.abort();
    desk.isSent = true;
  });
  window.addEventListener("pagehide", () => {
    if (!desk.isSent && desk.isDirty) navigator.sendBeacon(box.dataset.draftAt, bodyOf(desk));
  });
  box.addEventListener("input", () => (desk.isDirty = true));
}

function kindOf(form) {
  return new FormData(form).get("kind");
}

// Words typed for colleagues never slip into what the customer reads: each kind has its own text.
function turn(desk) {
  const { box, texts } = desk;
  const to = kindOf(desk.form);
  if (to === desk.kind) return;
  clearTimeout(desk.timer);
  if (desk.isDirty) save(desk);
  texts[desk.kind] = box.value;
  desk.kind = to;
  box.value = texts[to] ?? "";
}

async function save(desk) {
  desk.isDirty = false;
  desk.request = new AbortController();
  const { signal } = desk.request;
  try {
    await fetch(desk.box.dataset.draftAt, { method: "POST", body: bodyOf(desk), signal });
  } catch {
    desk.isDirty = !desk.isSent; // tried again with the next key, or when the page is left
  }
}

function bodyOf(desk) {
  const body = new URLSearchParams(new FormData(desk.form));
  body.set("kind", desk.kind);
  return body;
}
