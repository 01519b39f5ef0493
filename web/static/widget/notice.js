/*
 * The notice in the product: what a site puts on its pages with
 *   <script src="https://host/notice.js" data-launch="spring-pricing" async></script>
 * It shows the newest update above the page, or inside data-into="#some-element", and asks for it
 * again every minute while the page is looked at. Somebody may close it; the next update opens it
 * again. Styles go in through adoptedStyleSheets, texts as text. It sets no cookie.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.HypercareNotice) return;
  window.HypercareNotice = true;

  const { launch = "", into = "", lang = "en" } = script.dataset;
  const source = `${new URL(script.src).origin}/widget/${encodeURIComponent(launch)}/notice.json`;
  const closed = `hypercare-notice:${launch}`; // in the site's own storage: the id that was closed
  const EVERY = 60_000; // ms, and up to a tenth more, so that not all ask at once
  const SHEET = `
    :host{all:initial;display:block;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
    section{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;padding:12px 16px;
      background:#e8f3f4;color:#14282b;border-block-end:1px solid #0b647033}
    p{margin:0;white-space:pre-line}
    .title{font-weight:650;flex-basis:100%}
    .next{color:#3d5559}
    a{color:#0b5560}
    .end{margin-inline-start:auto;display:flex;gap:8px;align-items:center}
    button{font:inherit;padding:4px 12px;min-height:32px;border:1px solid #0b6470;border-radius:6px;
      background:none;color:inherit;cursor:pointer}
    :focus-visible{outline:3px solid #0b6470;outline-offset:2px}
    @media (prefers-color-scheme:dark){section{background:#12262a;color:#e6f1f2;border-color:#7cc4cd55}
      .next{color:#b3c9cc}a{color:#8ad3dc}button{border-color:#8ad3dc}:focus-visible{outline-color:#8ad3dc}}`;

  const host = document.createElement("div");
  host.lang = lang;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  root.adoptedStyleSheets = [sheet];
  const said = document.createElement("div");
  said.setAttribute("role", "status"); // there before its words, so that they are read out
  root.append(said);

  let shown = "";

  function place() {
    const there = into && document.querySelector(into);
    if (there) there.prepend(host);
    else document.body.prepend(host);
  }

  function el(name, words, kind) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (words) made.textContent = words;
    return made;
  }

  function draw(name, update) {
    const state = JSON.stringify(update);
    if (state === shown) return;
    shown = state;
    said.replaceChildren();
    if (!update || remembered() === String(update.id)) return;
    const box = el("section");
    box.setAttribute("aria-label", `Notice: ${name}`);
    const next = update.is_late ? "The next update is late." : `Next update: ${update.next_update}`;
    const all = el("a", "All updates");
    Object.assign(all, { href: update.href, target: "_blank", rel: "noopener" });
    const close = el("button", "Close");
    close.type = "button";
    close.setAttribute("aria-label", `Close the notice: ${update.title}`);
    close.addEventListener("click", () => {
      remember(update.id);
      said.replaceChildren();
    });
    const end = el("span", "", "end");
    end.append(all, close);
    box.append(
      el("p", update.title, "title"),
      el("p", update.expected),
      el("p", update.what_to_do),
      el("p", next, "next"),
      end,
    );
    said.append(box);
  }

  function remembered() {
    try {
      return localStorage.getItem(closed);
    } catch {
      return null; // a site without storage: it is shown again on the next page
    }
  }

  function remember(id) {
    try {
      localStorage.setItem(closed, String(id));
    } catch {
      // as above
    }
  }

  async function ask() {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(source, { credentials: "omit" });
      if (!answer.ok) return;
      const { launch: about, update } = await answer.json();
      draw(about.name, update);
    } catch {
      // What is shown stays; a minute later we ask again.
    }
  }

  function begin() {
    place();
    ask();
    setInterval(ask, EVERY * (1 + Math.random() / 10));
    document.addEventListener("visibilitychange", ask);
  }

  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
