// The prospects of a page: masked, with the lead that each is already, its fit and its price.
import { Link } from "@tanstack/react-router";
import { type MouseEvent, useState } from "react";
import { cx } from "@/shared/lib/cx";
import { useKeys } from "@/shared/lib/keyboard";
import { dollars } from "@/shared/lib/spend";
import { Badge } from "@/shared/ui/badge";
import { Checkbox } from "@/shared/ui/checkbox";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { between, isOpen, type Prospect, type ProspectSearch } from "./model";

const nameOf = (one: Prospect) => one.name ?? one.company ?? "A prospect";

function Fit({ fit }: { fit: NonNullable<Prospect["fit"]> }) {
  if (fit.verdict === "does_not_fit")
    return (
      <span className="text-ink-3" title={fit.fails.join("; ")}>
        Does not fit<span className="block text-meta">{fit.fails[0]}</span>
      </span>
    );
  const points = fit.points === null || fit.points === undefined ? "" : ` ${fit.points}`;
  return (
    <span title={fit.not_known.join("; ") || undefined}>
      {fit.verdict === "fits" ? `Fits${points}` : `May fit${points}`}
      {fit.not_known.length > 0 ? <span className="block text-meta text-ink-3">{fit.not_known[0]}</span> : null}
    </span>
  );
}

function Address({ one }: { one: Prospect }) {
  if (one.email) return <>{one.email}</>;
  if (one.has_email) return <span className="text-ink-2">known, masked</span>;
  if (one.has_phone) return <span className="text-ink-2">phone only</span>;
  return <span className="text-ink-3">{one.has_email === false ? "none" : "not known"}</span>;
}

export function Results({
  found,
  chosen,
  onChoose,
  disabled,
}: {
  found: ProspectSearch;
  chosen: ReadonlySet<string>;
  onChoose: (ids: readonly string[], on: boolean) => void;
  disabled: boolean;
}) {
  const { items } = found;
  const [here, setHere] = useState(-1);
  const [anchor, setAnchor] = useState<number>();
  const open = items.filter(isOpen);
  const picked = open.filter(({ id }) => chosen.has(id)).length;
  const toggle = (at: number, extend: boolean) => {
    const one = items[at];
    if (!one || disabled) return;
    setHere(at);
    const on = !chosen.has(one.id);
    if (extend && anchor !== undefined) onChoose(between(items, anchor, at), true);
    else if (isOpen(one)) onChoose([one.id], on);
    if (!extend) setAnchor(at);
  };
  const move = (by: number) => setHere((at) => Math.max(0, Math.min(items.length - 1, at + by)));
  /** Moves on, and chooses all from the last chosen one. */
  const extend = (by: number) => {
    const to = Math.max(0, Math.min(items.length - 1, here + by));
    const from = anchor ?? Math.max(here, 0);
    setHere(to);
    setAnchor(from);
    if (!disabled) onChoose(between(items, from, to), true);
  };
  useKeys({
    "shift+j": () => extend(1),
    "shift+k": () => extend(-1),
    j: () => move(1),
    k: () => move(-1),
    x: () => toggle(here, false),
    "shift+x": () => toggle(here, true),
    "mod+a": () => {
      if (!disabled)
        onChoose(
          open.map(({ id }) => id),
          true,
        );
    },
    Escape: () => onChoose([...chosen], false),
  });
  const isPlaced = items.some(({ place }) => place);
  const isJudged = items.some(({ fit }) => fit);
  return (
    <Table
      edge="page"
      scrolls="Prospects"
      caption="Prospects"
      head={
        <>
          <Th>
            <Checkbox
              aria-label="Choose all on this page"
              checked={open.length > 0 && picked === open.length}
              mixed={picked > 0 && picked < open.length}
              disabled={disabled || open.length === 0}
              onValue={(on) =>
                onChoose(
                  open.map(({ id }) => id),
                  on,
                )
              }
            />
          </Th>
          <Th>Name</Th>
          <Th>Company</Th>
          {isPlaced ? <Th wide>Place</Th> : null}
          <Th wide>E-mail</Th>
          {isJudged ? <Th>Fit</Th> : null}
          <Th end>Price</Th>
        </>
      }
    >
      {items.map((one, at) => (
        <Row
          key={one.id}
          size="lg"
          aria-selected={chosen.has(one.id)}
          className={cx("align-middle", chosen.has(one.id) && "bg-accent-soft", here === at && "bg-sunken")}
        >
          <Td>
            <Checkbox
              aria-label={`Choose ${nameOf(one)}`}
              className={cx(!isOpen(one) && "opacity-40")}
              checked={chosen.has(one.id)}
              disabled={disabled || !isOpen(one)}
              onClick={(e: MouseEvent) => {
                if (!e.shiftKey) return;
                e.preventDefault();
                toggle(at, true);
              }}
              onValue={() => toggle(at, false)}
            />
          </Td>
          <Td className="py-1.5">
            <span className="font-medium">{nameOf(one)}</span>
            {one.job_title ? <span className="block text-meta text-ink-2">{one.job_title}</span> : null}
          </Td>
          <Td className="py-1.5">
            {one.name ? one.company : null}
            {one.industry || one.website ? (
              <span className="block text-meta text-ink-2">{one.industry ?? one.website}</span>
            ) : null}
          </Td>
          {isPlaced ? <Td wide>{one.place}</Td> : null}
          <Td wide>
            <Address one={one} />
          </Td>
          {isJudged ? <Td>{one.fit ? <Fit fit={one.fit} /> : null}</Td> : null}
          <Td end className="whitespace-nowrap">
            {one.lead ? (
              <Link to="/leads/$id" params={{ id: one.lead }} className="text-accent-ink hover:underline">
                Already a lead
              </Link>
            ) : one.reachable ? (
              one.price ? (
                dollars(one.price)
              ) : (
                "free"
              )
            ) : (
              <Badge>no address</Badge>
            )}
          </Td>
        </Row>
      ))}
    </Table>
  );
}
