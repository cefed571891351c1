// The button that signs in by a passkey, and the passkeys that the browser offers below the field of the address.
import { useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/errors";
import { hasPasskeys, isCancelled, type OfferOver, signInByPasskey, stopOffering } from "@/app/auth/passkeys";
import { Button } from "@/shared/ui/button";

/** An offer is asked for anew before its question is too old. */
const OFFER_LASTS_MS = 4 * 60_000;

/** With `offers` the browser offers passkeys in the field whose `autoComplete` ends with `webauthn`, too. */
export function PasskeyButton({
  label,
  token,
  offers = false,
  onDone,
}: {
  label: string;
  token?: string;
  offers?: boolean;
  onDone: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const pressed = useRef(false);
  const signIn = async (offered?: OfferOver) => {
    try {
      await signInByPasskey({ token, offered });
      onDone();
    } catch (error) {
      if (!isCancelled(error)) setProblem(asProblem(error).detail);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is offered for as long as the page is open
  useEffect(() => {
    if (!offers || !hasPasskeys()) return;
    let timer: ReturnType<typeof setInterval> | undefined;
    let closed = false;
    const isOver = () => closed || pressed.current;
    const offer = () => {
      if (!isOver()) void signIn(isOver);
    };
    const begin = async () => {
      if (!(await PublicKeyCredential.isConditionalMediationAvailable?.()) || closed) return;
      timer = setInterval(offer, OFFER_LASTS_MS);
      offer();
    };
    void begin();
    return () => {
      closed = true;
      clearInterval(timer);
      stopOffering();
    };
  }, []);
  if (!hasPasskeys()) return null;
  const press = async () => {
    pressed.current = true;
    setBusy(true);
    setProblem(undefined);
    await signIn();
    pressed.current = false;
    setBusy(false);
  };
  return (
    <div className="space-y-2">
      <Button className="w-full" busy={busy} onClick={() => void press()}>
        {label}
      </Button>
      {problem ? (
        <p role="alert" className="text-bad-ink">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
