// Planned sends by day, against what went out.
import { useQuery } from "@tanstack/react-query";
import { Bars } from "@/shared/charts/bars";
import { day } from "@/shared/lib/format";
import { Heading } from "@/shared/ui/section";
import { plannedQuery } from "./queries";

export function Planned() {
  const query = useQuery(plannedQuery);
  const days = query.data?.days ?? [];
  if (!days.length) return null;
  return (
    <section aria-label="Planned sends" className="border-b px-6 pb-4 max-lg:px-4">
      <Heading note="by day, in UTC">Planned sends</Heading>
      <div className="max-w-[760px]">
        <Bars
          label="Sends by day"
          width={760}
          height={130}
          data={days.map((d) => ({ key: d.day, label: day(`${d.day}T12:00:00Z`), value: d.sent, planned: d.planned }))}
        />
      </div>
    </section>
  );
}
