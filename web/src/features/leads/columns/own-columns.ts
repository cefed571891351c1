// The columns that a user has chosen on this device, for lists that no view gives columns to.
import { useState } from "react";
import { useIdentity } from "@/app/auth/use-session";

const keyOf = (user: string | undefined) => `leadflow.columns.${user ?? ""}`;

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // Private windows may refuse storage.
    return undefined;
  }
}

export function useOwnColumns(): [string | undefined, (cols: string | undefined) => void] {
  const key = keyOf(useIdentity()?.user.id);
  const [kept, setKept] = useState({ key, cols: read(key) });
  const cols = kept.key === key ? kept.cols : read(key);
  const keep = (next: string | undefined) => {
    setKept({ key, cols: next });
    try {
      if (next) localStorage.setItem(key, next);
      else localStorage.removeItem(key);
    } catch {
      // Private windows may refuse storage.
    }
  };
  return [cols, keep];
}
