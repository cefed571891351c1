// The columns of the list that are shown unless others are chosen.

export const DEFAULT_COLUMNS: readonly string[] = [
  "name",
  "company",
  "score",
  "status",
  "campaign",
  "follow_up",
  "last_contacted",
  "city",
  "time_zone",
];

/** Columns that yield to a narrow window, unless they were chosen. */
export const WIDE_COLUMNS: readonly string[] = ["last_contacted", "city", "time_zone"];
