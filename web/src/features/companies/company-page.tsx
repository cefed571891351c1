// One company: its leads, their timeline, what they paid, and what is noted about it.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Ban, Pencil } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { Heat } from "@/app/parts/heat";
import { Quote } from "@/app/parts/quote";
import { SentText } from "@/app/parts/sent-text";
import { teamQuery } from "@/app/shared-queries";
import { Page, Scroll } from "@/app/shell/page";
import { timelineItems } from "@/app/timeline/format";
import { TimelineIcon } from "@/app/timeline/icon";
import { clock, count, day, plural, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { moneyList } from "@/shared/lib/money";
import { stageWord } from "@/shared/lib/stages";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Fact, Facts, Figures, Heading, StatTile } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { NowRule, Station, Timeline } from "@/shared/ui/timeline";
import { toast } from "@/shared/ui/toast";
import { NotesDialog } from "./notes-dialog";
import { type Company, companyQuery, leadsQuery, timelineQuery, useSuppressCompany } from "./queries";

export function CompanyPage() {
  const { domain } = useParams({ from: "/app/companies/$domain" });
  const query = useQuery(companyQuery(domain));
  const may = useMay("rep");
  const [open, setOpen] = useState<"notes" | "suppress">();
  const close = () => setOpen(undefined);
  const company = query.data;
  return (
    <Page
      title={company?.name ?? domain}
      parent={{ to: "/companies", label: "Companies" }}
      actions={
        may && !query.error ? (
          <>
            {company?.suppressed_since ? null : (
              <Button kind="quiet" icon={<Ban size={15} />} onClick={() => setOpen("suppress")}>
                Do not contact
              </Button>
            )}
            <Button icon={<Pencil size={15} />} onClick={() => setOpen("notes")}>
              Edit
            </Button>
          </>
        ) : undefined
      }
    >
      <Scroll>
        <Loaded query={query} what="This company" page>
          {(c) => (
            <>
              <Head company={c} />
              <div className="grid gap-x-10 px-6 pb-6 max-lg:px-4 xl:grid-cols-2">
                <Leads domain={c.domain} count={c.leads} />
                <History domain={c.domain} />
              </div>
            </>
          )}
        </Loaded>
      </Scroll>
      {company && open === "notes" ? <NotesDialog company={company} onClose={close} /> : null}
      {company && open === "suppress" ? <Suppress company={company} onClose={close} /> : null}
    </Page>
  );
}

function Head({ company: c }: { company: Company }) {
  const team = useQuery(teamQuery).data?.items;
  const owner = team?.find((member) => member.id === c.owner)?.name ?? (team ? "A former member" : "…");
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-6 pt-3 text-ink-2 max-lg:px-4 [overflow-wrap:anywhere]">
        <span>{c.domain}</span>
        {c.parents.map((parent) => (
          <span key={parent.domain}>
            Part of{" "}
            <Link
              to="/companies/$domain"
              params={{ domain: parent.domain }}
              className="font-medium text-accent-ink hover:underline"
            >
              {parent.name}
            </Link>
          </span>
        ))}
        {c.suppressed_since ? <Badge tone="bad">Do not contact since {day(c.suppressed_since)}</Badge> : null}
        {c.held_until ? <Badge tone="held">Held until {when(c.held_until)}: a colleague replied</Badge> : null}
      </div>
      <Figures className="mx-6 max-lg:mx-4">
        <StatTile
          label="Leads"
          figure={count(c.leads)}
          note={c.stages.map((s) => `${count(s.leads)} ${stageWord(s.status).toLowerCase()}`).join(", ") || undefined}
        />
        <StatTile
          label="Best score"
          figure={c.leads ? <Heat score={c.score} temperature={c.hot ? "hot" : "cold"} /> : "–"}
        />
        <StatTile label="Last contacted" figure={c.last_contacted_at ? day(c.last_contacted_at) : "Never"} />
        <StatTile
          label="Collected"
          figure={moneyList(c.revenue.collected)}
          note={
            c.revenue.is_partial
              ? "of the first 2,000 clients"
              : c.revenue.mrr.length
                ? `${moneyList(c.revenue.mrr)} a month`
                : undefined
          }
        />
      </Figures>
      {c.owner || c.note ? (
        <div className="px-6 pt-3 max-lg:px-4">
          <Facts className="max-w-text">
            {c.owner ? <Fact label="Owner">{owner}</Fact> : null}
            {c.note ? (
              <Fact label="Note">
                <span className="whitespace-pre-wrap">{c.note}</span>
              </Fact>
            ) : null}
          </Facts>
        </div>
      ) : null}
    </>
  );
}

function Leads({ domain, count }: { domain: string; count: number }) {
  const query = useQuery(leadsQuery(domain));
  const navigate = useNavigate();
  const f = `company_domain:${encodeURIComponent(domain)}`;
  return (
    <section aria-label="Leads" className="pt-4">
      <Heading
        note={plural(count, "lead")}
        aside={
          <Button size="sm" onClick={() => void navigate({ to: "/leads", search: { f } })}>
            Open in Leads
          </Button>
        }
      >
        Leads
      </Heading>
      <Loaded query={query} what="The leads">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No lead has an address here" className="!mx-0">
              Add or import one with an e-mail address at {domain}.
            </Empty>
          ) : (
            <Table
              head={
                <>
                  <Th>Name</Th>
                  <Th>Stage</Th>
                  <Th end>Score</Th>
                </>
              }
            >
              {page.items.map((l) => (
                <Row key={l.id} className="hover:bg-sunken max-sm:h-row-bar">
                  <Td className="max-w-65 truncate">
                    <Link to="/leads/$id" params={{ id: l.id }} className="font-medium hover:underline">
                      {l.name}
                    </Link>
                    {l.do_not_contact ? <Badge className="ml-2">Do not contact</Badge> : null}
                    {l.possible_opt_out ? (
                      <Badge tone="held" className="ml-2">
                        Possible opt-out
                      </Badge>
                    ) : null}
                  </Td>
                  <Td className="text-ink-2">{stageWord(l.status)}</Td>
                  <Td end>
                    <Heat score={l.score} temperature={l.temperature} />
                  </Td>
                </Row>
              ))}
            </Table>
          )
        }
      </Loaded>
    </section>
  );
}

function History({ domain }: { domain: string }) {
  const query = useQuery(timelineQuery(domain));
  const team = useQuery(teamQuery).data?.items ?? [];
  const now = useNow();
  return (
    <section aria-label="Timeline" className="pt-4">
      <Heading note={query.data && query.data.leads < query.data.of ? "of the leads that changed last" : undefined}>
        Timeline
      </Heading>
      <Loaded query={query} what="The timeline">
        {(page) => {
          const names = new Map(page.items.map((item) => [item.lead, item.lead_name]));
          const told = [...names.keys()].flatMap((lead) =>
            timelineItems(
              page.items.filter((item) => item.lead === lead),
              (user) => team.find((member) => member.id === user)?.name,
            ).map((item) => ({ ...item, lead })),
          );
          const planned = told.filter((t) => t.planned).sort((a, b) => b.at.localeCompare(a.at));
          const past = told.filter((t) => !t.planned).sort((a, b) => b.at.localeCompare(a.at));
          const station = (t: (typeof told)[number], last: boolean) => (
            <Station
              key={`${t.lead} ${t.id}`}
              time={<time dateTime={t.at}>{`${day(t.at, now)} ${clock(t.at)}`}</time>}
              tone={t.tone}
              icon={<TimelineIcon name={t.icon} />}
              title={t.title}
              note={t.note}
              detail={
                <>
                  <Link to="/leads/$id" params={{ id: t.lead }} className="hover:underline">
                    {names.get(t.lead) ?? "A lead"}
                  </Link>
                  {t.detail ? `, ${t.detail}` : ""}
                </>
              }
              quote={t.quote ? <Quote text={t.quote} quoted={t.quoted} /> : undefined}
              text={t.text ? <SentText text={t.text} of={t.title} /> : undefined}
              last={last}
            />
          );
          return (
            <Timeline label="Timeline">
              {planned.map((t) => station(t, false))}
              <NowRule time={clock(now)} />
              {past.map((t, at) => station(t, at === past.length - 1))}
            </Timeline>
          );
        }}
      </Loaded>
    </section>
  );
}

function Suppress({ company: c, onClose }: { company: Company; onClose: () => void }) {
  const suppress = useSuppressCompany(c.domain);
  return (
    <ConfirmDialog
      title={`Contact nobody at ${c.name}?`}
      yes="Do not contact"
      busy={suppress.isPending}
      error={suppress.error}
      onYes={() =>
        suppress.mutate(undefined, {
          onSuccess: () => {
            toast(`${c.domain} added to the suppression list`);
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      No address at {c.domain} is mailed any more, by any campaign and by nobody in your team. An admin can remove the
      domain from the suppression list in Settings.
    </ConfirmDialog>
  );
}
