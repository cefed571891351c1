// A number that the app calls, loaded where an account places calls.
import type { CallActionProps } from "./phone-link";
import { usePlaceCall } from "./placing";

export function CallButton({ number, lead, task, onCall, ...look }: CallActionProps) {
  const place = usePlaceCall();
  return (
    <button
      type="button"
      aria-disabled={place.isPending}
      onClick={() => {
        if (place.isPending) return;
        place.mutate({ number, lead, task });
        onCall?.();
      }}
      {...look}
    />
  );
}
