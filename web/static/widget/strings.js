/**
 * Every fixed word that a customer reads in the chat, in one list. Approved answers, updates and
 * people's own messages are never in here: they are shown as the server sends them.
 * `{name}` marks the place of a value.
 */

export const WORDS = Object.freeze({
  // The frame
  chatWith: "{name}: questions and answers",
  back: "Back to the start",
  close: "Close the chat",
  newTab: "(opens in a new tab)",

  // Home
  greeting: "Not sure if something is right?",
  greetingMore: "Ask in your own words. People check every answer, and take over when you need one.",
  update: "Latest update",
  updateExpected: "Is it expected?",
  updateDo: "What to do now",
  updateNext: "Next update",
  updateNone: "No announcement right now.",
  updateFailed: "We could not load the latest update.",
  updateAll: "All updates",
  ask: "Ask a question",
  askMore: "Most people get an answer in seconds",
  carryOn: "Continue our conversation",
  carryOnNew: "New message for you",
  chips: "People are asking",
  help: "Search the help page",
  helpFind: "Search",
  helpHint: "For example: invoice",
  person: "Talk to a person",
  personMore: "You get a ticket, a name and a time",
  trust: "Answers are written and approved by people.",
  away: "Our team is away right now. You can still ask: checked answers come at once, and your ticket waits for the team.",
  awayUntil: "Our team is back {when}. You can still ask: checked answers come at once, and your ticket waits for the team.",

  // Chat
  log: "Conversation",
  today: "Today",
  yesterday: "Yesterday",
  empty: "Ask us anything about {name}",
  emptyMore: "Write it the way you would say it. If no checked answer fits, a person takes over.",
  newBelow: "New messages",
  youSaid: "You said",
  teamSaid: "{name} from the team said",
  weSaid: "We said",
  noteSaid: "Note",
  team: "The team",
  typing: "{name} is writing…",
  checking: "Checking the approved answers…",
  checkingPerson: "Opening a ticket for you…",
  stillChecking: "Still checking. This can take a few seconds.",
  stillCheckingSaved: "Still checking. Your question is saved; if nothing fits, a person takes it.",
  opening: "Loading your conversation…",
  seen: "Sent",
  sending: "Sending…",
  waiting: "Not sent yet. It goes out when you are back online.",
  retrying: "Not sent yet, trying again. Your text is safe.",
  retryIn: "Not sent yet, trying again in {seconds} s. Your text is safe.",
  limited: "Many messages at once. This one goes out in {seconds} s.",
  unavailable: "We cannot take messages at the moment. Yours is kept here and goes out in {seconds} s.",
  failed: "Not sent. Your text is kept here.",
  retry: "Try again",
  edit: "Edit",

  // Connection
  offline: "You are offline. What you write is kept and sent later.",
  reconnecting: "Reconnecting… nothing is lost.",
  forgetful: "Your browser does not let us remember this chat. Keep this page open to follow it.",
  expired: "Your earlier conversation has ended on this device. This is a new one; your text was kept.",
  expiredEmpty: "Your earlier conversation has ended on this device. Ask again any time.",
  loadFailed: "We could not load your conversation.",

  // Answer
  approved: "Approved answer",
  checked: "checked by the team on {date}",
  checkedPlain: "checked by the team",
  verdictExpected: "Yes, this is expected.",
  verdictKnownIssue: "This is a known issue. A fix is coming.",
  verdictNotExpected: "This is not expected. A person is looking into it.",
  whyNow: "Why now",
  whatToDo: "What to do",
  safeToContinue: "Can I continue?",
  nextUpdate: "Next update",
  source: "Where this comes from",
  sourceQuestion: "Answers the question",
  sourceVersion: "Version {version}, fingerprint {mark}",
  sourceLink: "Read it on the help page",
  withdrawn: "Withdrawn. Please do not rely on this answer.",
  correction: "Correction",
  corrected: "Read what is right",

  // Did this help?
  helpfulAsk: "Does this answer it?",
  helpful: "This answers it",
  notQuite: "Not quite",
  thanks: "Glad that is settled.",
  noted: "Thank you. The team sees that this did not help.",
  why: "What was missing? (optional)",
  not_my_case: "Not my case",
  already_tried: "I already tried this",
  unclear: "I do not understand it",
  still_broken: "It is still broken",
  other: "Something else",
  note: "A word to the team (optional)",
  send: "Send",
  cancel: "Cancel",
  notRecorded: "That did not go through. Please try again.",

  // Did you mean…
  didYouMean: "Did you mean…",
  appliesWhen: "Applies when {condition}",
  noneOfThese: "None of these",
  youChose: "You chose",

  // Ticket
  ticket: "Ticket",
  severity: "Severity {level}",
  acknowledged: "We have it since {when}",
  owner: "{name} has it",
  ownerSoon: "Our team has it. You will see here who takes it.",
  ownerBack: "Our team has it and is back {when}. You will see here who takes it.",
  acknowledge: "A person confirms",
  first_response: "First reply",
  next_update: "Next update",
  resolve: "Solved",
  promiseBy: "by {when}",
  promiseLate: "later than promised, we are on it",
  promisePaused: "goes on when you write",
  others: "{count} others reported this. We track it once.",
  othersOne: "1 other person reported this. We track it once.",
  resolved: "Resolved",
  stripOwner: "{number} · {name} has it",
  stripTeam: "{number} · with our team",
  stripResolved: "{number} · resolved",

  // Context, asked once
  contextAsk: "Help us help you faster",
  contextOnce: "We ask this once. Every field is optional.",
  doing: "What were you doing?",
  canContinue: "Can you go on?",
  yes: "Yes",
  partly: "Partly",
  no: "No",
  reach: "Where can we reach you?",
  reachHint: "E-mail or phone",
  share: "Share with the team",
  shared: "Shared with the team",
  sharedDoing: "You were doing",
  sharedContinue: "You can go on",
  sharedReach: "We reach you at",
  emailMe: "E-mail me",
  emailWhere: "Your e-mail address",
  emailHow: "An answer that you have not read here comes by mail.",
  emailAsked:
    "Is {email} yours? Our first mail there asks you to confirm it; then answers that you have not read here come in full.",
  emailOn: "Answers that you have not read here also go to {email}.",
  emailWrong: "Mail to {email} came back. Is the address right?",
  emailNone: "That is no e-mail address.",
  emailNot: "Not now",
  emailChange: "Use another address",

  // Resolved
  rateAsk: "How did we do?",
  rateMore: "Your ticket is resolved. If it is not, write below and we go on.",
  score1: "Very bad",
  score2: "Bad",
  score3: "All right",
  score4: "Good",
  score5: "Very good",
  rateNote: "What could be better? (optional)",
  rated: "Thank you. The team reads every rating.",
  startNew: "Start a new conversation",

  // Composer
  write: "Write your question",
  writeOn: "Write a message",
  sendMessage: "Send message",
  left: "{count} characters left",
  tooLong: "{count} characters too many",
  keys: "Enter sends, Shift and Enter starts a new line",

  // Time
  now: "now",
  minuteAgo: "1 min ago",
  minutesAgo: "{count} min ago",
  hoursAgo: "{count} h ago",
  inMoment: "in less than a minute",
  inMinutes: "in {count} min",
  inHours: "in {hours} h {minutes} min",
  inDays: "in {count} days",
  at: "{day}, {time}",

  // When the server gives no words of its own
  errorUnreachable: "We could not reach the server.",
  errorRefused: "The server did not accept this.",
});

/**
 * The words called `name` with their values filled in.
 * @param {keyof typeof WORDS} name
 * @param {Record<string, string|number>} [values]
 */
export function say(name, values = {}) {
  return WORDS[name].replace(/\{(\w+)\}/g, (_, place) => String(values[place]));
}
