// Keys. An element says which key presses it (data-key="r"); lists move with j and k.
// No key fires while somebody types, composes a character, or has a dialog open.

import { selectHere } from "./select.js";

const GO = "g"; // then one letter of data-go: g d is the desk

export function listenToKeys(page) {
  let going = false;
  page.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") return closeFold(page, event);
    if (event.key === "Tab") return stayInside(page, event);
    if (isSend(event)) return sendWhatIsWritten(event);
    if (event.altKey && event.code === "KeyS") return press(page, "Alt+s", event);
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const above = page.querySelector("[popover]:popover-open, dialog[open]");
    if (above) return walk(above, event);
    if (going) {
      going = false;
      return follow(page, event);
    }
    going = event.key === GO;
    if (event.key === "?") return openKeys(page, event);
    if (event.key === "x") return select(page, event);
    if ((event.key === "j" || event.key === "k") && move(page, event)) return;
    press(page, event.key, event);
  });
}

function isSend(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form;
}

function sendWhatIsWritten(event) {
  event.preventDefault();
  event.target.form.requestSubmit();
}

export function isTyping(element) {
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !["checkbox", "radio"].includes(element.type);
}

function press(page, key, event) {
  const target = page.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || target.disabled) return;
  if (target.form?.id === "bulk" && !selectHere(page)) return;
  event.preventDefault();
  if (target.matches("select, [data-key-focus]")) return target.focus();
  if (target.matches("details")) return openFold(target);
  if (target.matches("input[type=search]")) return target.select();
  target.click();
  if (target.matches("input[type=radio]")) target.form.querySelector("[data-composer-text]")?.focus();
}

// The fold or menu that one stands in closes, else the last that is open. A dialog or a popover closes
// by the browser's own doing, before anything behind it.
function closeFold(page, event) {
  if (page.querySelector("[popover]:popover-open, dialog[open]")) return;
  const open = [...page.querySelectorAll("details[open]:not([data-stays])")].filter((fold) => fold.querySelector("summary"));
  const around = event.target.closest?.("details[open]");
  if (!around && isTyping(event.target)) return; // nobody is taken away from what they write
  const fold = around ?? open.pop();
  if (!fold) return;
  fold.open = false;
  fold.querySelector("summary")?.focus();
}

// In an open dialog Tab goes round and round: what lies behind it is not to be pressed.
function stayInside(page, event) {
  const dialog = page.querySelector(".dialog[popover]:popover-open");
  if (!dialog) return;
  const stops = [...dialog.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const open = stops.filter((each) => !each.disabled && each.checkVisibility());
  const here = open.indexOf(page.activeElement);
  const isEnd = event.shiftKey ? here <= 0 : here < 0 || here === open.length - 1;
  if (open.length && !isEnd) return;
  event.preventDefault();
  open.at(event.shiftKey ? -1 : 0)?.focus();
}

function openFold(fold) {
  fold.open = true;
  fold.scrollIntoView({ block: "nearest" });
  const first = fold.querySelector("input:checked") ?? fold.querySelector("input:not([type=hidden]), select");
  first?.focus();
}

function openKeys(page, event) {
  const keys = page.getElementById("keys");
  if (!keys) return;
  event.preventDefault();
  keys.showPopover();
}

function follow(page, event) {
  const link = page.querySelector(`a[data-go="${CSS.escape(event.key)}"]`);
  if (link) link.click();
}

function move(page, event) {
  const links = [...page.querySelectorAll("[data-rows] .row-link")];
  if (!links.length) return false;
  event.preventDefault();
  const here = links.indexOf(page.activeElement);
  const step = event.key === "j" ? 1 : -1;
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  return true;
}

// In an open menu the arrows go from choice to choice, round and round.
function walk(menu, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const choices = step ? [...menu.querySelectorAll(".menu-item")] : [];
  if (!choices.length) return;
  event.preventDefault();
  const here = choices.indexOf(menu.ownerDocument.activeElement);
  choices.at((here < 0 && step < 0 ? -1 : here + step) % choices.length).focus();
}

function select(page, event) {
  const box = page.activeElement?.closest("[data-row]")?.querySelector(".row-select");
  if (!box) return;
  event.preventDefault();
  box.click();
}
