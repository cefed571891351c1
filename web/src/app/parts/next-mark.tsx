// The mark of the next step, which the sidebar uses too: the frame loads it without the other marks.
export function NextMark({ x, y }: { x: number; y: number }) {
  return (
    <>
      <circle cx={x} cy={y} r="6" fill="none" strokeWidth="1.5" className="stroke-accent" />
      <circle cx={x} cy={y} r="3.5" className="fill-accent" />
    </>
  );
}
