// The user's own settings: display name, address, phone, password, passkeys, two-step sign-in, sign-in ways, sessions.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { client, unwrap } from "@/api/client";
import { startSession } from "@/api/session";
import type { Schema } from "@/api/types";
import { providersQuery } from "@/app/auth/provider-sign-in";
import { secondFactorQuery } from "@/app/auth/second-factor";
import { changeIdentity, type Identity, useIdentity } from "@/app/auth/use-session";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { ago, day } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded, LoadingRows, useTogether } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { OwnAddress } from "./own-address";
import { OwnPhone } from "./own-phone";
import { Passkeys, passkeysQuery } from "./passkeys";
import { identitiesQuery, SignInWays } from "./sign-in-ways";
import { TwoStep } from "./two-step";

const LeaveDialog = lazy(() => import("./leave-dialog").then((m) => ({ default: m.LeaveDialog })));

type OpenSession = Schema["OpenSession"];

const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/auth/sessions", { signal })),
});

export function ProfileSection() {
  const me = useIdentity();
  const isThere = useTogether([
    useQuery(sessionsQuery),
    useQuery(secondFactorQuery),
    useQuery(passkeysQuery),
    useQuery(providersQuery),
    useQuery(identitiesQuery),
  ]);
  if (!me) return null;
  if (!isThere) return <LoadingRows label="Loading your profile" />;
  return (
    <div className="max-w-[460px] space-y-6 p-6 max-lg:p-4">
      <NameForm me={me} key={me.user.id} />
      <OwnAddress me={me} />
      <OwnPhone me={me} key={`phone of ${me.user.id}`} />
      <PasswordForm email={me.user.email} />
      <Passkeys />
      <TwoStep />
      <SignInWays />
      <Sessions />
      <Leave me={me} />
    </div>
  );
}

function NameForm({ me }: { me: Identity }) {
  const form = useForm(
    { name: me.user.name },
    async (v) => {
      const body = { name: v.name.trim() };
      const known = await unwrap(client.PATCH("/api/auth/me", { body }));
      changeIdentity({ user: known.user });
      toast("Name saved");
    },
    (v): Record<string, string> => (v.name.trim() ? {} : { name: "Enter your name." }),
  );
  return (
    <section aria-label="Your name">
      <Heading>Profile</Heading>
      <form onSubmit={form.submit} noValidate className="mt-1 space-y-3">
        <FormProblem problem={form.problem} fields={["name"]} />
        <Field label="Your name" error={form.errors.name} help={`You sign in as ${me.user.email}.`}>
          <Input
            name="name"
            autoComplete="name"
            value={form.values.name}
            onChange={(e) => form.set("name", e.target.value)}
          />
        </Field>
        <Button type="submit" busy={form.busy} disabled={!form.dirty}>
          Save name
        </Button>
      </form>
    </section>
  );
}

function PasswordForm({ email }: { email: string }) {
  const cache = useQueryClient();
  const empty = { current_password: "", new_password: "" };
  const form = useForm(
    empty,
    async (body) => {
      startSession(await unwrap(client.POST("/api/auth/password", { body })));
      form.reset(empty);
      void cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast("Password changed. You are signed out everywhere else.");
    },
    (v): Record<string, string> => ({
      ...(v.current_password ? {} : { current_password: "Enter your current password." }),
      ...(v.new_password.length >= 10 ? {} : { new_password: "Choose at least 10 characters." }),
    }),
  );
  return (
    <section aria-label="Password">
      <Heading>Password</Heading>
      <form onSubmit={form.submit} noValidate className="mt-1 space-y-3">
        <FormProblem problem={form.problem} fields={["current_password", "new_password"]} />
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field label="Current password" error={form.errors.current_password}>
          <Input
            type="password"
            name="current_password"
            autoComplete="current-password"
            value={form.values.current_password}
            onChange={(e) => form.set("current_password", e.target.value)}
          />
        </Field>
        <Field label="New password" error={form.errors.new_password} help="At least 10 characters.">
          <Input
            type="password"
            name="new_password"
            autoComplete="new-password"
            value={form.values.new_password}
            onChange={(e) => form.set("new_password", e.target.value)}
          />
        </Field>
        <Button type="submit" busy={form.busy}>
          Change password
        </Button>
      </form>
    </section>
  );
}

/** Tells since when a session is there and when its device was last heard of. */
const sessionWords = (session: OpenSession) => {
  const seen = ago(session.used_at);
  return `Last seen ${seen.endsWith("min") ? `${seen} ago` : seen}. Signed in: ${day(session.created_at)}.`;
};

function Sessions() {
  const query = useQuery(sessionsQuery);
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => unwrap(client.POST("/api/auth/logout-others", {})),
    onSuccess: (session) => {
      startSession(session);
      void cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast("You are signed out everywhere else");
    },
    onError: (error) => toastProblem("Could not sign out the other devices", error),
  });
  const endOne = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/auth/sessions/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast("The device is signed out within a minute");
    },
    onError: (error) => toastProblem("Could not sign out the device", error),
  });
  return (
    <section aria-label="Sessions">
      <Heading>Where you are signed in</Heading>
      <p className="mt-1 mb-2 text-ink-2">A device that you sign out is out within a minute.</p>
      <Loaded query={query} what="Your sessions">
        {(list) => (
          <>
            <ul className="mb-3 divide-y divide-line border-y border-line">
              {list.items.map((session) => (
                <li key={session.id} className="flex min-h-12 items-center gap-3 py-2">
                  <span className="min-w-0 grow">
                    <span className="block font-medium">
                      {session.device ?? "A device without a name"}{" "}
                      {session.current ? <Badge>This device</Badge> : null}
                    </span>
                    <span className="block text-meta text-ink-2">{sessionWords(session)}</span>
                  </span>
                  {session.current ? null : (
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-label={`Sign out ${session.device ?? "the device without a name"}`}
                      busy={endOne.isPending && endOne.variables === session.id}
                      onClick={() => endOne.mutate(session.id)}
                    >
                      Sign out
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            {list.items.length > 1 ? (
              <Button busy={end.isPending} onClick={() => end.mutate()}>
                Sign out everywhere else
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Leave({ me }: { me: Identity }) {
  const [asks, setAsks] = useState(false);
  return (
    <section aria-label="Leave the workspace">
      <Heading>Leave {me.workspace.name}</Heading>
      <p className="mt-1 mb-2 text-ink-2">An admin can activate you again. Your other workspaces stay as they are.</p>
      <Button onClick={() => setAsks(true)}>Leave the workspace</Button>
      <Suspense fallback={null}>{asks ? <LeaveDialog me={me} onClose={() => setAsks(false)} /> : null}</Suspense>
    </section>
  );
}
