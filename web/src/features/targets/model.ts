// Targets as they are typed, and as the API takes them.
import { FIGURE_NAMES, FIGURES, type Figure } from "@/app/targets/figures";
import type { Progresses, Targets, TargetsBody } from "@/app/targets/queries";
import { minorDigits } from "@/shared/lib/money";

/** What is typed for one row, an empty text for no target. */
export type Draft = Record<Figure, string>;
/** The drafts of the rows by user, and of the team under this name. */
export const TEAM = "team";
export type Drafts = Record<string, Draft>;

const draftOf = (progress: Progresses, currency: string): Draft => {
  const text = (figure: Figure) => {
    const { target } = progress[figure];
    if (typeof target !== "number") return "";
    return String(figure === "collected" ? target / 10 ** minorDigits(currency) : target);
  };
  return { calls: text("calls"), meetings: text("meetings"), won: text("won"), collected: text("collected") };
};

export function draftsOf({ team, members, currency }: Targets): Drafts {
  const rows = members.map(({ user, progress }): [string, Draft] => [user, draftOf(progress, currency)]);
  return Object.fromEntries(team ? [[TEAM, draftOf(team, currency)], ...rows] : rows);
}

/** The drafts with the targets of another month in place of their own, for the rows that are there. */
export const copied = (drafts: Drafts, from: Targets): Drafts => ({
  ...drafts,
  ...Object.fromEntries(Object.entries(draftsOf(from)).filter(([row]) => row in drafts)),
});

/** A number as it is typed, with spaces or commas between thousands; undefined if it is none. */
function numberOf(text: string): number | undefined {
  const plain = text.trim().replace(/(?<=\d)[\s,](?=\d{3}(\D|$))/g, "");
  return /^\d+([.,]\d{1,2})?$/.test(plain) ? Number(plain.replace(",", ".")) : undefined;
}

const LARGEST_COUNT = 1_000_000;
const LARGEST_AMOUNT_MINOR = 1_000_000_000_000;

/** The target that was typed, null for none, or undefined if it is not valid. */
export function targetOf(figure: Figure, text: string, currency: string): number | null | undefined {
  if (!text.trim()) return null;
  const n = numberOf(text);
  if (n === undefined) return undefined;
  const whole = figure === "collected" ? Math.round(n * 10 ** minorDigits(currency)) : n;
  const largest = figure === "collected" ? LARGEST_AMOUNT_MINOR : LARGEST_COUNT;
  return Number.isInteger(whole) && whole >= 1 && whole <= largest ? whole : undefined;
}

export const cellName = (row: string, figure: Figure) => `${row}.${figure}`;

export function faultsOf(drafts: Drafts, currency: string): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const [row, draft] of Object.entries(drafts))
    for (const figure of FIGURES)
      if (targetOf(figure, draft[figure], currency) === undefined)
        faults[cellName(row, figure)] =
          figure === "collected"
            ? "Enter an amount above 0, or leave it empty."
            : `Enter ${FIGURE_NAMES[figure].toLowerCase()} as a whole number from 1 to 1,000,000, or leave it empty.`;
  return faults;
}

/** The body that saves these drafts. They have no faults. */
export function bodyOf(drafts: Drafts, currency: string, rev: number): TargetsBody {
  const targets = (draft: Draft) => {
    const of = (figure: Figure) => targetOf(figure, draft[figure], currency) ?? undefined;
    return { calls: of("calls"), meetings: of("meetings"), won: of("won"), collected_minor: of("collected") };
  };
  const { [TEAM]: team, ...members } = drafts;
  const rows = Object.entries(members).filter(([, draft]) => FIGURES.some((figure) => draft[figure].trim()));
  return {
    ...(team ? { team: targets(team) } : {}),
    members: rows.map(([user, draft]) => ({ user, targets: targets(draft) })),
    rev,
  };
}
