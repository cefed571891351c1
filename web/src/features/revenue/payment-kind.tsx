// Whether money came in or went back.
import type { Schema } from "@/api/types";
import { Badge } from "@/shared/ui/badge";

export function PaymentKind({ kind }: { kind: Schema["TransactionKind"] }) {
  if (kind === "refund") return <Badge tone="warm">Refund</Badge>;
  return kind === "chargeback" ? <Badge tone="bad">Chargeback</Badge> : "Payment";
}
