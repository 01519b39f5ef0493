// Drafts are kept on the server while they are typed, a reply and a note apart, so that a reload, a
// crash or another device brings them back. This tab has a copy too: a reload may be quicker than
// the server, and behind a closed door nothing is kept there. The newer of both stands in the box.

const AFTER = 700; // milliseconds without a key
const KEEP = "hypercare-draft-";
const KNOWN = 4; // the last texts that a tab gave or got, by which it knows its own older words again
const AT_ONCE = 60000; // characters; browsers send no more for a page that is being left

export function keepDrafts(page) {
  const box = page.querySelector("[data-draft-at]");
  if (!box) return;
  const { form } = box;
  const texts = { reply: box.dataset.draftReply, note: box.dataset.draftNote };
  const known = { reply: [words(texts.reply)], note: [words(texts.note)] };
  const ahead = Date.parse(page.documentElement.dataset.now) - Date.now();
  const desk = { box, form, texts, known, ahead, name: KEEP + box.dataset.draft, timer: 0 };
  bringBack(desk);
  desk.kind = kindOf(form);
  form.addEventListener("input", ({ target }) => (target.name === "kind" ? turn(desk) : typed(desk)));
  form.addEventListener("submit", () => sent(desk));
  page.addEventListener("visibilitychange", () => page.hidden && desk.isDirty && save(desk));
  window.addEventListener("pagehide", () => leave(desk));
  window.addEventListener("pageshow", ({ persisted }) => persisted && (desk.isSent = false));
}

function kindOf(form) {
  return new FormData(form).get("kind");
}

function typed(desk) {
  desk.isDirty = true;
  remember(desk);
  clearTimeout(desk.timer);
  desk.timer = setTimeout(() => save(desk), AFTER);
}

// What was sent is kept until it stands in the thread.
function sent(desk) {
  clearTimeout(desk.timer);
  desk.request?.abort();
  desk.isSent = true;
  remember(desk, { isSent: true });
}

function leave(desk) {
  if (desk.isSent || !desk.isDirty) return;
  desk.request?.abort(); // an older text that is still on its way must not come after this one
  navigator.sendBeacon(desk.box.dataset.draftAt, bodyOf(desk));
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
  remember(desk);
}

async function save(desk) {
  clearTimeout(desk.timer);
  desk.request?.abort();
  desk.request = new AbortController();
  desk.isDirty = false;
  const { signal } = desk.request;
  const { kind } = desk;
  const body = bodyOf(desk);
  remember(desk);
  try {
    const keepalive = body.toString().length < AT_ONCE;
    const answer = await fetch(desk.box.dataset.draftAt, { method: "POST", body, signal, keepalive });
    if (!answer.ok || answer.redirected) throw new Error("not kept");
    if (!desk.isDirty && !desk.isSent && desk.kind === kind) remember(desk, { isSaved: true });
  } catch {
    desk.isDirty ||= !desk.isSent; // tried again with the next key, or when the page is left
  }
}

function bodyOf(desk) {
  const body = new URLSearchParams(new FormData(desk.form));
  body.set("kind", desk.kind);
  const known = desk.known[desk.kind];
  known.push(words(desk.box.value));
  known.splice(0, known.length - KNOWN);
  return body;
}

// A draft comes back as what it was: a note stays a note, and what began with an approved text
// still says so. Words alone, put back into a reply, could reach the wrong reader.
function remember(desk, state = {}) {
  const form = new FormData(desk.form);
  const began = Object.fromEntries(["suggestion_entry", "suggestion_version"].map((each) => [each, form.get(each)]));
  const copy = { text: desk.box.value, kind: desk.kind, ...began, known: desk.known[desk.kind], at: Date.now() + desk.ahead, ...state };
  try {
    sessionStorage.setItem(desk.name, JSON.stringify(copy));
  } catch {
    // Storage is denied or full: the server alone keeps it.
  }
}

function bringBack(desk) {
  const kept = keptHere(desk.name);
  if (typeof kept?.text !== "string") return;
  if (isSaid(kept.text)) return sessionStorage.removeItem(desk.name);
  desk.known[kept.kind]?.unshift(...(kept.known ?? []));
  if (!kept.isSent && !isNewer(desk, kept)) return;
  putBack(desk, kept);
  if (!kept.isSent) desk.timer = setTimeout(() => save(desk), AFTER);
}

function keptHere(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

// Clocks alone cannot tell what is a second apart: what the server has may be this tab's own older
// words. Only what was typed elsewhere meanwhile is told by its time.
function isNewer({ box, form, texts }, kept) {
  const there = words(texts[kept.kind]);
  const isThePages = box.value && words(box.value) !== words(texts[kindOf(form)]);
  if (kept.isSaved || isThePages || there === words(kept.text)) return false;
  return !box.value || kept.known?.includes(there) || kept.at > Date.parse(box.dataset[`draft${kept.kind === "note" ? "Note" : "Reply"}At`]);
}

function putBack({ box, form }, draft) {
  box.value = draft.text;
  const { elements } = form;
  for (const each of ["kind", "suggestion_entry", "suggestion_version"]) {
    if (draft[each] && elements[each]) elements[each].value = draft[each];
  }
  const deviates = form.querySelector("[data-deviates]");
  if (deviates) deviates.hidden = !draft.suggestion_entry;
}

function isSaid(text) {
  return Boolean(plain(text)) && [...document.querySelectorAll(".bubble .lines")].some((said) => plain(said.textContent) === plain(text));
}

// As the server keeps it.
function words(text) {
  return (text ?? "").replace(/\r\n?/g, "\n").trim();
}

function plain(text) {
  return (text ?? "").replace(/\s+/g, " ").trim();
}
