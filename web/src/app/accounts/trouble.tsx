// Accounts that fail or are untested: the fault, what to do, and the button that tests again.

import { Link } from "@tanstack/react-router";
import { useMay } from "@/app/auth/use-may";
import { adviceOn } from "@/shared/lib/account-advice";
import { errorLine, isFailing, isUntested, stateOf } from "@/shared/lib/account-state";
import { sectionOf } from "@/shared/lib/senders";
import { State } from "@/shared/ui/badge";
import type { AccountView } from "./queries";
import { TryAccount } from "./try-account";

export const inTrouble = (a: AccountView) => a.enabled && (isFailing(a) || isUntested(a));

export function AccountTrouble({ accounts }: { accounts: AccountView[] }) {
  const may = useMay("admin");
  const shown = accounts.filter(inTrouble);
  if (!shown.length) return null;
  return (
    <ul aria-label="Accounts that need attention" className="divide-y rounded-panel border bg-warm-soft text-ink">
      {shown.map((a) => (
        <li key={a.id} className="flex flex-wrap items-start gap-x-3 gap-y-2 px-3.5 py-2.5">
          <span className="min-w-0 flex-1 basis-65">
            <span className="flex flex-wrap items-baseline gap-x-3">
              <Link
                to="/settings/$section/$id"
                params={{ section: sectionOf(a.kind), id: a.id }}
                className="font-medium hover:underline"
              >
                {a.name}
              </Link>
              <State tone={stateOf(a).tone}>{stateOf(a).word}</State>
            </span>
            <span className="block [overflow-wrap:anywhere]">{isFailing(a) ? errorLine(a) : "Not tested yet."}</span>
            {adviceOn(a) ? <span className="block font-medium">{adviceOn(a)}</span> : null}
            {may ? null : <span className="block text-ink-2">An admin can change the account.</span>}
          </span>
          <TryAccount account={a} again={isFailing(a)} />
        </li>
      ))}
    </ul>
  );
}
