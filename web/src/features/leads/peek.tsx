// A lead at a glance, beside the list.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { client, unwrap } from "@/api/client";
import type { LeadRow } from "@/api/types";
import { CallLead, numberToCall } from "@/app/calls/call-action";
import { PhoneLink } from "@/app/calls/phone-link";
import { useCampaignNames } from "@/app/enrol/queries";
import { Heat } from "@/app/parts/heat";
import { StepLine } from "@/app/parts/stepper";
import { timelineItems } from "@/app/timeline/format";
import { enrolmentMarks, markLabels } from "@/app/timeline/step-marks";
import { cx } from "@/shared/lib/cx";
import { ago, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { stageWord } from "@/shared/lib/stages";
import { Breakable } from "@/shared/ui/breakable";
import { Button, buttonStyle, IconButton } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { TheirTime } from "./columns";

/** The last few timeline entries, for the peek. */
const latestQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "timeline", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/timeline", { params: { path: { id } }, signal })),
  });

export function Peek({
  lead,
  position,
  onClose,
  onEnrol,
}: {
  lead: LeadRow;
  position: string;
  onClose: () => void;
  /** The permission without which no lead can be written to or enrolled. */
  onEnrol?: () => void;
}) {
  const now = useNow();
  const campaigns = useCampaignNames();
  const number = numberToCall(lead);
  const timeline = useQuery(latestQuery(lead.id)).data;
  const story = timelineItems(timeline?.items ?? [])
    .filter((t) => !t.planned && t.tone !== "off")
    .slice(0, 8);
  const enrolments = (timeline?.enrolments ?? []).filter(
    (e) => e.state !== "ended" || timeline?.enrolments.length === 1,
  );
  return (
    <aside
      aria-label={lead.name}
      className="flex w-100 shrink-0 flex-col border-l bg-surface shadow-drawer max-xl:absolute max-xl:inset-y-0 max-xl:right-0 max-xl:z-10"
    >
      <div className="flex h-10 items-center gap-2 px-5 text-ink-2">
        <span className="flex-1">{position}</span>
        <Link to="/leads/$id" params={{ id: lead.id }} className="flex items-center gap-1.5 text-ink hover:underline">
          Open <Key>↵</Key>
        </Link>
        <IconButton label="Close" size="iconSm" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="border-b px-5 pb-4">
          <h2 className="text-person font-semibold break-words">{lead.name}</h2>
          <p className="text-ink-2">{[lead.company, lead.city].filter(Boolean).join(", ")}</p>
          {onEnrol ? (
            <div className="mt-3 flex flex-wrap gap-2">
              <Link to="/leads/$id" params={{ id: lead.id }} hash="write" className={buttonStyle({ kind: "primary" })}>
                E-mail <Key on>M</Key>
              </Link>
              {number ? <CallLead number={number} lead={lead.id} /> : null}
              <Button hint="Q" onClick={onEnrol}>
                Enrol
              </Button>
            </div>
          ) : null}
        </div>
        <div className="px-5 py-4">
          <Facts>
            <Fact label="Score">
              <Heat score={lead.score} temperature={lead.temperature} />
            </Fact>
            <Fact label="Stage">{stageWord(lead.status)}</Fact>
            <Fact label="Local time" note={lead.zone}>
              <TheirTime zone={lead.zone} now={now} />
            </Fact>
            {lead.phone ? (
              <Fact label="Phone">
                <PhoneLink number={lead.phone} lead={lead.id} />
              </Fact>
            ) : null}
            {lead.email ? (
              <Fact label="E-mail">
                <Breakable text={lead.email} />
              </Fact>
            ) : null}
            {lead.category ? <Fact label="Industry">{lead.category}</Fact> : null}
            {enrolments.length ? (
              enrolments.map((e, i) => {
                const marks = enrolmentMarks({ ...e, reason: e.hold_reason ?? e.end_reason });
                return (
                  <Fact key={`${e.campaign}${i}`} label="Sequence" note={e.campaign_name}>
                    <StepLine marks={marks} said={markLabels(marks, e.line)} />
                  </Fact>
                );
              })
            ) : lead.active.length ? (
              <Fact label="Campaign">{lead.active.map((id) => campaigns[id] ?? "a campaign").join(", ")}</Fact>
            ) : null}
            {lead.follow_up_at ? <Fact label="Follow-up">{when(lead.follow_up_at, now)}</Fact> : null}
            {lead.tags.length ? <Fact label="Tags">{lead.tags.join(", ")}</Fact> : null}
          </Facts>
        </div>
        {story.length ? (
          <div className="px-5 pb-5">
            <Heading>Latest</Heading>
            <ul>
              {story.map((t) => (
                <li key={t.id} className="grid grid-cols-[84px_16px_minmax(0,1fr)] items-start gap-1.5 py-1">
                  <span className="text-ink-2">{ago(t.at, now)}</span>
                  <span
                    aria-hidden="true"
                    className={cx(
                      "mx-auto mt-[7px] size-[7px] rounded-full",
                      t.tone === "hot" ? "bg-hot" : t.tone === "good" ? "bg-good" : "bg-ink-2",
                    )}
                  />
                  <span>
                    {t.title} {t.note ? <span className="text-ink-2">{t.note}</span> : null}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
    </aside>
  );
}
