// The lead's enrichment: what was looked up, where and when, and the facts that its opening line rests on.

import type { ReactNode } from "react";
import type { Schema } from "@/api/types";
import { ago, plural, words } from "@/shared/lib/format";
import { SOURCE_WORDS } from "@/shared/lib/labels";
import { writtenWith } from "@/shared/lib/written-with";
import { Breakable } from "@/shared/ui/breakable";
import { Fact, Facts } from "@/shared/ui/section";
import { EditOpeningLine } from "./enrichment-actions";
import type { FieldResult, LeadDetail } from "./queries";

const FIELD_WORDS: Record<FieldResult["field"], string> = {
  place: "Location",
  email_verification: "E-mail",
  website: "Website",
  first_line: "Opening line",
};

/** "Website" for `website`, "This lead's category" for `lead.category`, "Business listing" for `place.rating`. */
function sourceOf(fact: Schema["CitedFact"]): string {
  const [from, field] = fact.source.split(".");
  if (from === "lead" && field) return `This lead's ${words(field).toLowerCase()}`;
  return from === "place" ? "Business listing" : "Website";
}

/** The facts that an opening line rests on, with the numbers under which the model was given them. */
function RestsOn({ facts }: { facts: Schema["CitedFact"][] }) {
  if (!facts.length) return null;
  return (
    <div className="mt-1">
      <span className="text-ink-2">{`Rests on ${plural(facts.length, "fact")}:`}</span>
      <ol aria-label="Facts of the opening line" className="mt-0.5 space-y-0.5 text-meta">
        {facts.map((fact) => (
          <li key={fact.number} className="flex gap-1.5">
            <span className="shrink-0 text-ink-3">{fact.number}</span>
            <span className="min-w-0">
              {fact.text}{" "}
              <span className="text-ink-3">
                {[sourceOf(fact), fact.at ? ago(fact.at) : ""].filter(Boolean).join(", ")}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What the company's own website says, with the address of the page. */
function SiteSays({ site, why }: { site: Schema["Website"]; why?: string | null }) {
  const href = /^https?:\/\//.test(site.address) ? site.address : `https://${site.address}`;
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer" className="text-accent-ink hover:underline">
        <Breakable text={site.address.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")} />
      </a>
      {site.statements.length ? (
        <ul aria-label="What the website says" className="mt-0.5 space-y-0.5 text-meta">
          {site.statements.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      ) : null}
      {why ? <span className="block text-ink-2">Not read: {why}.</span> : null}
    </>
  );
}

function foundText(result: FieldResult): ReactNode {
  const v = result.value;
  if (result.status === "skipped")
    return <span className="text-ink-2">skipped: {result.detail ?? "nothing to look up"}</span>;
  if (result.status === "failed") return <span className="text-bad-ink">failed: {result.detail}</span>;
  if (result.status === "not_found")
    return <span className="text-ink-2">nothing found{result.detail ? `: ${result.detail}` : ""}</span>;
  switch (v?.type) {
    case undefined:
      return null;
    case "first_line":
      return (
        <>
          <q className="[quotes:'“''”']">{v.text}</q>
          {result.detail ? <span className="block text-ink-2">Default text: {result.detail}.</span> : null}
        </>
      );
    case "website":
      return <SiteSays site={v} why={result.detail} />;
    case "email_verification":
      return words(v.verdict);
    case "place":
      return (
        <>
          {v.zone?.replaceAll("/", " / ").replaceAll("_", " ")}
          <span className="block text-ink-2">{`${v.latitude.toFixed(3)}, ${v.longitude.toFixed(3)}`}</span>
        </>
      );
  }
}

/** What was looked up of the lead. `may`: the opening line may be edited. */
export function Enrichment({ lead, may = false }: { lead: LeadDetail; may?: boolean }) {
  const line = lead.enrichment.find((r) => r.field === "first_line");
  if (!lead.enrichment.length && !may) return <p className="text-meta text-ink-3">Not enriched yet.</p>;
  return (
    <Facts>
      {lead.enrichment.map((r) => (
        <Fact key={r.field} label={FIELD_WORDS[r.field]} note={`${SOURCE_WORDS[r.source] ?? r.source}, ${ago(r.at)}`}>
          {foundText(r)}
          {r.value?.type === "first_line" ? <RestsOn facts={r.value.facts} /> : null}
          {r.written_with ? (
            <span className="mt-1 block text-meta text-ink-2">{writtenWith(r.written_with, r.at)}.</span>
          ) : null}
          {may && r === line ? <EditOpeningLine lead={lead} line={r} /> : null}
        </Fact>
      ))}
      {may && !line ? (
        <Fact label={FIELD_WORDS.first_line}>
          <EditOpeningLine lead={lead} />
        </Fact>
      ) : null}
    </Facts>
  );
}
