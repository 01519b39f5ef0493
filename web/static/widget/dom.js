/**
 * Builds elements. Words are always set as text and never parsed as markup, so nothing that a
 * customer, an agent or a server writes can become part of the page.
 */

/** @typedef {Node|string|number|null|undefined|false|Child[]} Child */

/**
 * One element with its attributes and children.
 * `on…` attributes are listeners; true sets an empty attribute; null and false leave it out.
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) give(node, name, value);
  node.append(...present(children));
  return node;
}

/** A button of the usual kind; `attributes` may say otherwise. */
export function button(onclick, attributes, ...children) {
  return el("button", { type: "button", class: "w-button", onclick, ...attributes }, ...children);
}

function give(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

function present(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "number" ? String(child) : child));
}

/** Replaces what `node` holds. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

/** Sets a text only when it differs, so that screen readers hear a change and nothing else. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/**
 * A person's words with web addresses as links. Only http and https become links; the words
 * themselves stay exactly as they are.
 * @param {string} text
 * @returns {Child[]}
 */
export function prose(text) {
  const parts = [];
  let from = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    parts.push(text.slice(from, index), link(address));
    from = index + address.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

function link(address) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address);
}

let issued = 0;

/** A name for an id attribute that no other element of this page has. */
export function freshId(stem) {
  issued += 1;
  return `${stem}-${issued}`;
}

/** Moves the focus to a text that is not a control, for example after its button is gone. */
export function focusOn(node) {
  node.setAttribute("tabindex", "-1");
  node.focus({ preventScroll: true });
}
