// What the list of accounts and the page of one have in common.
import { toast, toastProblem } from "@/shared/ui/toast";
import { type ConnectionView, useConnectionMoves } from "./queries";

/** By what it is known outside: an address, a number, a server. */
export function accountAddress(c: ConnectionView): string {
  const s = c.settings;
  const text = (key: string) => (s[key] === undefined || s[key] === null ? undefined : String(s[key]));
  switch (c.kind) {
    case "smtp":
      return [text("from_address"), `${text("host")}:${text("port")}`].filter(Boolean).join(", ");
    case "inbound_email":
      return Array.isArray(s.addresses) ? s.addresses.join(", ") : "";
    case "stripe":
      return [text("account_id"), s.livemode ? "live" : "test"].filter(Boolean).join(", ");
    case "chat_model":
      return [text("model"), text("base_url")].filter(Boolean).join(", ");
    default:
      return text("from_address") ?? text("from_number") ?? text("base_url") ?? "";
  }
}

/** Switches an account off or on; undone from the toast. */
export function useFlip() {
  const { change } = useConnectionMoves();
  return (c: ConnectionView) =>
    change.mutate(
      { id: c.id, body: { enabled: !c.enabled } },
      {
        onSuccess: () =>
          toast(`${c.name} is ${c.enabled ? "off" : "on"}`, {
            undo: () => change.mutateAsync({ id: c.id, body: { enabled: c.enabled } }),
          }),
        onError: (error) => toastProblem(`${c.name} was not changed`, error),
      },
    );
}
