// Makes server-rendered pages live and quick. Every page works without this file.
import { keepTimes } from "./times.js";
import { keepFresh } from "./fresh.js";
import { listenToDesk } from "./stream.js";
import { sayConnection } from "./connection.js";
import { showPresence } from "./presence.js";
import { keepRows } from "./rows.js";
import { keepDrafts } from "./drafts.js";
import { listenToKeys } from "./keys.js";
import { offerPalette } from "./palette.js";
import { easeForms } from "./forms.js";
import { easeDesk } from "./desk.js";
import { previewEntry } from "./entry.js";
import { searchHelp } from "./help.js";

keepTimes(document);
easeForms(document);
easeDesk(document);
previewEntry(document);
searchHelp(document);
listenToKeys(document);
offerPalette(document);
keepFresh(document);
keepRows(document);
keepDrafts(document);
sayConnection(document);
showPresence(document);
listenToDesk(document);
