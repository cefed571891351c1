// The team's members and their roles.
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { useIdentity } from "@/app/auth/use-session";
import { type MemberView, teamQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { day } from "@/shared/lib/format";
import { ROLES, type Role, roleWords } from "@/shared/lib/roles";
import { Avatar } from "@/shared/ui/avatar";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Loaded, Together } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { Invitations, shownInvitation } from "./invitations";
import { LinkDialog, type ShownLink } from "./link-dialog";
import { invitationsQuery, settingsQuery, useTeamMoves } from "./queries";
import { TeamAccess } from "./team-access";
import { TwoStepsRule } from "./two-steps-rule";

const HandOver = lazy(() => import("./hand-over-dialog").then((m) => ({ default: m.HandOverDialog })));
const Deactivate = lazy(() => import("./hand-over-dialog").then((m) => ({ default: m.DeactivateDialog })));
const Demote = lazy(() => import("./hand-over-dialog").then((m) => ({ default: m.DemoteDialog })));

type Changes = { role?: Role; disabled?: boolean; ai_off?: boolean; keep_keys?: boolean };

export function TeamSection() {
  const query = useQuery(teamQuery);
  const me = useIdentity();
  const { invite, offerReset, change } = useTeamMoves();
  const [shown, setShown] = useState<ShownLink>();
  const [adding, setAdding] = useState(false);
  const may = useMay("admin");
  const hash = useLocation({ select: (l) => l.hash });
  useEffect(() => {
    if (may && hash === "invite") setAdding(true);
  }, [may, hash]);
  const mayHandOver = useMay("manager");
  const [asked, setAsked] = useState<{
    what: "hand-over" | "deactivate" | "demote";
    member: MemberView;
    role?: Role;
  }>();
  const close = () => setAsked(undefined);
  const settings = useQuery(settingsQuery);
  const invitations = useQuery({ ...invitationsQuery, enabled: may });
  const form = useForm(
    { name: "", email: "", role: "rep" as Role },
    async (v) => {
      const made = await invite.mutateAsync({ ...v, name: v.name.trim(), email: v.email.trim() });
      setAdding(false);
      form.reset({ name: "", email: "", role: "rep" });
      setShown(shownInvitation(made));
    },
    (v): Record<string, string> => ({
      ...(v.name.trim() ? {} : { name: "Enter a name." }),
      ...(v.email.trim() ? {} : { email: "Enter an e-mail address." }),
    }),
  );
  const move = (m: MemberView, body: Changes, undo: Changes) =>
    change.mutate(
      { id: m.id, body },
      {
        onSuccess: () => toast(`${m.name} changed`, { undo: () => change.mutateAsync({ id: m.id, body: undo }) }),
        onError: (error) => toastProblem(`Could not change ${m.name}`, error),
      },
    );
  const reset = (m: MemberView) =>
    offerReset.mutate(m.id, {
      onSuccess: (made) =>
        setShown({
          title: `A new password for ${m.name}`,
          note: `Share this link with ${m.name} within a day. Their current password works until they use it.`,
          link: made.link,
        }),
      onError: (error) => toastProblem(`Could not create a link for ${m.name}`, error),
    });
  return (
    <div className="p-6 max-lg:p-4">
      <Heading
        className="max-w-table"
        aside={
          may ? (
            <Button icon={<UserPlus size={15} />} onClick={() => setAdding(true)}>
              Invite a person
            </Button>
          ) : undefined
        }
      >
        Team
      </Heading>
      <Together queries={may ? [query, invitations, settings] : [query, settings]} what="The team">
        <Loaded query={query} what="The team">
          {(page) => (
            <ul className="mt-1 max-w-table divide-y border-y">
              {page.items.map((m) => {
                const self = m.id === me?.user.id;
                return (
                  <li key={m.id} className="flex min-h-row-person flex-wrap items-center gap-3 py-1.5">
                    <Avatar name={m.name} me={self} />
                    <span className="min-w-0 flex-1 basis-50">
                      <span className="block font-medium">
                        {m.name} {self ? <span className="font-normal text-ink-3">you</span> : null}{" "}
                        {m.disabled ? <Badge>Deactivated</Badge> : null} {m.ai_off ? <Badge>AI off</Badge> : null}{" "}
                        {m.second_factor === false ? <Badge>Password only</Badge> : null}
                      </span>
                      <span className="block text-meta break-all text-ink-2">{m.email}</span>
                      <span className="block text-meta text-ink-2 max-sm:hidden">since {day(m.created_at)}</span>
                    </span>
                    {mayHandOver ? (
                      <Button
                        size="sm"
                        kind="quiet"
                        aria-label={`Hand over the leads of ${m.name}`}
                        onClick={() => setAsked({ what: "hand-over", member: m })}
                      >
                        Hand over
                      </Button>
                    ) : null}
                    {may && !self && m.role !== "owner" ? (
                      <>
                        <Select
                          bare
                          aria-label={`Role of ${m.name}`}
                          value={m.role}
                          options={ROLES.filter((r) => r.value !== "owner")}
                          onValue={(role) =>
                            m.role === "admin" && !m.disabled && role !== "admin"
                              ? setAsked({ what: "demote", member: m, role })
                              : move(m, { role }, { role: m.role })
                          }
                          className="w-30"
                        />
                        {m.disabled ? null : (
                          <Button
                            size="sm"
                            kind="quiet"
                            aria-label={`Switch AI ${m.ai_off ? "on" : "off"} for ${m.name}`}
                            onClick={() => move(m, { ai_off: !m.ai_off }, { ai_off: m.ai_off })}
                          >
                            AI {m.ai_off ? "on" : "off"}
                          </Button>
                        )}
                        {m.disabled ? null : (
                          <Button
                            size="sm"
                            kind="quiet"
                            aria-label={`New password for ${m.name}`}
                            onClick={() => reset(m)}
                          >
                            New password
                          </Button>
                        )}
                        <Button
                          size="sm"
                          kind="quiet"
                          onClick={() =>
                            m.disabled
                              ? move(m, { disabled: false }, { disabled: true })
                              : setAsked({ what: "deactivate", member: m })
                          }
                        >
                          {m.disabled ? "Reactivate" : "Deactivate"}
                        </Button>
                      </>
                    ) : (
                      <span>{roleWords(m.role)}</span>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </Loaded>
        {may ? <Invitations show={setShown} /> : null}
        <TeamAccess />
        {may ? <TwoStepsRule /> : null}
      </Together>
      <Suspense fallback={null}>
        {asked?.what === "hand-over" ? (
          <HandOver key={asked.member.id} member={asked.member} team={query.data?.items ?? []} onClose={close} />
        ) : asked?.role ? (
          <Demote
            member={asked.member}
            role={asked.role}
            onDemote={(keys) => {
              close();
              move(asked.member, { role: asked.role, ...keys }, { role: asked.member.role });
            }}
            onClose={close}
          />
        ) : asked ? (
          <Deactivate
            member={asked.member}
            onHandOver={() => setAsked({ what: "hand-over", member: asked.member })}
            onDeactivate={(keys) => {
              close();
              move(asked.member, { disabled: true, ...keys }, { disabled: false });
            }}
            onClose={close}
          />
        ) : null}
      </Suspense>
      {shown ? <LinkDialog shown={shown} onClose={() => setShown(undefined)} /> : null}
      <Dialog
        open={adding}
        onClose={() => setAdding(false)}
        title="Invite a person"
        footer={
          <>
            <Button kind="primary" type="submit" form="add-member" busy={form.busy}>
              Invite
            </Button>
            <Button kind="quiet" onClick={() => setAdding(false)}>
              Cancel
            </Button>
          </>
        }
      >
        <form id="add-member" onSubmit={form.submit} noValidate className="space-y-3">
          <FormProblem problem={form.problem} fields={["name", "email", "role"]} />
          <Field label="Name" error={form.errors.name}>
            <Input value={form.values.name} onChange={(e) => form.set("name", e.target.value)} />
          </Field>
          <Field label="E-mail" error={form.errors.email}>
            <Input type="email" value={form.values.email} onChange={(e) => form.set("email", e.target.value)} />
          </Field>
          <Field label="Role" error={form.errors.role}>
            <Select
              value={form.values.role}
              options={ROLES.filter((r) => r.value !== "owner")}
              onValue={(v) => form.set("role", v)}
              className="w-full"
            />
          </Field>
          <p className="text-ink-2">They get a one-time link to set a password. It works for seven days.</p>
        </form>
      </Dialog>
    </div>
  );
}
