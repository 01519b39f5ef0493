/**
 * Our own line drawings on a 24 × 24 grid, in the colour of the words beside them. They are
 * decoration: each stands next to a word or inside a labelled button.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @type {Readonly<Record<string, readonly string[]>>} */
const LINES = Object.freeze({
  back: ["M14.5 6 8.5 12l6 6"],
  close: ["M6.5 6.5l11 11M17.5 6.5l-11 11"],
  down: ["M12 5v14M6 13l6 6 6-6"],
  next: ["M9.5 6l6 6-6 6"],
  send: ["M12 19.5V5M5.5 11.5 12 5l6.5 6.5"],
  check: ["M5 12.5 9.8 17.5 19 7"],
  tick: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z", "M8.2 12.3l2.6 2.6 5-5.4"],
  wrench: [
    "M14.8 4.4a4.9 4.9 0 0 0-5.9 6.4l-5 5a2 2 0 0 0 0 2.9l1.4 1.4a2 2 0 0 0 2.9 0l5-5a4.9 4.9 0 0 0 6.4-5.9l-3 3-3.5-1-1-3.5 2.7-3.3Z",
  ],
  alert: ["M12 4 21 19.5H3L12 4Z", "M12 10v4.2M12 16.9v.1"],
  info: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z", "M12 11v5M12 8v.1"],
  clock: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z", "M12 7.5V12l3 2"],
  mail: ["M4.5 6h15v12h-15V6Z", "M5 6.8l7 5.7 7-5.7"],
  person: ["M12 4a3.8 3.8 0 1 0 0 7.6A3.8 3.8 0 0 0 12 4Z", "M4.8 20c.7-3.9 3.4-6 7.2-6s6.5 2.1 7.2 6"],
  people: [
    "M9 4.8a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6Z",
    "M2.8 19.2c.6-3.5 2.9-5.3 6.2-5.3s5.6 1.8 6.2 5.3",
    "M15 5.2a3.3 3.3 0 0 1 0 5.9M17.5 14.3c2 .8 3.3 2.5 3.7 4.9",
  ],
  chat: ["M12 4c-4.7 0-8.5 3-8.5 6.9 0 2.2 1.2 4.1 3.1 5.4L6 20l4-2.3c.6.1 1.3.2 2 .2 4.7 0 8.5-3.1 8.5-7S16.7 4 12 4Z"],
  search: ["M10.7 4.5a6.2 6.2 0 1 0 0 12.4 6.2 6.2 0 0 0 0-12.4Z", "M15.3 15.3 20 20"],
  retry: ["M19 12a7 7 0 1 1-2.2-5.1L19 9", "M19 4.5V9h-4.5"],
  offline: ["M4 4l16 16", "M8.5 8.6A10 10 0 0 0 4.6 11M13 7.6c2.5.2 4.8 1.4 6.5 3.4M8 14.6a5.7 5.7 0 0 1 4-1.6", "M12 18.5v.1"],
  shield: ["M12 3.5l7 2.7v5.3c0 4.3-2.9 7.5-7 9-4.1-1.5-7-4.7-7-9V6.2l7-2.7Z", "M8.8 12.2l2.3 2.3 4.2-4.6"],
  bell: ["M6.5 10.5a5.5 5.5 0 0 1 11 0c0 4.5 1.7 5.7 1.7 5.7H4.8s1.7-1.2 1.7-5.7Z", "M10 19.5a2.2 2.2 0 0 0 4 0"],
  star: ["M12 4.2l2.4 4.9 5.4.8-3.9 3.8.9 5.4-4.8-2.5-4.8 2.5.9-5.4-3.9-3.8 5.4-.8L12 4.2Z"],
  outside: ["M13.5 5H19v5.5M19 5l-8 8", "M16.5 13.5V18a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V9A1.5 1.5 0 0 1 6 7.5h4.5"],
  struck: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z", "M6 6l12 12"],
});

/**
 * One drawing, hidden from screen readers.
 * @param {string} name one of the names above
 * @param {string} [size] a class of the stylesheet: "s", "m" or "l"
 */
export function icon(name, size = "m") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `w-icon w-icon-${size}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.append(...LINES[name].map(line));
  return svg;
}

function line(path) {
  const node = document.createElementNS(SVG, "path");
  node.setAttribute("d", path);
  return node;
}
