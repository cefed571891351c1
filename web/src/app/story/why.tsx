// Why something goes out, waits or does not: the ordered checks, the deciding one tinted; and what a person can do about it.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import type { EnrolmentView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { when, words } from "@/shared/lib/format";
import { CHANNEL_WORDS, END_WORDS, HOLD_WORDS } from "@/shared/lib/labels";
import { Ask } from "@/shared/ui/ask";
import { Button } from "@/shared/ui/button";
import { Drawer } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { Checks, type SeenCheck } from "./checks";

interface EnrolmentWhy {
  enrolment: EnrolmentView;
  checks: SeenCheck[];
  zone: string;
  zone_source: string;
}

const whyQuery = (campaign: string, lead: string) =>
  queryOptions({
    queryKey: ["campaigns", "why", campaign, lead],
    queryFn: ({ signal }) =>
      unwrap<EnrolmentWhy>(
        client.GET("/api/campaigns/{id}/enrolments/{lead}", { params: { path: { id: campaign, lead } }, signal }),
      ),
  });

type Move = "pause" | "resume" | "remove";

const isSent = (e: EnrolmentView) => !e.step_kind || e.step_kind in CHANNEL_WORDS;

export function answerOf(e: EnrolmentView): string {
  if (e.state === "ended") return `It is over: ${(END_WORDS[e.end_reason ?? ""] ?? "ended").toLowerCase()}.`;
  if (e.state === "held") {
    const until = e.held_until ? ` It is looked at again ${when(e.held_until)}.` : "";
    return `Held: ${(HOLD_WORDS[e.hold_reason ?? ""] ?? "for a reason").toLowerCase()}.${until}`;
  }
  if (e.state === "pending") return "Waits for the campaign to be launched.";
  if (e.state === "waiting_task") return `A person has step ${e.step + 1}; when its task is closed, it goes on.`;
  if (e.state === "sending") return `Step ${e.step + 1} is being sent right now.`;
  return e.due
    ? `Step ${e.step + 1} ${isSent(e) ? "goes out" : "is due"} ${when(e.due)}, unless something changes before.`
    : `Step ${e.step + 1} is next.`;
}

export function WhyDrawer({ campaign, lead, onClose }: { campaign?: string; lead?: string; onClose: () => void }) {
  const open = !!campaign && !!lead;
  const cache = useQueryClient();
  const may = useMay("rep");
  const [removing, setRemoving] = useState(false);
  const query = useQuery({ ...whyQuery(campaign ?? "", lead ?? ""), enabled: open });
  const move = useMutation({
    mutationFn: (m: Move) => {
      const path = { params: { path: { id: campaign ?? "", lead: lead ?? "" } } };
      switch (m) {
        case "pause":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/pause", path));
        case "resume":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/resume", path));
        case "remove":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/remove", path));
      }
    },
    onSuccess: (_a, m) => {
      setRemoving(false);
      toast(m === "pause" ? "Paused" : m === "resume" ? "Goes on" : "Taken out of the campaign");
    },
    onError: (error, m) => (m === "remove" ? undefined : toastProblem("Nothing was changed", error)),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
  const e = query.data?.enrolment;
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={
        e
          ? e.state === "ended"
            ? "Why did it end?"
            : e.state === "held"
              ? "Why is nothing going out?"
              : "What happens next, and why?"
          : "Why"
      }
      description={e ? e.lead_name : undefined}
      footer={
        e && e.state !== "ended" && may ? (
          <>
            {e.state === "held" && e.hold_reason === "paused_by_user" ? (
              <Button busy={move.isPending} onClick={() => move.mutate("resume")}>
                Let it go on
              </Button>
            ) : e.state === "scheduled" || e.state === "pending" ? (
              <Button busy={move.isPending} onClick={() => move.mutate("pause")}>
                Pause for {e.lead_name}
              </Button>
            ) : null}
            <Button kind="danger" busy={move.isPending} onClick={() => setRemoving(true)}>
              Take out of the campaign
            </Button>
          </>
        ) : undefined
      }
    >
      <Loaded query={query} what="The reasons">
        {(why) => {
          return (
            <>
              <p className="mb-3 rounded-panel bg-accent-soft px-3.5 py-2.5">{answerOf(why.enrolment)}</p>
              <Checks checks={why.checks} />
              <p className="mt-3 border-t pt-3 text-meta text-ink-2">
                Sequence version {why.enrolment.version}. Their zone is {why.zone}, from{" "}
                {words(why.zone_source).toLowerCase()}.
              </p>
            </>
          );
        }}
      </Loaded>
      {removing && e ? (
        <Ask
          title={`Take ${e.lead_name} out of the campaign?`}
          yes="Take 1 person out"
          busy={move.isPending}
          error={move.error}
          onYes={() => move.mutate("remove")}
          onClose={() => {
            setRemoving(false);
            move.reset();
          }}
        >
          Nothing more of this campaign is sent to them, and they cannot be put back where they stand.
        </Ask>
      ) : null}
    </Drawer>
  );
}
