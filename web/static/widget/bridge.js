/**
 * The line to the page that embeds the chat. The first message from the parent window says who
 * it is; from then on only that origin is heard and spoken to. No words of the conversation and
 * no token ever go through here. On the hosted page there is no parent and nothing to say.
 */

export class Bridge extends EventTarget {
  constructor() {
    super();
    this.site = null; // origin of the embedding page
    this.isEmbedded = window.parent !== window;
    if (this.isEmbedded) window.addEventListener("message", (event) => this.#hear(event));
  }

  close() {
    this.#tell("close");
  }

  /** @param {number} count */
  showUnread(count) {
    if (count !== this.count) this.#tell("unread", { count });
    this.count = count;
  }

  /** Lets the site's next page fetch replies in the background. */
  hasConversation(exists) {
    if (exists !== this.exists) this.#tell("conversation", { exists });
    this.exists = exists;
  }

  #hear({ source, origin, data }) {
    if (source !== window.parent || typeof data?.hypercare !== "string") return;
    if (data.hypercare === "hello") this.#greet(origin);
    if (origin !== this.site) return;
    this.dispatchEvent(new CustomEvent(data.hypercare, { detail: data }));
  }

  #greet(origin) {
    this.site ??= origin;
    if (origin === this.site) this.#tell("ready");
  }

  #tell(type, more = {}) {
    if (this.site) window.parent.postMessage({ hypercare: type, ...more }, this.site);
  }
}
