// The answer about targets of any month: November 2026 is half over, and the months before are.
const PRESENT = "2026-11";

const of = (target: number | null, actual: number, month: string) => {
  const isNow = month === PRESENT;
  const isOver = month < PRESENT;
  const expected = target === null ? null : isOver ? target : isNow ? Math.round((target * 11) / 21) : 0;
  const projected = isOver ? actual : isNow ? Math.round((actual * 21) / 11) : null;
  return { target, actual: isOver || isNow ? actual : 0, expected, projected };
};

export function targetsOf(month: string) {
  const isOver = month < PRESENT;
  // The months before had more calls the later they were.
  const older = isOver ? 9 - (Number(month.slice(5)) % 9) : 0;
  return {
    month,
    working_days: 21,
    days_over: isOver ? 21 : month === PRESENT ? 11 : 0,
    currency: "GBP",
    team: {
      calls: of(400, 232 - older * 10, month),
      meetings: of(20, 8, month),
      won: of(6, 3, month),
      collected: of(1_200_000, 735_500, month),
    },
    members: [
      {
        user: "user_1",
        name: "Maya Okafor",
        progress: {
          calls: of(40, 12, month),
          meetings: of(4, 4, month),
          won: of(null, 1, month),
          collected: of(500_000, 110_600, month),
        },
      },
      {
        user: "user_2",
        name: "Tom Asher",
        progress: {
          calls: of(360, 220, month),
          meetings: of(16, 4, month),
          won: of(null, 2, month),
          collected: of(null, 620_000, month),
        },
      },
    ],
    other_currencies: true,
    cut_off: false,
    may_change: !isOver,
    rev: 3,
  };
}
