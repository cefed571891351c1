// The mark of leadflow.
export function Logo() {
  return (
    <svg width="34" height="16" viewBox="0 0 34 16" aria-hidden="true" className="shrink-0">
      <path d="M4 8h26" strokeWidth="1.6" className="stroke-accent" />
      <circle cx="5" cy="8" r="4" className="fill-accent" />
      <circle cx="17" cy="8" r="4" className="fill-accent" />
      <circle cx="28" cy="8" r="3.4" strokeWidth="1.6" className="fill-canvas stroke-accent" />
    </svg>
  );
}
