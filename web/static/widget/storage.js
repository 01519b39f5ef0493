/**
 * What the frame remembers of one launch. Browsers may deny storage altogether (private windows,
 * blocked third-party data, a full disk): then it lives as long as the page does.
 */

/**
 * @typedef {object} Memory
 * @property {{id: string, token: string}|null} conversation
 * @property {string} draft  words not sent yet
 * @property {object[]} unsent  the outbox
 * @property {string|null} seen  id of the last message the customer has looked at
 * @property {boolean} rated
 * @property {{id: string, token: string}|null} earlier  the conversation before this one
 */

/** @returns {Memory} */
const blank = () => ({
  conversation: null,
  draft: "",
  unsent: [],
  seen: null,
  rated: false,
  earlier: null,
});

export class Storage {
  /** @param {string} launch */
  constructor(launch) {
    this.name = `hypercare:${launch}`;
    this.lasts = true; // false once the browser has refused
    this.memory = this.#read();
  }

  /** Everything remembered; `conversation` as the newest tab has it. */
  recall() {
    if (this.lasts) this.memory.conversation = this.#read().conversation;
    return this.memory;
  }

  /** @param {Partial<Memory>} changes */
  keep(changes) {
    // Another tab may have begun the conversation meanwhile; a draft must not undo that.
    if (!("conversation" in changes)) this.recall();
    Object.assign(this.memory, changes);
    try {
      localStorage.setItem(this.name, JSON.stringify(this.memory));
    } catch {
      this.lasts = false;
    }
  }

  #read() {
    try {
      return { ...blank(), ...JSON.parse(localStorage.getItem(this.name) ?? "{}") };
    } catch {
      // Denied, or not ours any more: start clean and find out on the first write.
      this.lasts = canWrite(this.name);
      return blank();
    }
  }
}

function canWrite(name) {
  try {
    localStorage.setItem(`${name}:probe`, "1");
    localStorage.removeItem(`${name}:probe`);
    return true;
  } catch {
    return false;
  }
}
