// Tabs of one browser tell each other which conversation has changed.

const channel = "BroadcastChannel" in window ? new BroadcastChannel("phi4") : null;

/** @param {string} conversation "" for all of them */
export function tellTabs(conversation) {
  channel?.postMessage(conversation);
}

/** @param {(conversation: string) => void} heard */
export function hearTabs(heard) {
  channel?.addEventListener("message", (event) => typeof event.data === "string" && heard(event.data));
}
