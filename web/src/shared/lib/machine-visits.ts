// How many opens and clicks a report leaves out because no person made them.
import { plural } from "./format";

/** "31 opens and clicks by machines are left out." */
export const leftOutWords = (visits: number) =>
  visits
    ? `${plural(visits, "open or click", "opens and clicks")} by machines ${visits === 1 ? "is" : "are"} left out.`
    : "No opens or clicks by machines.";
