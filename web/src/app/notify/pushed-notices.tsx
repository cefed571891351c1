// Keeps this browser a push device, and opens what the user clicks in a pushed notification.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { keepThisDevice, onPushedClick } from "./push-device";

export function PushedNotices({ user }: { user: string }) {
  const navigate = useNavigate();
  // Without a connection, or with a push service that does not answer, the next start looks again.
  useEffect(() => void keepThisDevice(user).catch(() => undefined), [user]);
  useEffect(() => onPushedClick((to) => void navigate({ to })), [navigate]);
  return null;
}
