// The providers of an enrichment in the order in which they are asked, each with the confidence that it needs.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type AccountView, accountsQuery } from "@/app/accounts/queries";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { providerName } from "@/shared/lib/spend";
import { Badge } from "@/shared/ui/badge";
import { IconButton } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";
import type { Draft } from "./draft";

type Step = Draft["providers"][number];

/** Providers that know facts about people and companies. */
const PROVIDERS = ["website", "hunter", "apollo", "people_data_labs", "serper", "serpapi"];

/** The company's own website needs no account. */
const FREE = "website";

/** Moves a step by one place. */
export function moved<T>(steps: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by;
  const step = steps[from];
  if (step === undefined || to < 0 || to >= steps.length) return [...steps];
  const rest = steps.filter((_, i) => i !== from);
  return [...rest.slice(0, to), step, ...rest.slice(to)];
}

/** The provider of an account, as columns and prices name it. */
const providerOf = ({ kind, settings }: AccountView): string => {
  if (kind === "serp_api") return "serpapi";
  return "provider" in settings && typeof settings.provider === "string" ? settings.provider : kind;
};

/** The providers for which the workspace has an account that is switched on. */
function useProviders(): Set<string> | undefined {
  const accounts = useQuery(accountsQuery).data;
  return accounts && new Set(accounts.items.filter(({ enabled }) => enabled).map(providerOf));
}

export function WaterfallField({
  steps,
  error,
  onSteps,
}: {
  steps: Step[];
  error?: string;
  onSteps: (steps: Step[]) => void;
}) {
  const has = useProviders();
  const others = PROVIDERS.filter((provider) => !steps.some((step) => step.provider === provider));
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Providers, the first that fits wins</legend>
      <ol className="divide-y border-y">
        {steps.map((step, i) => {
          const name = providerName(step.provider);
          const set = (changes: Partial<Step>) =>
            onSteps(steps.map((other, at) => (at === i ? { ...other, ...changes } : other)));
          return (
            <li key={step.provider} className="flex min-h-11 flex-wrap items-center gap-x-2 gap-y-1 py-1">
              <span className="w-5 text-ink-3">{i + 1}</span>
              <span className="min-w-24 flex-1 font-medium">
                {name}
                {has && step.provider !== FREE && !has.has(step.provider) ? (
                  <Link to="/settings/$section" params={{ section: "providers" }} className="ml-2 font-normal">
                    <Badge tone="warm">no account, add one</Badge>
                  </Link>
                ) : null}
              </span>
              <label className="flex items-center gap-1.5 text-meta text-ink-2">
                at least
                <input
                  type="number"
                  min={0}
                  max={100}
                  aria-label={`Least confidence of ${name}, percent`}
                  value={step.min_confidence}
                  onChange={(e) =>
                    set({ min_confidence: Math.max(0, Math.min(100, Math.round(Number(e.target.value)) || 0)) })
                  }
                  className={cx(inputStyle, "h-control !w-16")}
                />
                %
              </label>
              <span className="flex">
                <IconButton
                  label={`Ask ${name} earlier`}
                  size="iconSm"
                  disabled={i === 0}
                  onClick={() => onSteps(moved(steps, i, -1))}
                >
                  <ArrowUp size={14} />
                </IconButton>
                <IconButton
                  label={`Ask ${name} later`}
                  size="iconSm"
                  disabled={i === steps.length - 1}
                  onClick={() => onSteps(moved(steps, i, 1))}
                >
                  <ArrowDown size={14} />
                </IconButton>
                <IconButton
                  label={`Remove ${name}`}
                  size="iconSm"
                  onClick={() => onSteps(steps.filter((_, at) => at !== i))}
                >
                  <X size={14} />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ol>
      {others.length ? (
        <Select
          aria-label="Add a provider"
          value=""
          placeholder="Add a provider"
          bare
          options={others.map((provider) => ({ value: provider, label: providerName(provider) }))}
          onValue={(provider) => onSteps([...steps, { provider, min_confidence: provider === FREE ? 0 : 85 }])}
          className="mt-2 w-48"
        />
      ) : null}
      {error ? <p className="mt-1 text-bad-ink">{error}</p> : null}
    </fieldset>
  );
}
