// Ctrl-K: go anywhere and do anything, by its name. What this page offers is found at once; tickets,
// views and colleagues come from the server, which shows each person only what is theirs.
import { selected } from "./select.js";

const OFFERED = ".nav a, .desk-views a, .row-link, .tab, [data-key], .page-head a.button, .page-head button, .desk-bulk button";
const MOST = 8; // of each kind
const AFTER = 120; // milliseconds without a key, before the server is asked
const NOTHING = { tickets: [], views: [], people: [], more: false };

export function offerPalette(page) {
  if (!page.querySelector(".side")) return;
  const palette = build(page);
  page.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (palette.dialog.open) palette.dialog.close();
    else open(palette);
  });
}

function build(page) {
  const dialog = element(page, "dialog", { className: "dialog palette" });
  dialog.setAttribute("aria-label", "Go anywhere, do anything");
  const box = element(page, "input", { className: "input", type: "text", placeholder: "Ticket, person, view or what to do" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": "Command", "aria-controls": "palette-list", "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" })) box.setAttribute(name, value);
  const list = element(page, "div", { className: "palette-list", id: "palette-list" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Commands");
  const said = element(page, "p", { className: "heard" });
  said.setAttribute("role", "status");
  dialog.append(box, list, said);
  page.body.append(dialog);
  const palette = { page, dialog, box, list, said, local: [], remote: NOTHING, found: [], here: 0 };
  box.addEventListener("input", () => look(palette));
  box.addEventListener("keydown", (event) => steer(palette, event));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => palette.before?.focus());
  return palette;
}

function open(palette) {
  const { page } = palette;
  palette.before = page.activeElement;
  palette.local = [...page.querySelectorAll(OFFERED)].filter(isThere).map((target) => commandOf(page, target));
  palette.box.value = "";
  palette.remote = NOTHING;
  palette.dialog.showModal();
  palette.box.focus();
  look(palette);
}

function isThere(target) {
  return !target.disabled && (target.matches("input[type=radio], details") || target.checkVisibility?.() !== false);
}

function commandOf(page, target) {
  const copy = target.cloneNode(true);
  copy.querySelectorAll(".count, kbd, svg, option, .fold-body").forEach((each) => each.remove());
  const label = target.closest("label");
  const words = target.getAttribute("aria-label") || copy.textContent.trim() || (label ? label.textContent : "");
  const kind = target.matches(".row-link") ? rowsOf(target) : target.matches("a") ? "Go to" : "Do";
  return { words: tidy(words), kind, note: target.dataset.key ?? "", run: () => press(target) };
}

// What the rows of a page are: tickets, where it does not say otherwise.
function rowsOf(link) {
  return link.closest("[data-rows]")?.dataset.rows || "Tickets";
}

function press(target) {
  if (target.matches("details")) target.open = true;
  target.focus();
  if (!target.matches("select, details")) target.click();
}

function look(palette) {
  clearTimeout(palette.timer);
  palette.request?.abort();
  show(palette);
  palette.timer = setTimeout(() => ask(palette, 1), AFTER);
}

async function ask(palette, number) {
  palette.request = new AbortController();
  const asked = new URLSearchParams({ q: palette.box.value.trim(), page: number });
  try {
    const response = await fetch(`/desk/palette?${asked}`, { signal: palette.request.signal });
    if (!response.ok) return;
    const found = await response.json();
    const former = number > 1 ? palette.remote : NOTHING;
    palette.remote = { ...found, tickets: [...former.tickets, ...found.tickets], number };
    if (number > 1) Object.assign(palette.remote, { views: former.views, people: former.people });
    show(palette, number > 1 ? palette.here : 0);
  } catch {
    // Typed on, or the connection is away: what this page offers is still there.
  }
}

function commandsOf(palette) {
  const words = palette.box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ words: name }) => words.every((word) => name.toLowerCase().includes(word));
  const here = palette.local.filter((each) => each.words && fits(each));
  const go = (each, kind) => ({ ...each, kind, run: () => location.assign(each.href) });
  const { tickets, views, people, more } = palette.remote;
  const all = [
    ...here.filter((each) => each.kind === "Do").slice(0, MOST),
    ...givesTo(palette, people).slice(0, MOST),
    ...tickets.map((each) => go(each, "Tickets")),
    ...(tickets.length ? [] : here.filter((each) => each.kind === "Tickets").slice(0, MOST)),
    ...here.filter((each) => !["Do", "Go to", "Tickets"].includes(each.kind)).slice(0, MOST),
    ...here.filter((each) => each.kind === "Go to").slice(0, MOST),
    ...views.map((each) => go(each, "Go to")),
  ];
  if (more) all.splice(all.findLastIndex((each) => each.kind === "Tickets") + 1, 0, moreOf(palette));
  return all.filter((each, at) => all.findIndex((one) => one.words === each.words && one.kind === each.kind) === at);
}

function moreOf(palette) {
  const run = () => ask(palette, palette.remote.number + 1);
  return { words: "More tickets…", kind: "Tickets", note: "", run, stays: true };
}

// To whom the ticket of this page, or what is selected in the queue, may be given.
function givesTo(palette, people) {
  const { page } = palette;
  const count = selected(page).length;
  const form = count ? page.querySelector("#bulk") : page.querySelector("form[action$='/owner']:has(select[name=person])");
  if (!form || !palette.box.value.trim()) return [];
  const what = count ? `${count === 1 ? "1 ticket" : `${count} tickets`} to ` : "to ";
  return people.map(({ email, words }) => ({
    words: `Give ${what}${words}`,
    kind: "Do",
    note: "",
    run: () => give(form, email),
  }));
}

function give(form, email) {
  form.elements.person.value = email;
  form.requestSubmit(form.querySelector("[name=action][value=assign]") ?? form.querySelector("button"));
}

function show(palette, here = 0) {
  palette.found = commandsOf(palette);
  let kind = null;
  const items = palette.found.flatMap((each, index) => {
    const heading = each.kind === kind ? [] : [headingOf(palette.page, each.kind)];
    kind = each.kind;
    return [...heading, option(palette, each, index)];
  });
  const none = element(palette.page, "p", { className: "palette-none small quiet", textContent: "Nothing is called that. Try a ticket’s number or a word of its subject." });
  palette.list.replaceChildren(...(items.length ? items : [none]));
  palette.said.textContent = palette.found.length === 1 ? "1 command" : `${palette.found.length} commands`;
  mark(palette, Math.min(here, Math.max(palette.found.length - 1, 0)));
}

function headingOf(page, kind) {
  const heading = element(page, "p", { className: "label palette-kind", textContent: kind });
  heading.setAttribute("role", "presentation");
  return heading;
}

function option(palette, command, index) {
  const { page } = palette;
  const item = element(page, "div", { className: "menu-item", id: `palette-${index}` });
  item.setAttribute("role", "option");
  item.append(element(page, "span", { className: "cut", textContent: command.words }));
  if (command.note) item.append(element(page, command.note.length < 6 ? "kbd" : "span", { className: "tiny faint end", textContent: command.note }));
  item.addEventListener("click", () => run(palette, index));
  return item;
}

function steer(palette, event) {
  if (event.isComposing) return;
  const count = Math.max(palette.found.length, 1);
  if (event.key === "ArrowDown") mark(palette, (palette.here + 1) % count);
  else if (event.key === "ArrowUp") mark(palette, (palette.here - 1 + count) % count);
  else if (event.key === "Enter") run(palette, palette.here);
  else return;
  event.preventDefault();
}

function mark(palette, index) {
  palette.here = index;
  for (const item of palette.list.querySelectorAll("[role=option]")) {
    item.setAttribute("aria-selected", String(item.id === `palette-${index}`));
  }
  const marked = palette.list.querySelector(`#palette-${index}`);
  if (marked) palette.box.setAttribute("aria-activedescendant", marked.id);
  else palette.box.removeAttribute("aria-activedescendant");
  marked?.scrollIntoView({ block: "nearest" });
}

function run(palette, index) {
  const command = palette.found[index];
  if (!command) return;
  if (!command.stays) {
    palette.before = null;
    palette.dialog.close();
  }
  command.run();
}

function tidy(words) {
  return words.replace(/\s+/g, " ").trim();
}

function element(page, name, properties) {
  return Object.assign(page.createElement(name), properties);
}
