// This browser's subscription at its push service. It is small and alone: a sign-out ends it, also without a connection.
export const WORKER = "/sw.js";

export async function ownSubscription(): Promise<PushSubscription | undefined> {
  const registration = await navigator.serviceWorker?.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

/** Ends the subscription: nothing that is pushed to it is shown any more. */
export async function unsubscribe(): Promise<void> {
  await (await ownSubscription())?.unsubscribe();
}
