// Runs before the app: sets the theme before the first paint, keeps keys pressed before the app listens,
// and reloads once when a lazily loaded file of an older release is gone.
(() => {
  const root = document.documentElement;
  let theme = null;
  try {
    theme = localStorage.getItem("leadflow.theme");
  } catch {}
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = theme;
  const keys = [];
  const keep = (event) => {
    if (keys.length < 8) keys.push({ key: event.key, mod: event.ctrlKey || event.metaKey });
  };
  addEventListener("keydown", keep, true);
  window.leadflowBoot = {
    takeKeys() {
      removeEventListener("keydown", keep, true);
      return keys.splice(0);
    },
  };
  addEventListener("vite:preloadError", () => {
    // Without a connection a reload would leave nothing on the screen: the app says so itself.
    fetch("/boot.js", { cache: "no-store" }).then(
      () => {
        try {
          if (sessionStorage.getItem("leadflow.reloaded")) return;
          sessionStorage.setItem("leadflow.reloaded", "1");
        } catch {
          return;
        }
        location.reload();
      },
      () => undefined,
    );
  });
})();
