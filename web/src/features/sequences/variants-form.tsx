// The variants of a step: one tab each, with its text, its share, and whether it is paused.
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Field, Input } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Switch } from "@/shared/ui/switch";
import { toast } from "@/shared/ui/toast";
import {
  labelOf,
  letter,
  MAX_VARIANTS,
  type Sending,
  shareOf,
  type Variant,
  variantsOf,
  withoutVariant,
  withVariant,
} from "./variants";

export interface VariantWords {
  variant: Variant;
  /** `step 2, variant B`, for labels. */
  of: string;
  error: (field: string) => string | undefined;
  onChange: (change: Partial<Variant>) => void;
}

export function VariantsForm<S extends Sending>({
  step,
  n,
  error,
  onChange,
  words,
}: {
  step: S;
  n: number;
  error: (field: string) => string | undefined;
  onChange: (step: S) => void;
  words: (of: VariantWords) => ReactNode;
}) {
  const [chosen, setChosen] = useState(0);
  const variants = variantsOf(step);
  const at = Math.min(chosen, variants.length - 1);
  const variant = variants[at];
  /** Adding and removing take away the button that was pressed, so the focus moves. */
  const moved = useRef(false);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    (variant ? document.getElementById(`variant-tab-${variant.id}`) : first.current)?.focus();
  });
  const become = (next: S, show: number) => {
    moved.current = true;
    onChange(next);
    setChosen(show);
  };
  const wrong = (i: number) =>
    ["body", "subject", "name", "weight", "id", "template_name", "language"].some((field) =>
      error(`variants[${i}].${field}`),
    );
  if (!variant) {
    return (
      <Button size="sm" kind="quiet" ref={first} icon={<Plus size={14} />} onClick={() => become(withVariant(step), 1)}>
        Add an A/B variant
      </Button>
    );
  }
  const change = (changes: Partial<Variant>) =>
    onChange({ ...step, variants: variants.map((v, i) => (i === at ? { ...v, ...changes } : v)) });
  const running = variants.filter((v) => !v.paused).length;
  const of = `step ${n}, variant ${letter(at)}`;
  return (
    <div className="space-y-2.5">
      <div className="flex flex-wrap items-end gap-2">
        <div role="tablist" aria-label={`Variants of step ${n}`} className="flex flex-wrap gap-1">
          {variants.map((v, i) => (
            <Button
              kind="bare"
              key={v.id}
              role="tab"
              id={`variant-tab-${v.id}`}
              aria-selected={i === at}
              aria-controls={`variant-panel-${step.id}`}
              tabIndex={i === at ? 0 : -1}
              onClick={() => setChosen(i)}
              onKeyDown={(e) => {
                const to = e.key === "ArrowRight" ? i + 1 : e.key === "ArrowLeft" ? i - 1 : undefined;
                const next = to === undefined ? undefined : variants[(to + variants.length) % variants.length];
                if (!next) return;
                setChosen(variants.indexOf(next));
                document.getElementById(`variant-tab-${next.id}`)?.focus();
              }}
              className={cx(
                "flex h-segment max-w-45 items-center gap-1.5 rounded-control border px-2.5 max-sm:h-11",
                i === at
                  ? "border-accent bg-accent-soft font-medium text-ink"
                  : "border-trough text-ink-2 hover:bg-sunken",
              )}
            >
              <span className={cx("truncate", v.paused && "line-through")}>{labelOf(v, i)}</span>
              <span className={cx("text-meta", wrong(i) ? "text-bad-ink" : "text-ink-2")}>
                {wrong(i) ? "to fix" : v.paused ? "paused" : `${Math.round(shareOf(variants, v))}%`}
              </span>
            </Button>
          ))}
        </div>
        {variants.length < MAX_VARIANTS ? (
          <Button
            size="sm"
            kind="quiet"
            icon={<Plus size={14} />}
            onClick={() => become(withVariant(step, at), variants.length)}
          >
            Add variant {letter(variants.length)}
          </Button>
        ) : null}
      </div>
      {["variants", ...variants.map((_, i) => `variants[${i}].id`)].map((field) =>
        error(field) ? (
          <p key={field} className="text-bad-ink">
            {error(field)}
          </p>
        ) : null,
      )}
      <div
        role="tabpanel"
        id={`variant-panel-${step.id}`}
        aria-labelledby={`variant-tab-${variant.id}`}
        className="space-y-2.5"
      >
        {words({ variant, of, error: (field) => error(`variants[${at}].${field}`), onChange: change })}
        <div className="grid grid-cols-[minmax(0,1fr)_136px] gap-3">
          <Field label={`Name of variant ${letter(at)}`} error={error(`variants[${at}].name`)}>
            <Input
              value={variant.name ?? ""}
              maxLength={60}
              placeholder="What is different"
              onChange={(e) => change({ name: e.target.value })}
            />
          </Field>
          <Weight
            key={variant.id}
            value={variant.weight ?? 50}
            onValue={(weight) => change({ weight })}
            error={error(`variants[${at}].weight`)}
          />
        </div>
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Switch
            checked={!variant.paused}
            disabled={!variant.paused && running === 1}
            onValue={(on) => change({ paused: !on })}
            label={`Send variant ${letter(at)}`}
            note={
              !variant.paused && running === 1
                ? "At least one variant must stay on."
                : "When off, no new leads get it. Existing results are kept."
            }
          />
          <Button
            size="sm"
            kind="danger"
            icon={<Trash2 size={14} />}
            onClick={() => {
              become(withoutVariant(step, at), Math.max(0, at - 1));
              toast(`Variant ${letter(at)} removed`, { undo: () => onChange(step) });
            }}
          >
            Remove variant {letter(at)}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** The weight as it is typed; an invalid one becomes the nearest valid one when the field is left. */
function Weight({ value, onValue, error }: { value: number; onValue: (weight: number) => void; error?: string }) {
  const [text, setText] = useState(String(value));
  return (
    <Field label="Split, by weight" help="1 to 100, relative to the others." error={error}>
      <Input
        type="number"
        min={1}
        max={100}
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          const typed = Number(e.target.value);
          if (Number.isInteger(typed) && typed >= 1 && typed <= 100) onValue(typed);
        }}
        onBlur={() => {
          const weight = Math.max(1, Math.min(100, Math.round(Number(text)) || 1));
          setText(String(weight));
          if (weight !== value) onValue(weight);
        }}
      />
    </Field>
  );
}
