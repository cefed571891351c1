// The lead's details: score with its reasons, contact data, enrichment with its sources.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";
import { asOwn } from "@/api/own-visits";
import { CallLink } from "@/app/calls/phone-link";
import { Heat } from "@/app/parts/heat";
import { CountryInput } from "@/shared/forms/country-input";
import { EditCell } from "@/shared/grid/edit-cell";
import { useAwake } from "@/shared/lib/awake";
import { countryName } from "@/shared/lib/country-name";
import { day, phone, plural, words } from "@/shared/lib/format";
import { DETAIL_TEXTS, LEAD_FIELDS } from "@/shared/lib/lead-fields";
import { Badge } from "@/shared/ui/badge";
import { Breakable } from "@/shared/ui/breakable";
import { Fact, Facts } from "@/shared/ui/section";
import { Block } from "./block";
import { CustomFacts } from "./custom-facts";
import { MergedLeads } from "./merged-leads";
import { PreviewSwitch } from "./preview-switch";
import { type LeadChanges, type LeadDetail, previewQuery } from "./queries";
import { TheirClock } from "./their-clock";

/** How values are shown that are written in another way. */
const SAID: Partial<Record<string, (value: string) => string>> = {
  phone: (value) => (value ? phone(value) : value),
  second_phone: (value) => (value ? phone(value) : value),
  website: (value) => value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, ""),
  linkedin: (value) => value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, ""),
  country: (value) => (value ? countryName(value) : value),
};

const signed = (n: number) => `${n > 0 ? "+" : n < 0 ? "−" : ""}${Math.abs(Math.round(n * 10) / 10)}`;

/** The tags in a text that separates them by commas, each once. */
const tagsIn = (text: string) => [...new Set(text.split(",").map((tag) => tag.trim()))].filter(Boolean);

/** A fact that is edited in its place by whoever may. */
function Edited({
  onSave,
  children,
  ...cell
}: {
  label: string;
  value: string;
  said?: string;
  lines?: boolean;
  field?: ComponentProps<typeof EditCell>["field"];
  onSave?: (next: string) => void;
  children?: ReactNode;
}) {
  if (!onSave) return children ?? <span className="text-ink-3">–</span>;
  return (
    <EditCell {...cell} className="whitespace-normal [overflow-wrap:anywhere]" onSave={onSave}>
      {children}
    </EditCell>
  );
}

const countryField: ComponentProps<typeof EditCell>["field"] = (value, change, done) => (
  <CountryInput autoFocus aria-label="Country" className="h-7" value={value} onValue={change} onPick={done} />
);

export function LeadFacts({
  lead,
  onChange,
}: {
  lead: LeadDetail;
  /** The permission without which nothing can be changed. */
  onChange?: (changes: LeadChanges) => void;
}) {
  const awake = useAwake();
  const edit = (key: keyof LeadDetail & string, label: string) => {
    const value = String(lead[key] ?? "");
    const said = SAID[key]?.(value) ?? value;
    return (
      <Edited
        label={label}
        value={value}
        said={said}
        field={key === "country" ? countryField : undefined}
        onSave={onChange && ((v) => onChange({ [key]: v || null }))}
      >
        {said ? <Breakable text={said} /> : undefined}
      </Edited>
    );
  };
  return (
    <>
      <Block title="Score" aside={<Heat score={lead.score} temperature={lead.temperature} />}>
        {lead.reasons.length ? (
          <ul className="space-y-0.5 text-meta">
            {lead.reasons.map((r) => (
              <li key={r.reason} className="flex justify-between gap-3">
                <span className="text-ink-2">{r.reason}</span>
                <span>{signed(r.points)}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-meta text-ink-3">No scoring signals yet.</p>
        )}
      </Block>
      <Block title="Contact">
        <Facts>
          <Fact label="Phone" note={<CallLink number={lead.phone} lead={lead.id} />}>
            {edit("phone", "Phone")}
            {lead.phone_unparsed ? (
              <span className="block text-meta text-warm-ink">
                Can't read “{lead.phone_unparsed}” as a number, so we won't text or call it.
              </span>
            ) : null}
          </Fact>
          {lead.chat_user ? <Fact label="WhatsApp id">{lead.chat_user}</Fact> : null}
          <Fact label="E-mail" note={lead.deliverability ? words(lead.deliverability).toLowerCase() : undefined}>
            {edit("email", "E-mail")}
          </Fact>
          {lead.phone ? (
            <Fact label="2nd phone" note={<CallLink number={lead.second_phone} lead={lead.id} />}>
              {edit("second_phone", "2nd phone")}
            </Fact>
          ) : null}
          {lead.email ? <Fact label="2nd e-mail">{edit("second_email", "2nd e-mail")}</Fact> : null}
          <Fact label="First name">{edit("first_name", "First name")}</Fact>
          <Fact label="Last name">{edit("last_name", "Last name")}</Fact>
          <Fact
            label="Company"
            note={
              lead.company_domain ? (
                <Link to="/companies/$domain" params={{ domain: lead.company_domain }} className="hover:underline">
                  {lead.company_domain}
                </Link>
              ) : undefined
            }
          >
            {edit("company", "Company")}
          </Fact>
          <Fact label="Job title">{edit("job_title", "Job title")}</Fact>
          <Fact label="Website">{edit("website", "Website")}</Fact>
          <Fact label="LinkedIn">{edit("linkedin", "LinkedIn")}</Fact>
          <Fact label="Address">{edit("address", "Address")}</Fact>
          <Fact label="City">{edit("city", "City")}</Fact>
          <Fact label="Country">{edit("country", "Country")}</Fact>
          {lead.zone ? (
            <Fact
              label="Local time"
              note={`${lead.zone.zone.replaceAll("/", " / ").replaceAll("_", " ")}, from ${words(lead.zone.source).toLowerCase()}`}
            >
              <TheirClock zone={lead.zone.zone} />
            </Fact>
          ) : null}
        </Facts>
      </Block>
      <Block title="Details" note={lead.source ?? undefined}>
        <Facts>
          {DETAIL_TEXTS.map((name) => (
            <Fact key={name} label={LEAD_FIELDS[name].word}>
              {edit(name, LEAD_FIELDS[name].word)}
            </Fact>
          ))}
          {lead.rating != null ? (
            <Fact label="Rating" note={lead.reviews != null ? `from ${lead.reviews} reviews` : undefined}>
              {lead.rating}
            </Fact>
          ) : null}
          <CustomFacts
            custom={lead.custom}
            onChange={onChange && ((key, value) => onChange({ custom: { [key]: value } }))}
          />
          <Fact label="Tags">
            <Edited
              label="Tags"
              value={lead.tags.join(", ")}
              onSave={onChange && ((text) => onChange({ tags: tagsIn(text) }))}
            >
              {lead.tags.length ? (
                <span className="flex flex-wrap gap-1">
                  {lead.tags.map((t) => (
                    <Badge key={t}>{t}</Badge>
                  ))}
                </span>
              ) : undefined}
            </Edited>
          </Fact>
          <Fact label="Notes">
            <Edited
              label="Notes"
              lines
              value={lead.notes ?? ""}
              onSave={onChange && ((text) => onChange({ notes: text || null }))}
            >
              {lead.notes ? <span className="whitespace-pre-wrap">{lead.notes}</span> : undefined}
            </Edited>
          </Fact>
          <Fact label="Added">{day(lead.created_at)}</Fact>
        </Facts>
      </Block>
      <PreviewLink id={lead.id} may={!!onChange && awake} />
      {lead.merged ? (
        <Block title="Merged leads">
          {/* At the foot of the page: fetched once the user acts. */}
          {awake ? (
            <MergedLeads lead={lead} may={!!onChange} />
          ) : (
            <p className="text-ink-2">{plural(lead.merged, "lead")}, listed in a moment</p>
          )}
        </Block>
      ) : null}
    </>
  );
}

function PreviewLink({ id, may }: { id: string; may: boolean }) {
  const page = useQuery(previewQuery(id)).data;
  if (!page) return null;
  return (
    <Block
      title="Preview page"
      note={page.revoked ? "closed" : `until ${day(page.expires_at)}`}
      aside={
        <>
          {may ? <PreviewSwitch lead={id} isOpen={!page.revoked} /> : null}
          {page.revoked ? null : (
            <a
              href={asOwn(page.url)}
              target="_blank"
              rel="noreferrer"
              className="font-medium text-accent-ink hover:underline"
            >
              Open
            </a>
          )}
        </>
      }
    >
      <p className="truncate" title={page.url}>
        {page.url.replace(/^https?:\/\//, "")}
      </p>
    </Block>
  );
}
