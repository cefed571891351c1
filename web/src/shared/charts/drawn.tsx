// A picture with readable letters: drawn at the width at which it is shown, and again for a phone.
import type { ReactNode } from "react";

export function Drawn({ wide = 720, children }: { wide?: 520 | 720; children: (width: number) => ReactNode }) {
  return (
    <>
      <div className={wide === 520 ? "max-w-130 max-sm:hidden" : "max-w-180 max-sm:hidden"}>{children(wide)}</div>
      <div className="sm:hidden">{children(360)}</div>
    </>
  );
}
