// The rules that must be true, on one line with the leads left after each, and the weights that add to fit.
import { CircleAlert, CircleSlash2, Lock, Plus, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { conditionCount, MOST_CONDITIONS, ROOT } from "@/app/rule/draft";
import type { RuleField } from "@/app/rule/fields";
import { RuleGroup } from "@/app/rule/group";
import { Input } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { Heading } from "@/shared/ui/section";
import { Segmented } from "@/shared/ui/tabs";
import { itemWords, MOST_ITEMS, type NotKnown, type RuleItem, type WeightItem } from "./model";

const NOT_KNOWN: { id: NotKnown; label: string }[] = [
  { id: "leave_out", label: "Leave out" },
  { id: "keep", label: "Keep" },
];

const TONES = { light: "bg-c4", usual: "bg-c2", dark: "bg-c1" };

function Bar({ part, whole, tone = "usual" }: { part?: number; whole?: number; tone?: keyof typeof TONES }) {
  const width = part && whole ? Math.max(2, (100 * part) / whole) : 0;
  return (
    <span aria-hidden="true" className="w-25 shrink-0 max-sm:hidden">
      <span className={cx("block h-2 rounded-[2px]", TONES[tone])} style={{ width: `${width}%` }} />
    </span>
  );
}

const Count = ({ children }: { children?: number }) => (
  <span className="w-16 shrink-0 text-right font-medium">{children === undefined ? "…" : count(children)}</span>
);

/** A dot on the line that goes through all rules. */
function Station({
  children,
  start,
  end,
  here,
}: {
  children?: ReactNode;
  start?: boolean;
  end?: boolean;
  here?: boolean;
}) {
  return (
    <span aria-hidden="true" className="relative flex w-5 shrink-0 items-center justify-center self-stretch">
      <span className={cx("absolute w-px bg-edge", start ? "top-1/2 h-1/2" : end ? "top-0 h-1/2" : "top-0 h-full")} />
      {children ?? (
        <span
          className={cx(
            "relative rounded-full",
            here ? "size-3 bg-accent outline-3 outline-accent-soft" : "size-2.5 bg-ink-2",
          )}
        />
      )}
    </span>
  );
}

/** The line, behind what stands below a rule. */
const LineOn = () => (
  <span aria-hidden="true" className="absolute top-9.5 bottom-0 left-[33.5px] w-px bg-edge max-lg:left-[25.5px]" />
);

interface ItemProps {
  number: number;
  words: string;
  /** Why a model proposes it. */
  reason?: string;
  fields: readonly RuleField[];
  faults: Record<string, string>;
  isIncomplete: boolean;
  isHere: boolean;
  isOpen: boolean;
  may: boolean;
  onOpen: () => void;
  onClose: () => void;
  onRemove: () => void;
}

/** A row that opens in place. The row under the cursor stays in view, and has the focus once the user moved there. */
function Item({
  kind,
  words,
  reason,
  number,
  isHere,
  isOpen,
  isIncomplete,
  faults,
  may,
  onOpen,
  onClose,
  onRemove,
  before,
  after,
  children,
}: Omit<ItemProps, "fields"> & { kind: "rule" | "weight"; before: ReactNode; after: ReactNode; children: ReactNode }) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isHere) row.current?.scrollIntoView?.({ block: "nearest" });
  }, [isHere]);
  const isFaulty = !isOpen && (isIncomplete || Object.keys(faults).length > 0);
  return (
    <li
      ref={row}
      className={cx("relative px-6 max-lg:px-4", isHere && "bg-sunken shadow-[inset_3px_0_0_var(--accent)]")}
    >
      <div className="flex min-h-9.5 items-center gap-3">
        {before}
        <Button
          kind="bare"
          aria-expanded={isOpen}
          aria-label={`${kind === "rule" ? "Rule" : "Weight"} ${number}: ${words}`}
          onClick={isOpen ? onClose : onOpen}
          className={cx(
            "my-1 min-w-0 flex-1 text-left [overflow-wrap:anywhere]",
            kind === "rule" && "flex-initial rounded-control border border-line bg-raised px-2 py-0.5 hover:bg-sunken",
            kind === "weight" && "hover:underline",
          )}
        >
          {words}
        </Button>
        {isFaulty ? (
          <span className="flex shrink-0 items-center gap-1 text-bad-ink">
            <CircleAlert size={14} aria-hidden="true" /> incomplete
          </span>
        ) : null}
        <span className="ml-auto flex items-center gap-3">{after}</span>
      </div>
      {reason ? (
        <p
          className={cx("-mt-1 pb-2 text-meta text-ink-2 [overflow-wrap:anywhere]", kind === "rule" ? "pl-8" : "pl-12")}
        >
          {kind === "rule" ? <LineOn /> : null}
          {reason}
        </p>
      ) : null}
      {isOpen ? (
        <div className={cx("pb-3", kind === "rule" ? "pl-8" : "pl-12 max-sm:pl-8")}>
          {kind === "rule" ? <LineOn /> : null}
          {children}
          <div className="mt-3 flex flex-wrap gap-2">
            <Button size="sm" onClick={onClose} hint="Esc">
              Done
            </Button>
            {may ? (
              <Button size="sm" kind="quiet" icon={<X size={14} />} onClick={onRemove}>
                Remove {kind}
              </Button>
            ) : null}
          </div>
        </div>
      ) : null}
    </li>
  );
}

export interface ListProps {
  fields: readonly RuleField[];
  may: boolean;
  /** The key of the row under the cursor, and whether it is open. */
  here?: number;
  isOpen: boolean;
  faultsAt: (key: number) => Record<string, string>;
  isIncomplete: (key: number) => boolean;
  onOpen: (key: number) => void;
  onClose: () => void;
}

export function MustBeTrue({
  rules,
  leads,
  left,
  matching,
  isOld,
  onChange,
  onAdd,
  onRemove,
  ...list
}: ListProps & {
  rules: readonly RuleItem[];
  leads?: number;
  /** What was counted of a rule, by its key. */
  left: (key: number) => { left: number; not_known: number } | undefined;
  matching?: number;
  isOld: boolean;
  onChange: (rule: RuleItem) => void;
  onAdd: () => void;
  onRemove: (key: number) => void;
}) {
  return (
    <section aria-label="Must be true">
      <Heading
        className="px-6 py-1 max-lg:px-4"
        note="leads left after each rule"
        aside={
          <span className="flex items-center gap-1 text-ink-3 max-sm:hidden">
            <Key>J</Key> <Key>K</Key> move <Key>↵</Key> edit
          </span>
        }
      >
        Must be true
      </Heading>
      <ul aria-label="Rules" className={cx(isOld && "[&_[data-n]]:text-ink-2")}>
        <li className="flex min-h-9.5 items-center gap-3 px-6 max-lg:px-4">
          <Station start />
          <span className="flex-1 font-medium">All leads</span>
          <Bar part={leads} whole={leads} tone="light" />
          <Count>{leads}</Count>
        </li>
        {rules.map((rule, at) => {
          const counted = left(rule.key);
          const words = itemWords(rule.draft, list.fields);
          return (
            <Item
              key={rule.key}
              kind="rule"
              number={at + 1}
              words={words}
              reason={rule.reason}
              faults={list.faultsAt(rule.key)}
              isIncomplete={list.isIncomplete(rule.key)}
              isHere={list.here === rule.key}
              isOpen={list.here === rule.key && list.isOpen}
              may={list.may}
              onOpen={() => list.onOpen(rule.key)}
              onClose={list.onClose}
              onRemove={() => onRemove(rule.key)}
              before={
                <Station here={list.here === rule.key}>
                  {rule.draft.match === "none" ? (
                    <CircleSlash2 size={13} className="relative bg-surface text-ink-2" />
                  ) : undefined}
                </Station>
              }
              after={
                <span data-n className="flex items-center gap-3">
                  <Bar part={counted?.left} whole={leads} />
                  <Count>{counted?.left}</Count>
                </span>
              }
            >
              <RuleGroup
                group={rule.draft}
                at=""
                path={ROOT}
                depth={1}
                faults={list.faultsAt(rule.key)}
                fields={list.fields}
                isFull={conditionCount(rule.draft) >= MOST_CONDITIONS}
                onChange={(draft) => onChange({ ...rule, draft })}
              />
              <div className="mt-3 flex flex-wrap items-center gap-2 text-ink-2">
                <span>
                  {counted
                    ? counted.not_known
                      ? `Not known about ${count(counted.not_known)} of them:`
                      : "Known about each of them. Where not:"
                    : "Where it is not known:"}
                </span>
                <Segmented
                  label="Leads about which it is not known"
                  items={NOT_KNOWN}
                  value={rule.notKnown}
                  onChange={(notKnown) => onChange({ ...rule, notKnown })}
                />
              </div>
            </Item>
          );
        })}
        <li className="flex min-h-9.5 items-center gap-3 px-6 max-lg:px-4">
          <Station end={!list.may}>
            <span className="relative flex size-4.5 items-center justify-center rounded-full border border-edge bg-surface">
              <Lock size={10} className="text-ink-2" />
            </span>
          </Station>
          <span className="min-w-0">
            <span className="inline-block rounded-control border border-line px-2 py-0.5">
              <span className="text-ink-2">never</span> opted out
            </span>{" "}
            <span className="text-ink-3">fixed</span>
          </span>
          <span data-n className="ml-auto flex items-center gap-3">
            <Bar part={matching} whole={leads} tone="dark" />
            <Count>{matching}</Count>
          </span>
        </li>
        {list.may ? (
          <li className="flex min-h-9.5 items-center gap-3 px-6 max-lg:px-4">
            <Station end>
              <span className="relative size-2.5 rounded-full border border-edge border-dashed bg-surface" />
            </Station>
            <Button
              size="sm"
              icon={<Plus size={14} />}
              hint="F"
              disabled={rules.length >= MOST_ITEMS}
              onClick={onAdd}
              className="border-dashed"
            >
              Rule
            </Button>
          </li>
        ) : null}
      </ul>
    </section>
  );
}

export function AddsToFit({
  weights,
  points,
  matching,
  met,
  onChange,
  onAdd,
  onRemove,
  ...list
}: ListProps & {
  weights: readonly WeightItem[];
  /** The sum of all points. */
  points: number;
  matching?: number;
  met: (key: number) => { met: number; not_known: number } | undefined;
  onChange: (weight: WeightItem) => void;
  onAdd: () => void;
  onRemove: (key: number) => void;
}) {
  const note = [
    points === 100 || points === 0 ? "100 points" : `${points} points, scaled to 100`,
    matching === undefined ? undefined : `of the ${count(matching)}`,
  ];
  return (
    <section aria-label="Adds to fit" className="pt-3">
      <Heading className="px-6 py-1 max-lg:px-4" note={note.filter(Boolean).join(", ")}>
        Adds to fit
      </Heading>
      <ul aria-label="Weights" className="divide-y border-y">
        {weights.length === 0 ? (
          <li className="px-6 py-2 text-ink-2 max-lg:px-4">
            Nothing adds to fit yet: every lead that passes the rules has 100.
          </li>
        ) : null}
        {weights.map((weight, at) => {
          const counted = met(weight.key);
          return (
            <Item
              key={weight.key}
              kind="weight"
              number={at + 1}
              words={itemWords(weight.draft, list.fields)}
              reason={weight.reason}
              faults={list.faultsAt(weight.key)}
              isIncomplete={list.isIncomplete(weight.key)}
              isHere={list.here === weight.key}
              isOpen={list.here === weight.key && list.isOpen}
              may={list.may}
              onOpen={() => list.onOpen(weight.key)}
              onClose={list.onClose}
              onRemove={() => onRemove(weight.key)}
              before={<span className="w-9 shrink-0 font-semibold text-accent-ink">+{weight.points}</span>}
              after={
                <>
                  {counted?.not_known ? (
                    <span className="text-meta text-held-ink max-sm:hidden">{count(counted.not_known)} not known</span>
                  ) : null}
                  <Bar part={counted?.met} whole={matching} />
                  <Count>{counted?.met}</Count>
                </>
              }
            >
              <p className="mb-3 flex items-center gap-2 text-ink-2">
                <span aria-hidden="true">Points</span>
                <Input
                  type="number"
                  aria-label={`Points of weight ${at + 1}`}
                  min={1}
                  max={100}
                  value={weight.points || ""}
                  onChange={(e) =>
                    onChange({ ...weight, points: Math.max(0, Math.min(100, Math.trunc(Number(e.target.value)) || 0)) })
                  }
                  aria-invalid={weight.points < 1 ? true : undefined}
                  className="!w-20"
                />
                {weight.points < 1 ? <span className="text-bad-ink">1 to 100</span> : null}
              </p>
              <RuleGroup
                group={weight.draft}
                at=""
                path={ROOT}
                depth={1}
                faults={list.faultsAt(weight.key)}
                fields={list.fields}
                isFull={conditionCount(weight.draft) >= MOST_CONDITIONS}
                onChange={(draft) => onChange({ ...weight, draft })}
              />
            </Item>
          );
        })}
      </ul>
      {list.may ? (
        <div className="px-6 py-2 max-lg:px-4">
          <Button
            size="sm"
            icon={<Plus size={14} />}
            disabled={weights.length >= MOST_ITEMS}
            onClick={onAdd}
            className="border-dashed"
          >
            Weight
          </Button>
        </div>
      ) : null}
    </section>
  );
}
