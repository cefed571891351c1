// The head of a column that fills itself: what it is, what it cost so far, and how far the run is with it.
import { Bot, Braces, Globe, type LucideIcon, Mail, Radio, Search, Smartphone, Sparkles } from "lucide-react";
import { cx } from "@/shared/lib/cx";
import { cents } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { type ColumnView, outcomesOf, type Recipe, type RunView, sumOf } from "./model";

const ICONS: Record<Recipe["kind"], LucideIcon> = {
  ai: Sparkles,
  actor: Bot,
  enrichment: Globe,
  formula: Braces,
  lookup: Search,
  webhook: Radio,
};

export function iconOf({ recipe }: Pick<ColumnView, "recipe">): LucideIcon {
  if (recipe.kind === "enrichment" && recipe.field === "email") return Mail;
  if (recipe.kind === "enrichment" && recipe.field === "mobile_phone") return Smartphone;
  return ICONS[recipe.kind];
}

export function ColumnHead({
  column,
  run,
  cost,
  on,
  onOpen,
}: {
  column: ColumnView;
  run?: RunView;
  cost?: number;
  on: boolean;
  onOpen: () => void;
}) {
  const Icon = iconOf(column);
  const isInRun = run?.columns.includes(column.id);
  const done = run ? sumOf(outcomesOf(run, column.id)) : 0;
  return (
    <Button
      kind="bare"
      aria-expanded={on}
      onClick={onOpen}
      className="block w-full min-w-0 rounded-key text-left hover:text-ink"
    >
      <span className="flex min-h-6 items-center gap-1.5">
        <Icon size={14} aria-hidden="true" className="shrink-0" />
        <span className={cx("min-w-0 flex-1 truncate font-medium text-ink")}>{column.name}</span>
        {cost ? <span className="shrink-0 text-ink-2">{cents(cost)}</span> : null}
      </span>
      {run && isInRun ? (
        <ProgressBar
          className="!h-0.5"
          label={`${column.name}, rows that are done`}
          total={run.total}
          parts={[{ value: done, className: "bg-accent" }]}
        />
      ) : null}
    </Button>
  );
}
