// The command palette: commands of this page first, then pages, then leads by name.
import { Dialog as Base } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { HeatMark } from "@/app/parts/heat";
import { cx } from "@/shared/lib/cx";
import { useDelayed } from "@/shared/lib/hooks";
import { useStore } from "@/shared/lib/store";
import { Key } from "@/shared/ui/key";
import { paletteOpen } from "./open";
import { findPeople } from "./people";
import { type Command, keyCaps, matches, useAllCommands } from "./registry";
import { useThings } from "./things";

interface Row {
  id: string;
  group: string;
  text: ReactNode;
  icon?: ReactNode;
  caps: string[];
  run: () => void;
}

/** The key that opened the palette must not type into it. */
const HERE = new Set(["palette", "search"]);
const ORDER: Command["group"][] = ["This page", "Actions", "Go to"];

export function Palette() {
  const open = useStore(paletteOpen);
  return (
    <Base.Root open={open} onOpenChange={(next) => paletteOpen.set(next)}>
      <Base.Portal keepMounted>
        <Base.Backdrop className="fixed inset-0 z-50 bg-ink/20 data-[closed]:hidden dark:bg-canvas/60" />
        <Base.Popup className="fixed top-[10vh] left-1/2 z-50 flex max-h-[72vh] w-[560px] max-w-[calc(100vw-16px)] -translate-x-1/2 flex-col overflow-hidden rounded-card border border-line bg-raised shadow-float outline-none data-[closed]:hidden">
          <Base.Title className="sr-only">Search or run a command</Base.Title>
          {open ? <PaletteBody /> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function PaletteBody() {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const commands = useAllCommands();
  const navigate = useNavigate();
  const asked = useDelayed(query.trim(), 120);
  const things = useThings(query.trim().length >= 2);
  const people = useQuery({ ...findPeople(asked), enabled: asked.length >= 2 });

  const rows = useMemo<Row[]>(() => {
    const listed = commands.filter((c) => !HERE.has(c.id));
    const found = ORDER.flatMap((group) => listed.filter((c) => c.group === group && matches(c, query)));
    // Matches at the beginning come before matches elsewhere.
    const begins = (c: Command) => c.title.toLowerCase().startsWith(query.trim().toLowerCase());
    if (query.trim()) found.sort((a, b) => Number(begins(b)) - Number(begins(a)));
    const asRow = (c: Command): Row => ({
      id: c.id,
      group: c.group,
      text: c.title,
      icon: c.icon ? <c.icon size={16} aria-hidden="true" /> : undefined,
      caps: c.keys ? keyCaps(c.keys) : [],
      run: c.run,
    });
    const named = query.trim().length >= 2 ? things.filter((t) => matches({ title: t.name }, query)).slice(0, 8) : [];
    const persons = asked.length >= 2 && query.trim().length >= 2 ? (people.data ?? []) : [];
    return [
      ...found.map(asRow),
      ...named.map((t) => ({
        id: `${t.group}-${t.id}`,
        group: t.group,
        text: t.name,
        caps: ["↵"],
        run: () => void navigate(t.target),
      })),
      ...persons.map((p) => ({
        id: `lead-${p.id}`,
        group: "People and companies",
        text: (
          <>
            {p.name} <span className="ml-1 text-ink-2">{p.company}</span>
          </>
        ),
        icon: p.temperature === undefined ? undefined : <HeatMark temperature={p.temperature} />,
        caps: ["↵"],
        run: () => void navigate({ to: "/leads/$id", params: { id: p.id } }),
      })),
    ];
  }, [commands, query, asked, people.data, things, navigate]);

  const index = Math.min(active, Math.max(0, rows.length - 1));
  useEffect(() => {
    list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: "nearest" });
  }, [index]);

  const run = (row: Row | undefined) => {
    if (!row) return;
    paletteOpen.set(false);
    row.run();
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      const step = e.key === "ArrowDown" ? 1 : -1;
      setActive((index + step + Math.max(1, rows.length)) % Math.max(1, rows.length));
    }
    if (e.key === "Enter") {
      e.preventDefault();
      run(rows[index]);
    }
  };

  return (
    <>
      <div className="flex h-12 shrink-0 items-center gap-2.5 border-b px-4">
        <Search size={16} aria-hidden="true" className="text-ink-2" />
        <input
          ref={input}
          // biome-ignore lint/a11y/noAutofocus: whoever opens the palette types
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={rows[index] ? `${listId}-${index}` : undefined}
          aria-label="Search or run a command"
          placeholder="Search or run a command"
          value={query}
          onChange={(e) => {
            setQuery(e.target.value);
            setActive(0);
          }}
          onKeyDown={onKey}
          className="h-full min-w-0 flex-1 bg-transparent text-title outline-none"
        />
        <Key>Esc</Key>
      </div>
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Commands"
        tabIndex={-1}
        className="min-h-0 flex-1 overflow-y-auto py-1"
      >
        {rows.length === 0 ? (
          <p className="px-4 py-3 text-ink-2">
            {people.isFetching ? "Searching…" : `No results for “${query.trim()}”.`}
          </p>
        ) : null}
        {rows.map((row, i) => (
          <div key={row.id} role="presentation">
            {row.group !== rows[i - 1]?.group ? (
              <div role="presentation" className="px-4 pt-2 pb-1 text-meta text-ink-2">
                {row.group}
              </div>
            ) : null}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the field above, where the focus stays */}
            <div
              id={`${listId}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === index}
              data-index={i}
              onPointerMove={() => setActive(i)}
              onClick={() => run(row)}
              className={cx(
                "flex h-9 cursor-default items-center gap-2.5 px-4 max-sm:h-11",
                i === index && "bg-accent-soft shadow-cursor",
              )}
            >
              <span className="flex w-4 justify-center text-ink-2">{row.icon}</span>
              <span className="min-w-0 flex-1 truncate">{row.text}</span>
              <span className="flex gap-1">
                {row.caps.map((cap) => (
                  <Key key={cap}>{cap}</Key>
                ))}
              </span>
            </div>
          </div>
        ))}
      </div>
      <div className="flex h-9 shrink-0 items-center gap-4 border-t bg-canvas px-4 text-ink-2 max-sm:hidden">
        <span className="flex items-center gap-1.5">
          <Key>↑</Key>
          <Key>↓</Key> choose
        </span>
        <span className="flex items-center gap-1.5">
          <Key>↵</Key> run
        </span>
      </div>
    </>
  );
}
