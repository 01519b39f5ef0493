/** A launch may bring its own colour. It is used for fills only, with an ink that reads on it. */

const DARK_INK_FROM = 0.179; // luminance at which black and white read equally well

/**
 * Sets --brand and --brand-ink on `root`; an accent that is not #rrggbb changes nothing.
 * @param {HTMLElement} root
 * @param {string} [accent]
 */
export function paint(root, accent) {
  if (!/^#[\da-f]{6}$/i.test(accent ?? "")) return;
  root.style.setProperty("--brand", accent);
  root.style.setProperty("--brand-ink", luminance(accent) > DARK_INK_FROM ? "#000" : "#fff");
}

/** Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2). */
export function luminance(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
