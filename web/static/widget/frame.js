/** Puts the chat together: launch, conversation, the two screens, and the line to the site. */
import { Api } from "./api.js";
import { Bridge } from "./bridge.js";
import { paint } from "./brand.js";
import { ChatView } from "./chat.js";
import { Conversation } from "./conversation.js";
import { button, el } from "./dom.js";
import { HomeView } from "./home.js";
import { icon } from "./icons.js";
import { Storage } from "./storage.js";
import { say } from "./strings.js";

class Frame {
  /** @param {{launch: string, name: string, api: string, accent?: string}} given  from <html> */
  constructor({ launch, name, api, accent }) {
    const path = encodeURIComponent(launch);
    const situation = { name, helpPage: `/help/${path}`, updatesPage: `/updates/${path}` };
    paint(document.documentElement, accent);
    this.name = name;
    this.api = new Api(api, launch);
    this.conversation = new Conversation(this.api, new Storage(launch));
    this.bridge = new Bridge();
    this.isOpen = !this.bridge.isEmbedded; // the hosted page is always open
    this.home = new HomeView(situation, this.#acts());
    this.chat = new ChatView(this.conversation, situation);
    this.screen = this.home;
  }

  start(root) {
    root.replaceChildren(this.#header(), this.home.node, this.chat.node);
    root.removeAttribute("aria-busy");
    this.#listen();
    this.#show(this.home);
    this.draw();
    this.loadLaunch();
    this.conversation.resume();
  }

  async loadLaunch() {
    try {
      const state = await this.api.widget();
      this.chips = state.chips;
      this.home.drawLaunch(state);
    } catch {
      this.home.drawFailure();
    }
  }

  draw() {
    const { conversation } = this;
    const entries = conversation.entries();
    const exists = Boolean(conversation.own) || entries.length > 0;
    if (this.#isReading()) conversation.markSeen();
    const { unread } = conversation;
    if (conversation.update) this.home.drawUpdate(conversation.update);
    this.home.drawConversation({ exists, unread, last: lastWords(entries) });
    this.chat.draw();
    this.bridge.showUnread(unread);
    this.bridge.hasConversation(Boolean(conversation.own));
  }

  #acts() {
    return {
      onChat: () => this.#talk(),
      onAsk: (question) => this.#talk(() => this.conversation.ask(question)),
      onPerson: () => this.#talk(() => this.#callPerson()),
      onReload: () => this.loadLaunch(),
    };
  }

  #talk(act = () => {}) {
    this.#show(this.chat);
    act();
    this.chat.composer.focus();
  }

  #callPerson() {
    if (!this.conversation.ticket) this.conversation.askForPerson();
  }

  #goHome() {
    this.#show(this.home);
    this.home.heading.focus();
  }

  #show(screen) {
    this.screen = screen;
    this.home.show(screen === this.home);
    this.chat.show(screen === this.chat);
    document.body.dataset.screen = screen === this.home ? "home" : "chat";
    this.draw();
  }

  #isReading() {
    return this.isOpen && this.screen === this.chat && !document.hidden;
  }

  #header() {
    const back = tool("back", () => this.#goHome());
    const close = tool("close", () => this.bridge.close());
    close.hidden = !this.bridge.isEmbedded;
    this.title = el("h1", { class: "w-title" }, this.name);
    return el("header", { class: "w-bar" }, back, this.title, close);
  }

  #listen() {
    this.conversation.addEventListener("change", () => this.#drawSoon());
    this.bridge.addEventListener("hello", ({ detail }) => this.#meet(detail));
    this.bridge.addEventListener("open", ({ detail }) => this.#open(detail));
    this.bridge.addEventListener("closed", () => (this.isOpen = false));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => this.draw());
    for (const type of ["online", "offline"]) window.addEventListener(type, () => this.draw());
  }

  /** Many changes at once are drawn once. */
  #drawSoon() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    queueMicrotask(() => {
      this.isDrawing = false;
      this.draw();
    });
  }

  #meet({ user }) {
    if (typeof user === "string" && user) this.conversation.about.visitor = user;
    this.bridge.showUnread(this.conversation.unread);
    this.bridge.hasConversation(Boolean(this.conversation.own));
  }

  #open({ page, question }) {
    this.isOpen = true;
    if (typeof page === "string") this.conversation.about.page_url = page;
    if (typeof question === "string" && question) this.chat.composer.add(question);
    if (question || this.conversation.unread) this.#talk();
    else if (this.screen === this.chat) this.#talk();
    else this.home.heading.focus();
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) this.bridge.close();
  }
}

function tool(name, onclick) {
  return button(onclick, { class: `w-tool w-${name}`, "aria-label": say(name) }, icon(name));
}

function lastWords(entries) {
  const last = entries.at(-1);
  return last?.text ?? last?.answer?.title ?? last?.ticket?.number ?? "";
}

const frame = new Frame(document.documentElement.dataset);
document.title = say("chatWith", { name: frame.name });
frame.start(document.getElementById("hypercare"));
