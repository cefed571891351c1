// Gains and losses month by month: gains above the line, losses below, outlined.
import { useState } from "react";
import { Button } from "@/shared/ui/button";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { scaleBand, scaleLinear } from "./scale";

export interface Movement {
  key: string;
  label: string;
  gains: { name: string; value: number }[];
  losses: { name: string; value: number }[];
}

const FILL = ["fill-c1", "fill-c2", "fill-c3", "fill-c4"];
const STROKE = ["stroke-c1", "stroke-c2", "stroke-c3", "stroke-c4"];
const sum = (parts: { value: number }[]) => parts.reduce((s, p) => s + p.value, 0);

export function Movements({
  data,
  label,
  format,
  width = 560,
  height = 200,
}: {
  data: Movement[];
  label: string;
  format: (n: number) => string;
  width?: number;
  height?: number;
}) {
  const [table, setTable] = useState(false);
  const up = Math.max(1, ...data.map((d) => sum(d.gains)));
  const down = Math.max(0, ...data.map((d) => sum(d.losses)));
  const x = scaleBand(data.length, width, 0.5, 0.25);
  const y = scaleLinear([-down * 1.15 - up * 0.05, up * 1.12], [height - 20, 12]);
  const names = [...(data[0]?.gains ?? []), ...(data[0]?.losses ?? [])].map((p) => p.name);
  return (
    <div>
      <div className="flex justify-end">
        <Button kind="link" size="sm" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? "Chart" : "Table"}
        </Button>
      </div>
      {table ? (
        <Table
          edge="none"
          headLine
          head={
            <>
              <Th>Month</Th>
              {names.map((n) => (
                <Th end key={n}>
                  {n}
                </Th>
              ))}
            </>
          }
        >
          {data.map((d) => (
            <Row key={d.key} size="sm">
              <Th scope="row" className="font-normal">
                {d.label}
              </Th>
              {[...d.gains, ...d.losses].map((p) => (
                <Td end key={p.name}>
                  {format(p.value)}
                </Td>
              ))}
            </Row>
          ))}
        </Table>
      ) : (
        <svg
          role="img"
          aria-label={`${label}: ${data.map((d) => `${d.label} plus ${format(sum(d.gains))}, minus ${format(sum(d.losses))}`).join("; ")}`}
          viewBox={`0 0 ${width} ${height}`}
          className="w-full text-chart"
        >
          {data.map((d, month) => {
            const left = x.at(month);
            const w = x.bandwidth;
            let top = 0;
            let bottom = 0;
            return (
              <g key={d.key}>
                {d.gains.map((p, i) => {
                  const from = top;
                  top += p.value;
                  return p.value ? (
                    <rect
                      key={p.name}
                      x={left}
                      width={w}
                      y={y(top)}
                      height={Math.max(0, y(from) - y(top) - 1)}
                      rx="2"
                      className={FILL[i % 4]}
                    />
                  ) : null;
                })}
                {d.losses.map((p, i) => {
                  const from = bottom;
                  bottom += p.value;
                  return p.value ? (
                    <rect
                      key={p.name}
                      x={left + 0.75}
                      width={w - 1.5}
                      y={y(-from) + 1.5}
                      height={Math.max(1, y(-bottom) - y(-from) - 2)}
                      rx="2"
                      fill="none"
                      strokeWidth="1.5"
                      className={STROKE[i % 4]}
                    />
                  ) : null;
                })}
                {top ? (
                  <text x={left + w / 2} y={y(top) - 5} textAnchor="middle" className="fill-ink-2">
                    +{format(top)}
                  </text>
                ) : null}
                {bottom ? (
                  <text x={left + w / 2} y={y(-bottom) + 13} textAnchor="middle" className="fill-ink-2">
                    −{format(bottom)}
                  </text>
                ) : null}
                <text x={left + w / 2} y={height - 3} textAnchor="middle" className="fill-ink-2">
                  {d.label}
                </text>
              </g>
            );
          })}
          <path d={`M0 ${y(0)}H${width}`} className="stroke-edge" />
        </svg>
      )}
    </div>
  );
}
