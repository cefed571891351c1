// Shows what is pushed while the app is closed. It keeps no data and answers no requests.
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

/** Shows the page in the tab that is open, or in a new one. */
async function show(path) {
  const url = pageOf(path);
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => one.visibilityState === "visible") ?? pages[0];
  if (!page) return self.clients.openWindow(url.href);
  await page.focus();
  page.postMessage({ open: url.pathname + url.search });
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
