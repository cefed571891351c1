// The passkeys of the user's login, in the profile.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { client, unwrap } from "@/api/client";
import { startSession } from "@/api/session";
import type { Schema } from "@/api/types";
import { hasPasskeys, isCancelled, makePasskey } from "@/app/auth/passkeys";
import { proven } from "@/app/auth/proof";
import { secondFactorChanged } from "@/app/auth/second-factor";
import { ago, day } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { RecoveryCodesDialog } from "./recovery-codes";

const Rename = lazy(() => import("./passkey-dialogs").then((m) => ({ default: m.RenamePasskeyDialog })));
const Remove = lazy(() => import("./passkey-dialogs").then((m) => ({ default: m.RemovePasskeyDialog })));

export type Passkey = Schema["OwnPasskey"];

export const passkeysQuery = queryOptions({
  queryKey: ["passkeys"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/auth/passkeys", { signal })),
});

const about = (passkey: Passkey) => {
  const used = passkey.used_at ? ago(passkey.used_at) : undefined;
  const words = used?.endsWith("min") ? `${used} ago` : used;
  return `Added: ${day(passkey.added_at)}. ${words ? `Last used ${words}.` : "Not used yet."}`;
};

type Asked = { dialog: "rename" | "remove"; passkey: Passkey } | { dialog: "codes"; codes: string[] };

export function Passkeys() {
  const query = useQuery(passkeysQuery);
  const cache = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const changed = () => {
    void cache.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    secondFactorChanged(cache);
  };
  const add = useMutation({
    mutationFn: async () => {
      const asked = await proven(() => unwrap(client.POST("/api/auth/passkeys", {})));
      return unwrap(client.POST("/api/auth/passkeys/new", { body: await makePasskey(asked) }));
    },
    onSuccess: ({ first }) => {
      // All other sessions have ended, and so has the one that asked.
      if (first) startSession(first.session);
      if (first) setAsked({ dialog: "codes", codes: first.codes });
      changed();
      toast("Passkey added");
    },
    onError: (error) => isCancelled(error) || toastProblem("Could not add the passkey", error),
  });
  const close = () => {
    setAsked(undefined);
    changed();
  };
  return (
    <section aria-label="Passkeys">
      <Heading>Passkeys</Heading>
      <p className="mt-1 mb-2 text-ink-2">
        A passkey signs you in by your finger, your face or the PIN of your device, without password and code. Once you
        have one, your password alone does not sign you in.
      </p>
      <Loaded query={query} what="Your passkeys">
        {(list) => (
          <>
            {list.items.length ? (
              <ul className="mb-3 divide-y divide-line border-y border-line">
                {list.items.map((passkey) => (
                  <li key={passkey.id} className="flex min-h-12 items-center gap-3 py-2">
                    <span className="min-w-0 grow">
                      <span className="block break-words font-medium">{passkey.name}</span>
                      <span className="block text-meta text-ink-2">{about(passkey)}</span>
                    </span>
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Rename ${passkey.name}`}
                      onClick={() => setAsked({ dialog: "rename", passkey })}
                    >
                      Rename
                    </Button>
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Remove ${passkey.name}`}
                      onClick={() => setAsked({ dialog: "remove", passkey })}
                    >
                      Remove
                    </Button>
                  </li>
                ))}
              </ul>
            ) : null}
            {hasPasskeys() ? (
              <Button busy={add.isPending} onClick={() => add.mutate()}>
                Add a passkey
              </Button>
            ) : (
              <p className="text-ink-2">This browser has no passkeys.</p>
            )}
          </>
        )}
      </Loaded>
      {/* The codes are shown once: their dialog is there before they are. */}
      {asked?.dialog === "codes" ? <RecoveryCodesDialog codes={asked.codes} onClose={close} /> : null}
      <Suspense fallback={null}>
        {asked?.dialog === "rename" ? <Rename passkey={asked.passkey} onClose={close} /> : null}
        {asked?.dialog === "remove" ? (
          <Remove passkey={asked.passkey} isLast={query.data?.items.length === 1} onClose={close} />
        ) : null}
      </Suspense>
    </section>
  );
}
