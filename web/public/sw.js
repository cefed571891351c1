// Shows what is pushed to this device, whether the app is open or not. It keeps no data and answers no requests.

/** How long a tab has to say that it shows the page: one that sleeps, or still loads, says nothing. */
const ANSWERS_IN_MS = 1_000;

const pageOf = (path) => {
  const url = new URL(typeof path === "string" ? path : "/", self.location.origin);
  return url.origin === self.location.origin ? url : new URL("/", self.location.origin);
};

const read = (data) => {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
};

/** Asks a tab to show the page. False where it does not answer. */
function isShownBy(tab, page) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const end = (isShown) => {
      port1.close();
      resolve(isShown);
    };
    const late = setTimeout(() => end(false), ANSWERS_IN_MS);
    port1.onmessage = () => {
      clearTimeout(late);
      end(true);
    };
    tab.postMessage({ open: page }, [port2]);
  });
}

/** Shows the page in the tab that is open, or in a new one. A click allows one of both, so the tab is asked first. */
async function show(path) {
  const url = pageOf(path);
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = tabs.find((one) => one.visibilityState === "visible") ?? tabs[0];
  if (tab && (await isShownBy(tab, url.pathname + url.search))) return tab.focus();
  return self.clients.openWindow(url.href);
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const { title, path, tag } = read(event.data);
  const options = { icon: "/icon-192.png", tag, data: { path } };
  event.waitUntil(self.registration.showNotification(title || "leadflow", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.path));
});

// The app tells the server the new address when it is opened next.
self.addEventListener("pushsubscriptionchange", (event) => {
  const options = event.oldSubscription?.options;
  if (options) event.waitUntil(self.registration.pushManager.subscribe(options));
});
