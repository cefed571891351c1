// The selection: some rows, or everything the filter matches except a few.

export type Selection =
  | { kind: "some"; ids: ReadonlySet<string> }
  | { kind: "all"; except: ReadonlySet<string>; total: number };

export const NOTHING: Selection = { kind: "some", ids: new Set() };

export const isSelected = (s: Selection, id: string) => (s.kind === "some" ? s.ids.has(id) : !s.except.has(id));

export const selectedCount = (s: Selection) => (s.kind === "some" ? s.ids.size : Math.max(0, s.total - s.except.size));

export function toggle(s: Selection, id: string, on = !isSelected(s, id)): Selection {
  if (s.kind === "some") {
    const ids = new Set(s.ids);
    if (on) ids.add(id);
    else ids.delete(id);
    return { kind: "some", ids };
  }
  const except = new Set(s.except);
  if (on) except.delete(id);
  else except.add(id);
  return { ...s, except };
}

export const selectAll = (total: number): Selection => ({ kind: "all", except: new Set(), total });
