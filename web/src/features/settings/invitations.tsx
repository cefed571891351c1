// Open invitations: send again, or revoke.
import { useQuery } from "@tanstack/react-query";
import { day } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import type { ShownLink } from "./link-dialog";
import { invitationsQuery, type OfferedInvitation, useInvitationMoves } from "./queries";

const NOT_MAILED = {
  no_sender: "this installation has no sender of its own for such mail",
  address_not_proven: "your own address is not confirmed yet, which you can do in your profile",
};

function noteOf({ name, email, not_mailed_because: why }: OfferedInvitation): string {
  return why
    ? `No e-mail was sent: ${NOT_MAILED[why]}. Share this link with ${name} yourself.`
    : `An e-mail with this link is on its way to ${email}. You can also share it yourself.`;
}

/** The text about a link that was just made. */
export const shownInvitation = (made: OfferedInvitation): ShownLink => ({
  title: `${made.name} is invited`,
  note: noteOf(made),
  link: made.link,
});

export function Invitations({ show }: { show: (link: ShownLink) => void }) {
  const query = useQuery(invitationsQuery);
  const { resend, revoke } = useInvitationMoves();
  return (
    <section aria-label="Invitations" className="mt-6 max-w-table">
      <Heading>Invitations</Heading>
      <Loaded query={query} what="The invitations">
        {(page) =>
          page.items.length === 0 ? (
            <p className="mt-1 text-ink-2">No open invitations.</p>
          ) : (
            <ul className="mt-1 divide-y border-y">
              {page.items.map((i) => (
                <li key={i.id} className="flex min-h-row-person flex-wrap items-center gap-3 py-1.5">
                  <span className="min-w-0 flex-1 max-sm:basis-full">
                    <span className="block font-medium">{i.name}</span>
                    <span className="block text-meta text-ink-2 [overflow-wrap:anywhere]">{i.email}</span>
                    {i.ended ? (
                      <span className="block text-meta text-ink-2">
                        Whoever sent it is no admin any more. Send it again for a link that works.
                      </span>
                    ) : null}
                  </span>
                  {i.ended ? <Badge>Ended</Badge> : <span className="text-ink-2">until {day(i.expires_at)}</span>}
                  <Button
                    size="sm"
                    kind="quiet"
                    aria-label={`Send again to ${i.name}`}
                    busy={resend.isPending && resend.variables === i.id}
                    onClick={() =>
                      resend.mutate(i.id, {
                        onSuccess: (made) => show(shownInvitation(made)),
                        onError: (error) => toastProblem("Could not send the invitation", error),
                      })
                    }
                  >
                    Send again
                  </Button>
                  <Button
                    size="sm"
                    kind="quiet"
                    aria-label={`Revoke the invitation of ${i.name}`}
                    onClick={() =>
                      revoke.mutate(i.id, {
                        onSuccess: () => toast(`Invitation of ${i.name} revoked`),
                        onError: (error) => toastProblem("Could not revoke the invitation", error),
                      })
                    }
                  >
                    Revoke
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
