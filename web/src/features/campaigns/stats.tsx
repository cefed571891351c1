// The campaign's figures: the funnel, the results of each step, where its leads stand.
import { TimelineIcon } from "@/app/timeline/icon";
import { Funnel } from "@/shared/charts/funnel";
import { cx } from "@/shared/lib/cx";
import { count, percent } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { leftOutWords } from "@/shared/lib/machine-visits";
import { STEP_WORDS, stepIcon } from "@/shared/lib/step-kinds";
import { Heading } from "@/shared/ui/section";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { StationIcon } from "@/shared/ui/timeline";
import type { CampaignStats, MessageFigures } from "./queries";

const sentOf = (m: MessageFigures) => m.sent_email + m.sent_sms + m.sent_whatsapp;

export function StatsView({ stats }: { stats: CampaignStats }) {
  const { enrolments: e, messages: m } = stats;
  const contacted = sentOf(stats.steps[0]?.messages ?? m);
  const max = Math.max(1, ...stats.steps.map((step) => sentOf(step.messages)));
  // Figures that belong to the campaign and to none of its steps are not shown by step.
  const some = (key: "replied" | "opted_out") => stats.steps.some((step) => step.messages[key] > 0);
  const replies = some("replied") || m.replied === 0;
  const optOuts = some("opted_out") || e.opted_out === 0;
  const cell = (value: number, of: number, tone: string) => (
    <span className="flex items-center gap-2">
      {value ? (
        <span
          aria-hidden="true"
          className={cx("h-2.5 rounded-bar max-sm:hidden", tone)}
          style={{ width: `${Math.max(2, (value / max) * 62)}px` }}
        />
      ) : null}
      <span className="font-medium">{count(value)}</span>
      <span className="text-meta text-ink-3 max-sm:hidden">{percent(value, of) ?? ""}</span>
    </span>
  );
  return (
    <div className="grid gap-x-10 gap-y-4 px-6 py-3 max-lg:px-4 xl:grid-cols-[400px_minmax(0,1fr)]">
      <section aria-label="Funnel">
        <Heading note="messages and leads">Funnel</Heading>
        <Funnel
          label="Funnel"
          base={contacted || e.enrolled}
          rows={[
            { key: "enrolled", label: "Enrolled", value: e.enrolled },
            { key: "contacted", label: "Contacted", value: contacted },
            { key: "opened", label: "Opened, step 1", value: stats.steps[0]?.messages.opened ?? m.opened },
            { key: "clicked", label: "Clicked", value: m.clicked },
            { key: "replied", label: "Replied", value: e.replied },
            { key: "clients", label: "Became clients", value: stats.clients },
            { key: "opted_out", label: "Opted out", value: e.opted_out },
            { key: "bounced", label: "Bounced", value: e.bounced },
          ]}
        />
        <p className="mt-1 text-meta text-ink-2">
          Percentages of the contacted leads: those who received step 1. Clicks in any step.{" "}
          {leftOutWords(m.machine_visits)} {replies ? "" : "Replies are counted per campaign, not per step."}
        </p>
      </section>
      <section aria-label="Steps" className="min-w-0">
        <Heading note="results of each step">Steps</Heading>
        {stats.steps.length === 0 ? (
          <p className="text-ink-2">Nothing sent yet.</p>
        ) : (
          <Table
            scrolls="Numbers by step"
            edge="none"
            className="sm:min-w-form max-tiny:text-meta"
            headClassName="max-sm:text-meta"
            foot={
              <Row className="border-t" size="sm" line={false}>
                <Th scope="row" className="font-medium">
                  All
                </Th>
                <Td className="font-medium max-sm:pr-1.5">{count(sentOf(m))}</Td>
                <Td className="font-medium max-sm:pr-1.5">{count(m.opened)}</Td>
                <Td className="font-medium max-sm:pr-1.5">{count(m.clicked)}</Td>
                {replies ? <Td className="font-medium max-sm:pr-1.5">{count(m.replied)}</Td> : null}
                {optOuts ? (
                  <Td end className="font-medium">
                    {count(Math.max(m.opted_out, e.opted_out))}
                  </Td>
                ) : null}
              </Row>
            }
            head={
              <>
                <Th className="max-sm:pr-1.5">Step</Th>
                <Th className="max-sm:pr-1.5">Sent</Th>
                <Th className="max-sm:pr-1.5">Opened</Th>
                <Th className="max-sm:pr-1.5">Clicked</Th>
                {replies ? <Th className="max-sm:pr-1.5">Replied</Th> : null}
                {optOuts ? <Th end>Opt-outs</Th> : null}
              </>
            }
          >
            {stats.steps
              .filter((s) => s.kind in CHANNEL_WORDS)
              .map((s) => {
                const sent = sentOf(s.messages);
                const opens = s.kind === "email";
                return (
                  <Row key={s.step} size="sm" line={false}>
                    <Td className="max-sm:pr-1.5">
                      <span className="flex items-center gap-2">
                        <span className="relative max-tiny:hidden">
                          {s.step < stats.steps.length - 1 ? (
                            <span
                              aria-hidden="true"
                              className="absolute top-6 left-1/2 h-2 border-l border-edge max-sm:hidden"
                            />
                          ) : null}
                          <StationIcon tone="past">
                            <TimelineIcon name={stepIcon(s.kind)} size={12} />
                          </StationIcon>
                        </span>
                        <span className="whitespace-nowrap">
                          {s.step + 1} {STEP_WORDS[s.kind]}
                        </span>
                      </span>
                    </Td>
                    <Td className="max-sm:pr-1.5">{cell(sent, 0, "bg-c4")}</Td>
                    <Td className="max-sm:pr-1.5">
                      {opens ? cell(s.messages.opened, sent, "bg-c3") : <span className="text-ink-3">–</span>}
                    </Td>
                    <Td className="max-sm:pr-1.5">{cell(s.messages.clicked, sent, "bg-c2")}</Td>
                    {replies ? <Td className="max-sm:pr-1.5">{cell(s.messages.replied, sent, "bg-c1")}</Td> : null}
                    {optOuts ? <Td end>{count(s.messages.opted_out)}</Td> : null}
                  </Row>
                );
              })}
          </Table>
        )}
      </section>
    </div>
  );
}
