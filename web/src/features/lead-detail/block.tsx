// A part of a lead's facts, with its title.
import type { ReactNode } from "react";
import { Heading } from "@/shared/ui/section";

export function Block({
  title,
  note,
  aside,
  children,
}: {
  title: string;
  note?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="border-b px-6 py-3 last:border-b-0 max-lg:px-4">
      <Heading note={note} aside={aside}>
        {title}
      </Heading>
      {children}
    </section>
  );
}
