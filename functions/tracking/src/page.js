// Counts this visit: that the page was loaded, how long it was in sight, which button was pressed.
// No cookies; the session's random name lives in this tab alone.
(() => {
  const SLICE = 15;
  const MOST = 30 * 60;
  const token = document.body.dataset.previewToken;
  if (!token) return;
  // Opened from the app by one of the workspace: their own look counts for nothing, in this tab. The mark leaves the address,
  // so that who copies it passes on a link that counts.
  const OWN = "#own";
  const kept = {
    get(name) {
      try {
        return sessionStorage.getItem(`preview.${name}`);
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        sessionStorage.setItem(`preview.${name}`, value);
      } catch {}
    },
  };
  if (location.hash === OWN) {
    kept.set("own", "1");
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (kept.get("own")) return;
  const random = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const session = kept.get("session") || random();
  kept.set("session", session);
  let seq = Number(kept.get("seq")) || 0;
  const send = (event, more) => {
    seq += 1;
    kept.set("seq", seq);
    const body = JSON.stringify({ token, event, session, seq, ...more });
    const blob = new Blob([body], { type: "application/json" });
    if (navigator.sendBeacon && navigator.sendBeacon("/api/preview/track", blob)) return;
    fetch("/api/preview/track", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      keepalive: true,
    }).catch(() => {});
  };
  const start = () => {
    send("view");
    let spent = 0;
    let unsent = 0;
    let since = document.hidden ? 0 : performance.now();
    const report = (least) => {
      if (since) {
        const now = performance.now();
        unsent += (now - since) / 1000;
        since = now;
      }
      while (unsent >= least && spent < MOST) {
        const seconds = Math.min(Math.floor(unsent), SLICE, MOST - spent);
        unsent -= seconds;
        spent += seconds;
        send("time", { seconds });
      }
    };
    const leave = () => {
      report(1);
      since = 0;
    };
    setInterval(() => report(SLICE), 5000);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) leave();
      else since = performance.now();
    });
    addEventListener("pagehide", leave);
    document.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-cta]");
      if (pressed) send("cta", { cta: pressed.dataset.cta });
    });
  };
  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})();
