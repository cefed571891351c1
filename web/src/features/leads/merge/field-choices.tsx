// The fields of the leads: which value each takes. A table with a column a lead; on a phone one field under another.
import { useId, useState } from "react";
import { cx } from "@/shared/lib/cx";
import { plural } from "@/shared/lib/format";
import { usePhone } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { LeadHead } from "./lead-head";
import { type MergeField, type MergePreview, type Picks, pickOf, resultIn, valueIn, wordFor } from "./model";

interface Parts {
  preview: MergePreview;
  /** The leads' names by their ids, no two alike. */
  names: Record<string, string>;
  into: string;
  picks: Picks;
  /** Whether the preview is that of the lead that stays: until then nothing is chosen. */
  isCurrent: boolean;
  said: (field: string, value: string) => string;
  onInto: (lead: string) => void;
  onPick: (field: string, lead: string) => void;
}

export function FieldChoices(parts: Parts) {
  const [showsAll, setShowsAll] = useState(false);
  const isPhone = usePhone();
  const group = useId();
  const { fields } = parts.preview;
  const different = fields.filter((f) => f.differs);
  const others = fields.filter((f) => !f.differs);
  const keepsAddresses = fields.some((f) => !f.can_choose && f.differs);
  const Fields = isPhone ? FieldList : FieldTable;
  return (
    <>
      <Fields {...parts} group={group} different={different} others={showsAll ? others : []} />
      {keepsAddresses ? (
        <p className="px-6 py-2 text-ink-2 max-lg:px-4">
          The lead that stays keeps its e-mail address and number; those of the others become its second ones.
        </p>
      ) : null}
      {different.length === 0 ? (
        <p className="px-6 py-2 text-ink-2 max-lg:px-4">No field has different values: there is nothing to choose.</p>
      ) : null}
      {others.length ? (
        <div className="px-6 py-2 max-lg:px-4">
          <Button kind="link" size="sm" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? "Hide" : "Show"} {plural(others.length, "field")} with one value
          </Button>
        </div>
      ) : null}
    </>
  );
}

interface Shown extends Parts {
  group: string;
  different: MergeField[];
  others: MergeField[];
}

function Choice({ field, lead, of, ...shown }: Shown & { field: MergeField; lead: string; of?: boolean }) {
  const value = valueIn(field, lead);
  if (value === undefined) return null;
  const said = shown.said(field.field, value);
  const isChosen = pickOf(field, shown.picks) === lead;
  return (
    <label
      className={cx(
        "flex min-h-7 items-start gap-2.5 rounded-control px-2 py-1 hover:bg-sunken max-sm:min-h-11",
        isChosen && "bg-accent-soft",
      )}
    >
      <input
        type="radio"
        name={`${shown.group}-${field.field}`}
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-label={`${said}, ${wordFor(field)} of ${shown.names[lead]}`}
        checked={isChosen}
        disabled={!shown.isCurrent}
        onChange={() => shown.onPick(field.field, lead)}
      />
      <span className="min-w-0 flex-1 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {said}
        {of ? <span className="block text-meta text-ink-2">{shown.names[lead]}</span> : null}
      </span>
    </label>
  );
}

const resultOf = (field: MergeField, { picks, said }: Shown) => {
  const value = resultIn(field, picks);
  return value === undefined ? "–" : said(field.field, value);
};

const FIRST = "sticky left-0 z-1";
const LAST = "sticky right-0 z-1 border-l pl-3";

function FieldTable(shown: Shown) {
  const { preview, names, into, group, different, others } = shown;
  return (
    <Table
      edge="page"
      caption="Fields of the leads"
      scrolls="Fields of the leads"
      head={
        <>
          <Th className={cx(FIRST, "min-w-32 bg-canvas py-2 align-bottom")}>Field</Th>
          {preview.leads.map((lead) => (
            <Th key={lead.id} abbr={names[lead.id]} className="min-w-52 py-2 align-top">
              <LeadHead
                lead={lead}
                name={names[lead.id] ?? lead.name}
                stays={lead.id === into}
                group={`${group}-stays`}
                onStay={() => shown.onInto(lead.id)}
              />
            </Th>
          ))}
          <Th className={cx(LAST, "min-w-44 bg-canvas py-2 align-bottom")}>Result</Th>
        </>
      }
    >
      {[...different, ...others].map((field) => (
        <Row key={field.field}>
          <Th scope="row" className={cx(FIRST, "bg-surface py-1.5 align-top font-normal text-ink-2")}>
            {wordFor(field)}
          </Th>
          {preview.leads.map(({ id }) => {
            const value = valueIn(field, id);
            return (
              <Td key={id} className="py-0.5 align-top">
                {value !== undefined && field.differs && field.can_choose ? (
                  <Choice {...shown} field={field} lead={id} />
                ) : (
                  <span
                    className={cx(
                      "block px-2 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]",
                      value === undefined ? "text-ink-3" : "text-ink-2",
                    )}
                  >
                    {value === undefined ? "–" : shown.said(field.field, value)}
                  </span>
                )}
              </Td>
            );
          })}
          <Td
            className={cx(LAST, "bg-surface py-1.5 align-top font-medium whitespace-pre-wrap [overflow-wrap:anywhere]")}
          >
            {resultOf(field, shown)}
          </Td>
        </Row>
      ))}
    </Table>
  );
}

function FieldList(shown: Shown) {
  const { preview, names, into, group, different, others } = shown;
  return (
    <>
      <fieldset className="min-w-0 border-b px-2 pb-2">
        <legend className="px-2 pt-3 pb-1 font-semibold">Which lead stays</legend>
        {preview.leads.map((lead) => (
          <LeadHead
            key={lead.id}
            lead={lead}
            name={names[lead.id] ?? lead.name}
            stays={lead.id === into}
            group={`${group}-stays`}
            onStay={() => shown.onInto(lead.id)}
          />
        ))}
      </fieldset>
      {different
        .filter((field) => !field.can_choose)
        .map((field) => (
          <section key={field.field} aria-label={wordFor(field)} className="border-b px-4 pb-2">
            <Heading>{wordFor(field)}</Heading>
            <Facts>
              {field.values.map(({ lead, value }) => (
                <Fact key={lead} label={names[lead] ?? "A lead"}>
                  {shown.said(field.field, value)}
                </Fact>
              ))}
              <Fact label="Result">{resultOf(field, shown)}</Fact>
            </Facts>
          </section>
        ))}
      {different
        .filter((field) => field.can_choose)
        .map((field) => (
          <fieldset key={field.field} className="min-w-0 border-b px-2 pb-2">
            <legend className="px-2 pt-3 pb-1 font-semibold">{wordFor(field)}</legend>
            {field.values.map(({ lead }) => (
              <Choice key={lead} {...shown} field={field} lead={lead} of />
            ))}
          </fieldset>
        ))}
      {others.length ? (
        <section aria-label="Fields with one value" className="border-b px-4 py-2">
          <Heading>One value</Heading>
          <Facts>
            {others.map((field) => (
              <Fact key={field.field} label={wordFor(field)}>
                {resultOf(field, shown)}
              </Fact>
            ))}
          </Facts>
        </section>
      ) : null}
    </>
  );
}
