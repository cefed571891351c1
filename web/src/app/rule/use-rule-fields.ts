// The fields that a rule may test, with the workspace's own fields, users and campaigns.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { campaignsQuery } from "@/app/enrol/queries";
import { icpsQuery } from "@/app/icp/queries";
import { fieldsQuery, teamQuery } from "@/app/shared-queries";
import { type RuleField, ruleFields } from "./fields";

export interface RuleFields {
  fields: RuleField[];
  isPending: boolean;
  /** The workspace's own fields did not load. */
  error: unknown;
  retry: () => void;
}

export function useRuleFields(): RuleFields {
  const custom = useQuery(fieldsQuery);
  const team = useQuery(teamQuery);
  const campaigns = useQuery(campaignsQuery);
  const icps = useQuery(icpsQuery);
  const fields = useMemo(
    () =>
      ruleFields({
        custom: custom.data?.items ?? [],
        team: team.data?.items ?? [],
        campaigns: campaigns.data?.items ?? [],
        icps: icps.data?.items ?? [],
      }),
    [custom.data, team.data, campaigns.data, icps.data],
  );
  return {
    fields,
    isPending: custom.isPending || team.isPending || campaigns.isPending || icps.isPending,
    error: custom.data ? undefined : custom.error,
    retry: () => void custom.refetch(),
  };
}
