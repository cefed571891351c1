// The reader's own settings: theme, single-letter keys.
import { helpOpen } from "@/app/commands/open";
import { singleKeys } from "@/app/commands/registry";
import { type Theme, theme } from "@/app/theme/theme";
import { useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Switch } from "@/shared/ui/switch";
import { Segmented } from "@/shared/ui/tabs";

export function ShortcutsSection() {
  const letters = useStore(singleKeys);
  const chosen = useStore(theme);
  return (
    <div className="max-w-text space-y-4 p-6 max-lg:p-4">
      <Heading note="on this device">Theme</Heading>
      <Segmented<Theme>
        label="Theme"
        value={chosen}
        onChange={(t) => theme.set(t)}
        items={[
          { id: "light", label: "Light" },
          { id: "dark", label: "Dark" },
          { id: "system", label: "System" },
        ]}
      />
      <Heading>Keyboard shortcuts</Heading>
      <Switch
        checked={letters === "on"}
        onValue={(on) => singleKeys.set(on ? "on" : "off")}
        label="Single-key shortcuts"
        note="When off, only shortcuts with Ctrl or Cmd work, and buttons show no hints."
      />
      <Button hint="?" onClick={() => helpOpen.set(true)}>
        Show all shortcuts
      </Button>
    </div>
  );
}
