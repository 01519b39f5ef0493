// What changes at the desk, as it happens: one stream per browser, shared by all its tabs.
// One tab holds a lock and the stream and tells the others. Where streams are blocked it asks every
// few seconds instead. Every tab knows the last event it was drawn or told with, so that nothing is
// missed and nothing comes twice, whoever holds the stream.

const NAME = "hypercare-desk";
const POLL = 4000; // milliseconds between two questions where no stream comes through
const HELLO = 5000; // a stream that has not begun by then is held up on the way
const SILENCE = 25000; // a stream that has not even beaten for so long is dead
const ALONE = 40000; // a tab that hears nothing from the one with the stream asks for itself
const SAY = 3000; // how long a connection may be away before anybody is told
const STREAM_AGAIN = 60000; // where streams are blocked, until one is tried again
const WAITS = [500, 1000, 2000, 4000, 8000];

export function listenToDesk(page) {
  const { live, upto } = page.documentElement.dataset;
  if (live !== "desk") return;
  const desk = { page, last: Number(upto), failures: 0, state: "live", heard: Date.now(), isOver: false };
  desk.channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
  if (desk.channel) desk.channel.onmessage = ({ data }) => takeIn(desk, data);
  takeTheLead(desk);
  setInterval(() => lookAfter(desk), 1000);
}

function takeTheLead(desk) {
  const lead = () => {
    desk.isLeading = true;
    openStream(desk);
    return new Promise(() => {}); // held until the tab is gone; the next tab takes over then
  };
  if (!desk.channel || !navigator.locks) return lead();
  navigator.locks.request(NAME, lead);
  // Between drawing this page and hearing the one who leads, something may have happened.
  navigator.locks.request(NAME, { ifAvailable: true }, (lock) => lock || ask(desk));
}

function openStream(desk) {
  if (desk.isOver) return;
  desk.opened = desk.heard = Date.now();
  desk.greeted = false;
  const source = new EventSource(`/desk/events?after=${desk.last}`);
  desk.source = source;
  const hear = (kind, take) =>
    source.addEventListener(kind, (event) => {
      if (desk.source === source) take(JSON.parse(event.data));
    });
  hear("hello", () => {
    Object.assign(desk, { greeted: true, streams: true, failures: 0 });
    tell(desk, { beat: true });
  });
  hear("beat", () => tell(desk, { beat: true }));
  let sent = desk.last;
  hear("changed", (frame) => {
    tell(desk, { frame: { ...frame, after: sent } });
    sent = frame.id;
  });
  hear("presence", (presence) => tell(desk, { presence }));
  hear("notices", (notices) => tell(desk, { notices }));
  hear("over", () => end(desk));
  source.onerror = () => desk.source === source && fail(desk);
}

// Whatever one tab learns all tabs learn.
function tell(desk, said) {
  desk.channel?.postMessage({ ...said, state: "live" });
  takeIn(desk, { ...said, state: "live" });
}

function takeIn(desk, said) {
  desk.heard = Date.now();
  if (said.presence) {
    desk.presence = said.presence;
    emit(desk, "presence", said.presence);
  }
  if (said.notices) emit(desk, "notices", said.notices);
  if (said.frame) takeChanges(desk, said.frame);
  if (said.state) setState(desk, said.state);
}

function takeChanges(desk, frame) {
  // Another tab was told from where that one stood: what lies before that this one asks for itself.
  if (!frame.refresh && frame.after > desk.last) return ask(desk);
  const events = frame.events.filter((event) => event.n > desk.last);
  desk.last = frame.refresh ? frame.id : Math.max(desk.last, frame.id);
  if (events.length || frame.refresh) emit(desk, "changed", { events, refresh: frame.refresh });
}

function emit(desk, name, detail) {
  desk.page.documentElement.dispatchEvent(new CustomEvent(`hypercare:${name}`, { detail }));
}

function fail(desk) {
  desk.source.close();
  desk.failures += 1;
  desk.streams = desk.greeted;
  desk.lostAt ??= Date.now();
  if (desk.failures >= 2) return poll(desk);
  setTimeout(() => openStream(desk), WAITS[Math.min(desk.failures, WAITS.length) - 1]);
}

async function poll(desk) {
  if (desk.isOver) return;
  desk.pollingSince ??= Date.now();
  const isThere = await ask(desk);
  // After a restart the stream is there again at once; where none ever came, it is tried rarely.
  if (isThere && (desk.streams || Date.now() - desk.pollingSince > STREAM_AGAIN)) {
    Object.assign(desk, { pollingSince: null, failures: 0 });
    return openStream(desk);
  }
  const wait = isThere ? POLL : WAITS[Math.min(desk.failures++, WAITS.length) - 1];
  setTimeout(() => poll(desk), wait);
}

async function ask(desk) {
  const after = desk.last;
  try {
    const response = await fetch(`/desk/changes?after=${after}`, { credentials: "same-origin" });
    if (response.status === 401 || response.status === 403) return end(desk);
    if (!response.ok) return false;
    const { presence, notices, ...frame } = await response.json();
    tell(desk, { frame: { ...frame, after }, presence, notices });
    return true;
  } catch {
    return false;
  }
}

function lookAfter(desk) {
  if (desk.isOver) return;
  const now = Date.now();
  if (desk.isLeading && desk.source?.readyState === EventSource.OPEN && now - desk.heard > SILENCE) fail(desk);
  else if (desk.isLeading && !desk.greeted && !desk.pollingSince && !desk.lostAt && now - desk.opened > HELLO) fail(desk);
  else if (!desk.isLeading && now - desk.heard > ALONE) ask(desk);
  const away = desk.lostAt ? now - desk.lostAt : 0;
  if (away > SAY && desk.state === "live") {
    desk.channel?.postMessage({ state: "lost" });
    setState(desk, "lost");
  }
}

function setState(desk, state) {
  if (state === "live") Object.assign(desk, { lostAt: null, asOf: Date.now() });
  if (desk.state === state) return;
  desk.state = state;
  emit(desk, "connection", { state, asOf: desk.asOf ?? Date.now() });
}

// Signed out, or no longer of this desk: the stream has ended for good.
function end(desk) {
  desk.isOver = true;
  desk.source?.close();
  desk.channel?.postMessage({ state: "over" });
  setState(desk, "over");
  return false;
}
