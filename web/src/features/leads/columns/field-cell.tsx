// A cell of a column that was chosen: the value as its field's kind is read.
import { useQuery } from "@tanstack/react-query";
import type { LeadRow } from "@/api/types";
import { fieldsQuery, teamQuery } from "@/app/shared-queries";
import { countryName } from "@/shared/lib/country-name";
import { customKey } from "@/shared/lib/field-words";
import { civilDay, count, day, numberFormat, phone, words } from "@/shared/lib/format";
import type { LIST_FIELDS, ListFieldName } from "@/shared/lib/list-fields";
import { reasonWord, stageWord } from "@/shared/lib/stages";
import { valueIn } from "./row-value";

const NONE = <span className="text-ink-3">–</span>;
/** Fields by shape; one that is missing below does not compile. The table itself is fetched with the rule builder. */
type Shaped<Shape> = {
  [Name in ListFieldName]: (typeof LIST_FIELDS)[Name] extends Shape ? Name : never;
}[ListFieldName];
const TOLD: Record<Shaped<"time">, "time"> & Record<Shaped<"word">, "word"> = {
  created: "time",
  updated: "time",
  follow_up: "time",
  last_contacted: "time",
  stage_since: "time",
  status: "word",
  lost_reason: "word",
  temperature: "word",
  priority: "word",
  do_not_contact: "word",
  possible_opt_out: "word",
};
const DATE = /^\d{4}-\d\d-\d\d$/;

function Web({ value }: { value: string }) {
  const address = /^https?:\/\//.test(value) ? value : `https://${value}`;
  return (
    <a href={address} target="_blank" rel="noreferrer nofollow" className="text-accent-ink hover:underline">
      {value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")}
    </a>
  );
}

/** A value in words; a list as its parts between commas. */
function told(name: string, value: unknown, now: number): string {
  if (Array.isArray(value)) return value.map((part) => told(name, part, now)).join(", ");
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return numberFormat({ maximumFractionDigits: 4 }).format(value);
  const text = String(value);
  if (name === "country") return countryName(text);
  if (name === "phone") return phone(text);
  if (name === "status") return stageWord(text);
  if (name === "lost_reason") return reasonWord(text);
  switch (TOLD[name as keyof typeof TOLD]) {
    case "time":
      return day(text, now);
    case "word":
      return words(text);
    default:
      return text;
  }
}

function Custom({ name, value, now }: { name: string; value: unknown; now: number }) {
  const field = useQuery(fieldsQuery).data?.items.find(({ key }) => key === customKey(name));
  const team = useQuery({ ...teamQuery, enabled: field?.kind === "person" }).data?.items;
  const text = told(name, value, now);
  switch (field?.kind) {
    case "url":
      return <Web value={text} />;
    case "date":
      return DATE.test(text) ? civilDay(text) : text;
    case "check":
      return words(text);
    case "person":
      return team?.find(({ email }) => email === text)?.name ?? text;
    default:
      return text;
  }
}

function Owner({ id }: { id: string }) {
  const team = useQuery(teamQuery).data?.items;
  return team?.find((member) => member.id === id)?.name ?? (team ? "A former member" : "…");
}

export function FieldCell({ row, name, now }: { row: LeadRow; name: string; now: number }) {
  const value = valueIn(row, name);
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0))
    return NONE;
  const shown = customKey(name) ? (
    <Custom name={name} value={value} now={now} />
  ) : name === "owner" ? (
    <Owner id={String(value)} />
  ) : name === "website" || name === "linkedin" ? (
    <Web value={String(value)} />
  ) : name === "reviews" ? (
    count(Number(value))
  ) : (
    told(name, value, now)
  );
  return <span className="text-ink-2">{shown}</span>;
}
