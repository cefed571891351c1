// The list of keyboard shortcuts on this page, and the switch for single-letter keys.
import { useStore } from "@/shared/lib/store";
import { Dialog } from "@/shared/ui/dialog";
import { Key } from "@/shared/ui/key";
import { Switch } from "@/shared/ui/switch";
import { helpOpen } from "./open";
import { keyCaps, singleKeys, useAllCommands } from "./registry";

const LISTS: [string, string][] = [
  ["j", "Next row"],
  ["k", "Previous row"],
  ["Enter", "Open"],
  ["Space", "Peek"],
  ["x", "Select"],
  ["shift+j", "Extend selection"],
  ["e", "Done"],
  ["f", "Filter"],
  ["d", "Follow up"],
  ["m", "E-mail"],
  ["p", "Call"],
  ["1", "First tab, up to 9"],
  ["Escape", "Close or clear"],
];

export function Help() {
  const open = useStore(helpOpen);
  const commands = useAllCommands();
  const letters = useStore(singleKeys);
  const groups = ["This page", "Actions", "Go to"] as const;
  return (
    <Dialog open={open} onClose={() => helpOpen.set(false)} title="Keyboard shortcuts" wide>
      <div className="mb-4 border-b pb-3">
        <Switch
          checked={letters === "on"}
          onValue={(on) => singleKeys.set(on ? "on" : "off")}
          label="Single-key shortcuts"
          note="When off, only shortcuts with Ctrl or Cmd work, and buttons show no hints."
        />
      </div>
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {groups.map((group) => {
          const rows = commands.filter((c) => c.group === group && c.keys);
          return rows.length ? (
            <section key={group} aria-label={group}>
              <h3 className="mb-1 text-meta text-ink-2">{group}</h3>
              {rows.map((c) => (
                <KeyRow key={c.id} keys={c.keys ?? ""} text={c.title} />
              ))}
            </section>
          ) : null;
        })}
        <section aria-label="Lists">
          <h3 className="mb-1 text-meta text-ink-2">Lists</h3>
          {LISTS.map(([keys, text]) => (
            <KeyRow key={keys} keys={keys} text={text} />
          ))}
        </section>
      </div>
    </Dialog>
  );
}

function KeyRow({ keys, text }: { keys: string; text: string }) {
  return (
    <div className="flex h-8 items-center border-b">
      <span className="flex-1">{text}</span>
      <span className="flex gap-1">
        {keyCaps(keys).map((cap) => (
          <Key key={cap}>{cap}</Key>
        ))}
      </span>
    </div>
  );
}
