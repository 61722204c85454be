// The page: its parts made and connected, and the address that says which conversation is shown.

/** @import { About } from "./wire" */

import { AboutDialog } from "./about.js";
import { call } from "./api.js";
import { Composer } from "./composer.js";
import { ConversationList } from "./conversations.js";
import { part } from "./dom.js";
import { withKey } from "./key.js";
import { Scroll } from "./scroll.js";
import { Sidebar } from "./sidebar.js";
import { StatusWatch } from "./status.js";
import { hearTabs } from "./tabs.js";
import { Talk } from "./talk.js";
import { Welcome } from "./welcome.js";
import { fillWords } from "./words.js";

fillWords();
/** @type {About | null} */
let about = null;

const composer = new Composer({
  ask: (text) => ask(text),
  stop: () => talk.stop(),
  editLast: () => talk.transcript.lastQuestion?.edit(),
});
const scroll = new Scroll(part("scroll", HTMLElement), part("column", HTMLElement), part("to-end", HTMLButtonElement));
const list = new ConversationList({ gone: (id) => (!id || id === talk.id) && go("") });
const welcome = new Welcome((question) => ask(question));
const sidebar = new Sidebar();
const aboutDialog = new AboutDialog({ removeAll: () => void list.removeAll() });
const talk = new Talk({
  turns: part("turns", HTMLElement),
  composer,
  scroll,
  opened: (id) => {
    history[id ? "pushState" : "replaceState"](null, "", id ? `#${id}` : location.pathname);
    if (!id) void show();
    list.mark(id);
    void list.load();
  },
  changed: () => void list.load(),
});
const status = new StatusWatch((told) => {
  const limit = told.limits["max_characters"];
  if (limit) composer.setLimit(limit);
  const waits = talk.current?.answer;
  if (told.state === "ready" && waits?.failure?.code === "model_not_ready") waits.resume();
});

/** @param {string} text */
function ask(text) {
  welcome.show(false);
  talk.ask(text);
  composer.focus();
}

/** The conversation that the address names, "" a new one. */
function named() {
  return /^#(conv_[0-9a-f]{32})$/.exec(location.hash)?.[1] ?? "";
}

/** @param {string} id */
function go(id) {
  if (id === named() && id) return;
  history.pushState(null, "", id ? `#${id}` : location.pathname);
  void show();
}

/** Show what the address names. */
async function show() {
  const id = named();
  sidebar.close();
  list.mark(id);
  welcome.show(!id);
  if (!id || id !== talk.id) await talk.open(id);
  composer.focus();
}

async function learn() {
  about = await withKey(() => call("GET", "/api/chat/about"));
  if (!about) return;
  welcome.fill(about);
  const notice = part("notice", HTMLElement);
  notice.textContent = about.notice;
  notice.hidden = !about.notice;
}

part("new", HTMLButtonElement).addEventListener("click", () => go(""));
part("skip", HTMLButtonElement).addEventListener("click", () => composer.field.focus());
part("state", HTMLButtonElement).addEventListener("click", () => aboutDialog.open(status.last, about));
addEventListener("popstate", () => void show());
hearTabs((id) => {
  void list.load();
  if (!id || id === talk.id) void talk.refresh();
});
document.addEventListener("visibilitychange", () => !document.hidden && list.loaded && void list.load());

status.look();
void show();
void learn().catch(() => {});
void list.load();
