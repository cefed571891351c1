// In which time zone a lead's times are given, and where that is not known.
import { words } from "./format";

/** The zone is one of several in which the lead may be, or only the campaign's. */
export const isUnknownZone = (source?: string | null) => source === "unknown" || source === "campaign";

/** "their time zone: America/Chicago, from phone", or that it is not known and how the times are read. */
export function zoneWords(zone: string, source?: string | null): string {
  if (source === "unknown") {
    return `time zone unknown: read as ${zone}; texts and calls come only while it is day wherever the lead may be`;
  }
  if (source === "campaign") return `time zone unknown: read as the campaign's, ${zone}; texts and calls are held`;
  return `their time zone: ${zone}, from ${words(source ?? "").toLowerCase()}`;
}
