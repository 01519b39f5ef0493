/*
 * The loader: what a site puts on its page with
 *   <script src="https://host/widget.js" data-launch="spring-pricing" async></script>
 * It draws the launcher, opens the chat frame on first use and carries a few words between the
 * two. Styles go in through adoptedStyleSheets, which a strict content security policy on the
 * site allows where it refuses <style> and style="". It sets no cookie.
 * Optional: data-accent="#0a7", data-label="Questions?", data-user (a signed identity).
 */
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector("script[data-launch][src]");
  if (!script || window.Hypercare) return;

  const { launch = "", label = "Is this expected?", accent = "", user = "" } = script.dataset;
  const origin = new URL(script.src).origin;
  const hosted = `${origin}/widget/${encodeURIComponent(launch)}`;
  const used = `hypercare-used:${launch}`; // in the site's own storage
  const PATIENCE = 8000; // ms; a frame silent for longer was refused by a policy or a blocker
  const WORDS = {
    close: "Close the chat",
    unread: "unread",
    opening: "Opening the chat…",
    refused: "The chat cannot open inside this page.",
    elsewhere: "Open the chat in a new tab",
  };
  const CHAT =
    "M12 4c-4.7 0-8.5 3-8.5 6.9 0 2.2 1.2 4.1 3.1 5.4L6 20l4-2.3c.6.1 1.3.2 2 .2 4.7 0 8.5-3.1 8.5-7S16.7 4 12 4Z";
  const DOWN = "m6 9.5 6 6 6-6";
  const SHEET = `
    :host{all:initial;--accent:#0b6470;--ink:#fff;--surface:#f8f7f4;--text:#1d1c1a;
      font:15px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
    [hidden]{display:none!important}
    button,a{font:inherit}
    .launcher{position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;
      display:flex;align-items:center;gap:10px;height:56px;min-width:56px;padding:0 20px 0 16px;
      border:0;border-radius:28px;background:var(--accent);color:var(--ink);cursor:pointer;
      font-weight:600;box-shadow:0 1px 3px #0003,0 8px 24px #0003;
      transition:transform .15s,box-shadow .15s}
    .launcher:hover{transform:translateY(-1px);box-shadow:0 2px 4px #0003,0 12px 28px #0004}
    .launcher:focus-visible,.notice :focus-visible{outline:3px solid var(--accent);outline-offset:3px;
      box-shadow:0 0 0 3px var(--surface)}
    .open.launcher{padding:0 16px}
    .open .label{display:none}
    svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;
      stroke-linejoin:round;flex:none}
    .badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;box-sizing:border-box;
      min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c4161c;color:#fff;
      border:2px solid var(--surface);font-size:12px;line-height:18px;text-align:center;
      font-weight:700;font-variant-numeric:tabular-nums}
    .panel{position:fixed;z-index:2147483001;inset-block-end:88px;inset-inline-end:20px;
      width:400px;height:min(704px,calc(100vh - 108px));background:var(--surface);
      color:var(--text);border-radius:16px;overflow:hidden;visibility:hidden;opacity:0;
      transform:translateY(10px);box-shadow:0 0 0 1px #0000000f,0 12px 48px #0000003d;
      transition:opacity .16s,transform .16s,visibility 0s .16s}
    .open.panel{visibility:visible;opacity:1;transform:none;transition-delay:0s}
    iframe{display:block;width:100%;height:100%;border:0}
    .notice{position:absolute;inset:0;display:flex;flex-direction:column;gap:12px;padding:32px;
      justify-content:center;text-align:center;background:var(--surface)}
    .notice :is(a,button){padding:10px;border:0;background:none;color:inherit;font-weight:600;
      cursor:pointer;text-decoration:underline}
    @media (max-width:479.98px),(max-height:479.98px){
      .panel{inset:0;width:auto;height:100vh;height:100dvh;border-radius:0}
      .launcher{padding:0 16px}.label,.open.launcher{display:none}}
    @media (prefers-color-scheme:dark){:host{--accent:#5fc3cd;--ink:#04262b;
      --surface:#171716;--text:#f0eee9}}
    @media (prefers-reduced-motion:reduce){*{transition:none!important}}
    @media print{.launcher,.panel{display:none}}`;

  const full = matchMedia("(max-width:479.98px),(max-height:479.98px)");
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  let frame = null;
  let ready = false;
  let isOpen = false;
  let question = "";
  let pageOverflow = null; // what the site had set, while the chat covers the page

  function make(tag, properties, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  }

  function drawing(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  const badge = make("span", { className: "badge", hidden: true });
  const word = make("span", { className: "label", textContent: label });
  const launcher = make("button", { className: "launcher", type: "button", onclick: toggle });
  const notice = make("div", { className: "notice", textContent: WORDS.opening });
  const panel = make("div", { className: "panel" }, notice);
  notice.setAttribute("role", "status");
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);

  function style() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(SHEET);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make("style", { textContent: SHEET })); // browsers before 2023
    }
    if (!/^#[\da-f]{6}$/i.test(accent)) return;
    host.style.setProperty("--accent", accent);
    host.style.setProperty("--ink", inkOn(accent));
  }

  /** Black or white, whichever reads better on a colour (WCAG relative luminance). */
  function inkOn(colour) {
    const [r, g, b] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  function drawLauncher(unread) {
    const name = isOpen ? WORDS.close : label;
    launcher.classList.toggle("open", isOpen);
    launcher.replaceChildren(drawing(isOpen ? DOWN : CHAT), word, badge);
    launcher.setAttribute("aria-expanded", String(isOpen));
    if (unread !== undefined) badge.textContent = unread > 9 ? "9+" : String(unread);
    badge.hidden = isOpen || !Number.parseInt(badge.textContent, 10);
    launcher.setAttribute(
      "aria-label",
      badge.hidden ? name : `${name} (${badge.textContent} ${WORDS.unread})`,
    );
  }

  function buildFrame() {
    if (frame) return;
    frame = make("iframe", { src: hosted, title: label, onload: () => tell("hello", { user }) });
    frame.referrerPolicy = "origin";
    panel.prepend(frame);
    setTimeout(() => ready || refuse(), PATIENCE);
  }

  function refuse() {
    const link = make("a", { href: hosted, target: "_blank", rel: "noopener" }, WORDS.elsewhere);
    const shut = make("button", { type: "button", onclick: close }, WORDS.close);
    notice.replaceChildren(make("span", { textContent: WORDS.refused }), link, shut);
  }

  /** Says something to the frame, and to nobody who may have taken its place. */
  function tell(type, more) {
    frame?.contentWindow?.postMessage({ hypercare: type, ...more }, origin);
  }

  function tellOpen() {
    // Address and path only: a query string may carry secrets of the site.
    tell("open", { page: location.origin + location.pathname, question });
    question = "";
  }

  function open(text) {
    question = typeof text === "string" ? text : "";
    isOpen = true;
    buildFrame();
    panel.classList.add("open");
    panel.setAttribute("aria-modal", String(full.matches));
    drawLauncher(0);
    if (ready) tellOpen();
    frame.focus();
    fit();
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    panel.classList.remove("open");
    tell("closed");
    drawLauncher();
    fit();
    launcher.focus();
  }

  function toggle() {
    if (isOpen) close();
    else open();
  }

  /** Full screen follows the part of the screen that a phone's keyboard leaves free. */
  function fit() {
    const covers = isOpen && full.matches;
    const { style } = document.documentElement;
    if (covers && pageOverflow === null) pageOverflow = style.overflow;
    if (covers) style.overflow = "hidden";
    else if (pageOverflow !== null) [style.overflow, pageOverflow] = [pageOverflow, null];
    panel.style.height = covers && window.visualViewport ? `${visualViewport.height}px` : "";
  }

  function remember(hasConversation) {
    try {
      if (hasConversation) localStorage.setItem(used, "1");
      else localStorage.removeItem(used);
    } catch {
      // Storage is denied: the badge then waits until the chat is opened.
    }
  }

  function wasUsed() {
    try {
      return localStorage.getItem(used) === "1";
    } catch {
      return false;
    }
  }

  const heard = {
    ready() {
      ready = true;
      notice.hidden = true;
      if (isOpen) tellOpen();
    },
    close,
    unread: ({ count }) => drawLauncher(Number(count) || 0),
    conversation: ({ exists }) => remember(exists),
  };

  addEventListener("message", (event) => {
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow) return;
    const type = event.data?.hypercare;
    if (Object.hasOwn(heard, type)) heard[type](event.data);
  });
  root.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("focusin", (event) => {
    // A page covered by the chat must not take the focus where nobody sees it.
    if (isOpen && full.matches && event.target !== host) frame.focus();
  });
  full.addEventListener("change", fit);
  window.visualViewport?.addEventListener("resize", fit);

  function begin() {
    style();
    root.append(launcher, panel);
    drawLauncher(0);
    document.body.append(host);
    if (wasUsed()) setTimeout(buildFrame, 1500); // an earlier conversation may have a reply
  }

  window.Hypercare = Object.freeze({ open, close });
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
