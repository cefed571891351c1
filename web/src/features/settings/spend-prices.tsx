// The price list: what a look-up costs at each provider, a minute of a phone call, and a model's tokens.
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { dollars, providerName } from "@/shared/lib/spend";
import { Badge } from "@/shared/ui/badge";
import { Button, IconButton } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";
import { bodyOf, CALLS, type CallPrice, type ModelPrice, type Spend, useSaveSpend, withModel } from "./spend";
import { CallDialog, ModelDialog } from "./spend-dialogs";

type Open = { what: "call"; row: CallPrice } | { what: "model"; row?: ModelPrice };

export function SpendPrices({ spend }: { spend: Spend }) {
  const may = useMay("admin");
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <>
      <section>
        <Heading note="in US dollars, for one call">Prices of look-ups</Heading>
        <p className="mb-2 text-ink-2">
          The providers' public prices of 2026. Set your own where your contract differs: estimates and caps count with
          them.
        </p>
        <Table
          edge="none"
          caption="Prices of look-ups"
          scrolls="Prices of look-ups"
          headLine
          head={
            <>
              <Th>Provider</Th>
              <Th>For</Th>
              <Th end>Found</Th>
              <Th end>Not found</Th>
              <Th end>
                <span className="sr-only">Change</span>
              </Th>
            </>
          }
        >
          {spend.calls.filter(isLookUp).map((row) => (
            <Row key={`${row.provider} ${row.kind}`}>
              <Th scope="row" className="font-medium">
                {providerName(row.provider)}
              </Th>
              <Td>
                {CALLS[row.kind]} {row.own ? <Badge>yours</Badge> : null}
              </Td>
              <Td end>{row.hit ? dollars(row.hit) : "free"}</Td>
              <Td end>{row.miss ? dollars(row.miss) : "free"}</Td>
              <Td end>
                {may ? (
                  <IconButton
                    label={`Change the price of ${providerName(row.provider)}: ${CALLS[row.kind]}`}
                    size="iconSm"
                    onClick={() => setOpen({ what: "call", row })}
                  >
                    <Pencil size={14} />
                  </IconButton>
                ) : null}
              </Td>
            </Row>
          ))}
        </Table>
      </section>
      <Minutes spend={spend} may={may} onOpen={(row) => setOpen({ what: "call", row })} />
      <Models spend={spend} may={may} onOpen={(row) => setOpen({ what: "model", row })} />
      {open?.what === "call" ? <CallDialog spend={spend} row={open.row} onClose={close} /> : null}
      {open?.what === "model" ? <ModelDialog spend={spend} row={open.row} onClose={close} /> : null}
    </>
  );
}

const isLookUp = ({ kind }: CallPrice) => kind !== "minute";

function Minutes({ spend, may, onOpen }: { spend: Spend; may: boolean; onOpen: (row: CallPrice) => void }) {
  const minutes = spend.calls.filter((row) => !isLookUp(row));
  if (minutes.length === 0) return null;
  return (
    <section>
      <Heading note="in US dollars, for a started minute">Prices of phone calls</Heading>
      <p className="mb-2 text-ink-2">
        An estimate for the phones of the user and the lead together. When a call is placed, an hour of it is set aside;
        after the call its minutes are, until the provider tells the price. A call that is longer or dearer may pass the
        cap by the difference. Set your own price for the countries that you call.
      </p>
      <Table
        edge="none"
        caption="Prices of phone calls"
        headLine
        head={
          <>
            <Th>Provider</Th>
            <Th>For</Th>
            <Th end>Price</Th>
            <Th end>
              <span className="sr-only">Change</span>
            </Th>
          </>
        }
      >
        {minutes.map((row) => (
          <Row key={row.provider}>
            <Th scope="row" className="font-medium">
              {providerName(row.provider)}
            </Th>
            <Td>
              {CALLS[row.kind]} {row.own ? <Badge>yours</Badge> : null}
            </Td>
            <Td end>{row.hit ? dollars(row.hit) : "free"}</Td>
            <Td end>
              {may ? (
                <IconButton
                  label={`Change the price of ${providerName(row.provider)}: ${CALLS[row.kind]}`}
                  size="iconSm"
                  onClick={() => onOpen(row)}
                >
                  <Pencil size={14} />
                </IconButton>
              ) : null}
            </Td>
          </Row>
        ))}
      </Table>
    </section>
  );
}

function Models({ spend, may, onOpen }: { spend: Spend; may: boolean; onOpen: (row?: ModelPrice) => void }) {
  const save = useSaveSpend();
  const remove = (row: ModelPrice) =>
    save.mutate(bodyOf(withModel(spend, row.model, undefined)), {
      onSuccess: ({ rev }) =>
        toast(`${row.model} has no price of its own`, { undo: () => save.mutateAsync(bodyOf({ ...spend, rev })) }),
      onError: (error) => toastProblem("Could not change the prices", error),
    });
  const { input, output } = spend.other_models;
  return (
    <section>
      <Heading
        note="in US dollars, for a million tokens"
        aside={
          may ? (
            <Button icon={<Plus size={15} />} onClick={() => onOpen()}>
              Add a model
            </Button>
          ) : undefined
        }
      >
        Prices of models
      </Heading>
      <Table
        edge="none"
        caption="Prices of models"
        scrolls="Prices of models"
        headLine
        head={
          <>
            <Th>Model</Th>
            <Th end>Read</Th>
            <Th end>Written</Th>
            <Th end>
              <span className="sr-only">Change</span>
            </Th>
          </>
        }
      >
        {spend.models.map((row) => (
          <Row key={row.model}>
            <Th scope="row" className="font-medium [overflow-wrap:anywhere]">
              {row.model}
            </Th>
            <Td end>{dollars(row.input)}</Td>
            <Td end>{dollars(row.output)}</Td>
            <Td end className="whitespace-nowrap">
              {may ? (
                <>
                  <IconButton label={`Change the price of ${row.model}`} size="iconSm" onClick={() => onOpen(row)}>
                    <Pencil size={14} />
                  </IconButton>
                  <IconButton
                    label={`Delete the price of ${row.model}`}
                    size="iconSm"
                    disabled={save.isPending}
                    onClick={() => remove(row)}
                  >
                    <Trash2 size={14} />
                  </IconButton>
                </>
              ) : null}
            </Td>
          </Row>
        ))}
        <Row>
          <Th scope="row" className="text-ink-2">
            Any other model
          </Th>
          <Td end>{dollars(input)}</Td>
          <Td end>{dollars(output)}</Td>
          <Td />
        </Row>
      </Table>
    </section>
  );
}
