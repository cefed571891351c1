// How many leads one merge takes.
/** The largest number of leads in one merge, the one that stays included. */
export const MOST_LEADS = 10;
