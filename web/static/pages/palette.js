// Ctrl-K: go anywhere and do anything that is on this page, by its name.
// The palette reads what the page offers (links and buttons), so it never knows more than the page.

const OFFERED = ".nav a, .desk-views a, .row-link, .tab, [data-key], .page-head a.button, .page-head button";

export function offerPalette(page) {
  if (!page.querySelector(".side")) return;
  const palette = build(page);
  page.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (palette.dialog.open) palette.dialog.close();
    else open(page, palette);
  });
}

function build(page) {
  const dialog = element(page, "dialog", { className: "dialog palette" });
  dialog.setAttribute("aria-label", "Go anywhere, do anything");
  const box = element(page, "input", { className: "input", type: "text", placeholder: "Type where to go or what to do" });
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-label", "Command");
  box.setAttribute("aria-controls", "palette-list");
  box.setAttribute("aria-expanded", "true");
  const list = element(page, "div", { className: "palette-list", id: "palette-list" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Commands");
  dialog.append(box, list);
  page.body.append(dialog);
  const palette = { dialog, box, list, commands: [], here: 0 };
  box.addEventListener("input", () => show(page, palette));
  box.addEventListener("keydown", (event) => steer(palette, event));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return palette;
}

function open(page, palette) {
  palette.commands = [...page.querySelectorAll(OFFERED)].map(commandOf).filter((each) => each.words);
  palette.box.value = "";
  palette.dialog.showModal();
  show(page, palette);
  palette.box.focus();
}

function commandOf(target) {
  const copy = target.cloneNode(true);
  copy.querySelectorAll(".count, kbd, svg").forEach((each) => each.remove());
  const words = target.getAttribute("aria-label") || copy.textContent;
  return { words: words.replace(/\s+/g, " ").trim(), target };
}

function show(page, palette) {
  const wanted = palette.box.value.toLowerCase().trim();
  palette.found = palette.commands.filter((each) => each.words.toLowerCase().includes(wanted)).slice(0, 12);
  palette.list.replaceChildren(...palette.found.map((each, index) => option(page, palette, each, index)));
  mark(palette, 0);
}

function option(page, palette, command, index) {
  const item = element(page, "div", { className: "menu-item", id: `palette-${index}`, textContent: command.words });
  item.setAttribute("role", "option");
  item.addEventListener("click", () => run(palette, index));
  return item;
}

function steer(palette, event) {
  if (event.isComposing) return;
  const count = palette.found.length;
  if (event.key === "ArrowDown") mark(palette, (palette.here + 1) % Math.max(count, 1));
  else if (event.key === "ArrowUp") mark(palette, (palette.here - 1 + count) % Math.max(count, 1));
  else if (event.key === "Enter") run(palette, palette.here);
  else return;
  event.preventDefault();
}

function mark(palette, index) {
  palette.here = index;
  [...palette.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  palette.box.setAttribute("aria-activedescendant", `palette-${index}`);
  palette.list.children[index]?.scrollIntoView({ block: "nearest" });
}

function run(palette, index) {
  const command = palette.found[index];
  if (!command) return;
  palette.dialog.close();
  if (command.target.matches("details")) command.target.open = true;
  command.target.focus();
  command.target.click();
}

function element(page, name, properties) {
  return Object.assign(page.createElement(name), properties);
}
