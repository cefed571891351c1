// The user's push devices: this browser is added by a click, tested and removed; the others are removed.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { changed } from "@/app/notify/desktop";
import { addThisDevice, forgetThisDevice, type Hindrance, hindrance, type PushDevices } from "@/app/notify/push-device";
import { day } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { toast, toastProblem } from "@/shared/ui/toast";
import { BLOCKED } from "./desktop-section";
import { devicesQuery } from "./notices";

const WHY: Record<Hindrance, string> = {
  blocked: BLOCKED,
  unsupported: "This browser cannot notify you while leadflow is closed.",
  not_installed:
    "On an iPhone or iPad, add leadflow to the Home Screen first: tap Share, then Add to Home Screen. Open it from there and come back to this page.",
};

export function PushSection({ user, known }: { user: string; known: PushDevices }) {
  const cache = useQueryClient();
  const [why, setWhy] = useState(hindrance);
  const own = known.devices.find((device) => device.is_this_session);
  const read = () => cache.invalidateQueries({ queryKey: devicesQuery.queryKey });
  const add = useMutation({
    mutationFn: () => addThisDevice(user, known.server_key),
    onSuccess: (devices) => {
      setWhy(hindrance());
      changed();
      if (!devices) return;
      cache.setQueryData(devicesQuery.queryKey, devices);
      toast("This device is notified");
    },
    onError: (error) => toastProblem("Could not add this device", error),
  });
  const remove = useMutation({
    mutationFn: async (id: string) => {
      await unwrap(client.DELETE("/api/notifications/devices/{id}", { params: { path: { id } } }));
      if (id === own?.id) await forgetThisDevice(user);
    },
    onSuccess: () => {
      changed();
      toast("Device removed");
    },
    onSettled: read,
    onError: (error) => toastProblem("Could not remove the device", error),
  });
  const test = useMutation({
    mutationFn: () => unwrap(client.POST("/api/notifications/devices/test")),
    onSuccess: ({ sent }) => {
      if (sent) toast("The test is on its way");
      else void read();
    },
    onError: (error) => toastProblem("Could not send the test", error),
  });
  return (
    <section aria-label="Push notifications">
      <Heading>Push notifications</Heading>
      <p className="mt-1 text-ink-2">
        Get notifications on this computer or phone, also while leadflow is closed. They show a title, such as who
        replied or which task is due, and no text of a message.
      </p>
      {known.devices.length ? (
        <ul className="mt-3 divide-y divide-line border-y border-line">
          {known.devices.map((device) => (
            <li key={device.id} className="flex min-h-12 items-center gap-3 py-2">
              <span className="min-w-0 grow">
                <span className="block break-words font-medium">{device.name ?? "Unknown browser"}</span>
                <span className="block text-meta text-ink-2">
                  {device.is_this_session ? "This device, added" : "Added"} {day(device.added_at)}
                </span>
              </span>
              {device.is_this_session ? (
                <Button size="sm" busy={test.isPending} onClick={() => test.mutate()}>
                  Send a test
                </Button>
              ) : null}
              <Button
                size="sm"
                kind="quiet"
                aria-label={`Remove ${device.name ?? "unknown browser"}${device.is_this_session ? ", this device" : ""}`}
                busy={remove.isPending && remove.variables === device.id}
                onClick={() => remove.mutate(device.id)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {test.data?.detail ? (
        <p role="alert" className="mt-2 text-bad-ink">
          {test.data.detail}
        </p>
      ) : null}
      {own ? null : why ? (
        <p role="status" className="mt-2">
          {WHY[why]}
        </p>
      ) : (
        <Button kind="outline" className="mt-3" busy={add.isPending} onClick={() => add.mutate()}>
          Notify me on this device
        </Button>
      )}
    </section>
  );
}
