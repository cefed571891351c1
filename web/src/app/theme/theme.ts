// The theme: light, dark, or the device's setting.
import { createStoredStore } from "@/shared/lib/store";

export type Theme = "light" | "dark" | "system";
export const theme = createStoredStore<Theme>("leadflow.theme", "system", ["light", "dark", "system"]);

function apply() {
  const chosen = theme.get();
  const dark = chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function watchTheme(): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", apply);
  const off = theme.subscribe(apply);
  apply();
  return () => {
    media.removeEventListener("change", apply);
    off();
  };
}
