// Whether the workspace's members need a second factor.
import { useQuery } from "@tanstack/react-query";
import { Heading } from "@/shared/ui/section";
import { Choice } from "./choice";
import { settingsQuery } from "./queries";

const OPTIONS = [
  { value: "no", label: "Each member decides" },
  { value: "yes", label: "Members must use two steps" },
];

export function TwoStepsRule() {
  const settings = useQuery(settingsQuery).data;
  if (!settings) return null;
  return (
    <section aria-label="How members sign in" className="pt-6">
      <Heading className="max-w-table">How members sign in</Heading>
      <Choice
        label="Second step"
        help="A member without a passkey or an authenticator app sets one up before anything else. Members who are signed in now are asked within 15 minutes. You need one yourself to switch this on."
        value={settings.two_steps_required ? "yes" : "no"}
        options={OPTIONS}
        change={(value) => ({ two_steps_required: value === "yes" })}
      />
    </section>
  );
}
