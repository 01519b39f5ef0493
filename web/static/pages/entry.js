// The editor of an answer. While somebody types, the server keeps the words, draws them as customers
// get them, and says how they read and what is close to them. Without a connection the words stay in
// this tab, and nothing is lost by a reload.

import { approvedLine, answerCard } from "../widget/answer.js";

const AFTER = 500; // milliseconds without a key
const KEEP = "hypercare-entry-";
const SENT = "hypercare-sent"; // under which name the words lie that were sent a moment ago
const OWN = ["csrf", "kind", "entry"]; // fields that are the page's, not the author's
const SAYS = {
  typing: "Changes are not saved yet",
  kept: "Kept for you as you typed it; not saved yet",
  away: "No connection. Your words are kept in this tab; leave it open",
  out: "You are signed out. Your words are kept in this tab: sign in in another one, then go on here",
};

export function previewEntry(page) {
  const form = page.querySelector("[data-entry-form]");
  if (!form) return;
  drawCards(page);
  easeBeside(page, form);
  showAgain(page);
  page.addEventListener("click", (event) => put(event, form));
  form.addEventListener("focusin", ({ target }) => (form.lastField = target.matches("textarea") ? target : form.lastField));
  if (!form.dataset.checkAt) return;
  const desk = { page, form, timer: 0, name: KEEP + location.pathname + location.search };
  desk.loaded = bodyOf(form).toString();
  page.querySelector("[data-check]").hidden = true;
  arrive(desk);
  restore(desk);
  form.addEventListener("input", () => typed(desk));
  form.addEventListener("keydown", (event) => submitByKey(event, form));
  form.addEventListener("submit", () => sent(desk));
  for (const discard of page.querySelectorAll("[data-discard]")) discard.addEventListener("submit", () => letGo(desk));
  window.addEventListener("beforeunload", (event) => {
    if (form.dataset.unsaved) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    if (form.dataset.unsaved) navigator.sendBeacon(form.dataset.checkAt, bodyOf(form));
  });
  check(desk);
}

// What was declined stands beside the field in which it was typed.
function showAgain(page) {
  const again = page.querySelector("[data-again]")?.dataset.again;
  if (again) document.getElementById(again)?.showPopover();
}

function bodyOf(form) {
  return new URLSearchParams(new FormData(form));
}

function typed(desk) {
  desk.form.dataset.unsaved = "yes";
  say(desk, "typing");
  holdApproval(desk);
  remember(desk);
  clearTimeout(desk.timer);
  desk.timer = setTimeout(() => check(desk), AFTER);
}

// What is approved is what was submitted: not while other words stand in the form.
function holdApproval(desk) {
  const { page } = desk;
  const note = page.querySelector("[data-unsaved-says]");
  if (!note || page.querySelector(".kept")) return;
  const isOther = !isAsLoaded(desk);
  note.hidden = !isOther;
  for (const button of page.querySelectorAll("[data-needs-saved]")) button.disabled = isOther;
}

function isAsLoaded({ form, loaded }) {
  return bodyOf(form).toString() === loaded;
}

// A slow answer to earlier words never stands beside later ones.
async function check(desk) {
  desk.request?.abort();
  desk.request = new AbortController();
  const { signal } = desk.request;
  const { form } = desk;
  const wasTyped = form.dataset.unsaved;
  const body = bodyOf(form);
  if (!wasTyped) body.set("look", "true");
  try {
    const answer = await fetch(form.dataset.checkAt, { method: "POST", body, headers: { "x-fresh": "1" }, signal });
    const words = await answer.text();
    if (answer.redirected || answer.status === 401) return say(desk, "out");
    if (!answer.ok || !words.includes("data-beside")) return say(desk, "away");
    swap(desk, words);
    if (!wasTyped) return;
    delete form.dataset.unsaved;
    forget(desk.name);
    say(desk, isAsLoaded(desk) ? null : "kept");
  } catch (failure) {
    if (failure.name !== "AbortError" && wasTyped) say(desk, "away");
  }
}

function say({ page }, what) {
  const line = page.querySelector("[data-says]");
  if (!line) return;
  line.hidden = !what;
  if (what && line.textContent !== SAYS[what]) line.textContent = SAYS[what];
}

function swap({ page, form }, words) {
  const old = page.querySelector("[data-beside]");
  const looks = old.querySelector("[name=looks]:checked")?.value;
  const focused = old.contains(page.activeElement) ? page.activeElement : null;
  const fresh = new DOMParser().parseFromString(words, "text/html").querySelector("[data-beside]");
  if (!fresh || (focused && !focused.matches("[name=looks]"))) return;
  const chosen = fresh.querySelector(`[name=looks][value="${looks}"]`);
  if (chosen) chosen.checked = true;
  old.replaceWith(fresh);
  if (focused) chosen?.focus();
  drawCards(page);
  easeBeside(page, form);
}

// The widget's own card, drawn by the widget's own code.
function drawCards(page) {
  for (const place of page.querySelectorAll("[data-widget-card]")) {
    const answer = JSON.parse(place.dataset.widgetCard);
    if (!answer.text.trim()) continue;
    const frame = page.createElement("div");
    frame.className = "w-frame look-card";
    frame.append(approvedLine(answer), answerCard(answer, "/help"));
    frame.querySelector("details")?.remove();
    place.replaceChildren(frame);
  }
}

function easeBeside(page, form) {
  for (const button of page.querySelectorAll("[data-find]")) {
    button.hidden = false;
    button.onclick = () => find(form, button.dataset.find);
  }
  for (const link of page.querySelectorAll("[data-to-field]")) {
    link.onclick = (event) => {
      event.preventDefault();
      page.querySelector(link.getAttribute("href"))?.focus();
    };
  }
}

function find(form, words) {
  for (const field of form.querySelectorAll("textarea, input:not([type=hidden])")) {
    const at = field.value.indexOf(words);
    if (at < 0) continue;
    field.focus();
    return field.setSelectionRange(at, at + words.length);
  }
}

function put({ target }, form) {
  const into = target.closest("[data-merge-into]")?.dataset.mergeInto;
  const choice = form.ownerDocument.getElementById("merge-into");
  if (into && choice) choice.value = into;
  const button = target.closest("[data-put]");
  if (!button) return;
  const field = form.lastField ?? form.querySelector("#answer, #what_to_do");
  field.focus();
  field.setRangeText(button.dataset.put, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Ctrl+Enter saves, as everywhere; with Shift it submits.
function submitByKey(event, form) {
  if (event.key !== "Enter" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  const button = form.querySelector("[formaction$='/submission']");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
}

function sent(desk) {
  clearTimeout(desk.timer);
  desk.request?.abort();
  delete desk.form.dataset.unsaved;
  try {
    const { entry, kind } = desk.form.elements;
    sessionStorage.setItem(SENT, JSON.stringify({ name: desk.name, entry: entry.value, kind: kind.value }));
  } catch {
    // Storage is denied: nothing was kept in this tab.
  }
}

// What was sent lies in this tab until the page says that it was saved. A page that refuses it holds
// the words itself, and goes on keeping them under the same name: no older ones come back later.
function arrive(desk) {
  const { form } = desk;
  try {
    const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
    sessionStorage.removeItem(SENT);
    if (!sent) return;
    const isThis = sent.entry === form.elements.entry.value && sent.kind === form.elements.kind.value;
    if (form.matches("[data-saved]") && (isThis || !sent.entry)) forget(sent.name);
    if (!form.matches("[data-refused]") || !isThis) return;
    forget(sent.name);
    desk.name = sent.name;
  } catch {
    // Storage is denied.
  }
}

// What is discarded is not kept once more while the page is left.
function letGo(desk) {
  clearTimeout(desk.timer);
  desk.request?.abort();
  delete desk.form.dataset.unsaved;
  forget(desk.name);
}

function remember({ form, name }) {
  try {
    sessionStorage.setItem(name, bodyOf(form).toString());
  } catch {
    // Storage is denied: the server keeps the words, and the page warns before it is left.
  }
}

function forget(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

function isSame(one, other) {
  return one.trim().split(/\s+/).join(" ") === other.trim().split(/\s+/).join(" ");
}

// What this tab kept is newer than what the server has: it could not be sent.
function restore(desk) {
  const { form, name } = desk;
  try {
    const kept = new URLSearchParams(sessionStorage.getItem(name) ?? "");
    const typed = [...kept].filter(([field]) => !OWN.includes(field) && form.elements[field]);
    const isOther = ([field, value]) => field !== "revision" && !isSame(form.elements[field].value, value);
    if (!typed.some(isOther)) return forget(name);
    // With the revision: words that were typed for an older state do not go over a newer one unseen.
    for (const [field, value] of typed) form.elements[field].value = value;
    form.dataset.unsaved = "yes";
    say(desk, "typing");
    holdApproval(desk);
  } catch {
    // Storage is denied.
  }
}
