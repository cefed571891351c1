// Commands of every page that have no key: only the palette lists them, so they are fetched after the page.
import { useNavigate } from "@tanstack/react-router";
import { ListTree, Moon, OctagonPause, Send } from "lucide-react";
import { useCommands } from "@/app/commands/registry";
import { theme } from "@/app/theme/theme";
import { stopping } from "./stopping";

export function usePaletteCommands() {
  const navigate = useNavigate();
  useCommands([
    {
      id: "theme",
      title: "Switch between light and dark",
      also: "theme mode",
      group: "Actions",
      icon: Moon,
      run: () => theme.set(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
    },
    {
      id: "stop-all",
      title: "Stop all sending",
      also: "pause halt",
      group: "Actions",
      icon: OctagonPause,
      run: () => stopping.set("asked"),
    },
    {
      id: "make-campaign",
      title: "New campaign",
      also: "create add",
      group: "Actions",
      icon: Send,
      run: () => void navigate({ to: "/campaigns", search: { add: true } }),
    },
    {
      id: "make-sequence",
      title: "New sequence",
      also: "create add write",
      group: "Actions",
      icon: ListTree,
      run: () => void navigate({ to: "/sequences/$id", params: { id: "new" } }),
    },
    {
      id: "prospects",
      title: "Prospects",
      also: "find new leads",
      group: "Go to",
      run: () => void navigate({ to: "/prospects" }),
    },
    {
      id: "segments",
      title: "Segments",
      also: "rules leads",
      group: "Go to",
      run: () => void navigate({ to: "/segments" }),
    },
  ]);
}
