import cohortLifecycle from "../../../provider/plugin/cohortLifecycle";
import { parseRecords } from "../../../provider/model/contacts";
import type { ShardState } from "../../../provider/model/shard";
import { SHARD_LOADER, TYPES } from "../../../provider/model/stateFormat";
import { describeFaultMatrix } from "../../support/faultMatrix";
import { journeyId } from "../../support/journeyId";
import { SECRET } from "../../support/patience";

const contactsOf = (seats: Record<string, number>) =>
  JSON.stringify(Object.fromEntries(Object.entries(seats).map(([name, n]) => [addressOf(name), { seats: n }])));
const addressOf = (name: string) => `${name}.${SECRET}@seeds.example.com`;

describeFaultMatrix("a cohort's shard", {
  lifecycle: cohortLifecycle,
  type: TYPES.shard,
  inputs: {
    cohort: "smoke",
    shard: 3,
    shards: 64,
    size: 3,
    journeyId,
    contacts: contactsOf({ stays: 1, gone: 1, changed: 1 }),
    allowDuplicateEmail: false,
    abortReason: "preview closed",
    __provider: SHARD_LOADER,
  },
  change: { contacts: contactsOf({ stays: 1, changed: 2, added: 1 }) },
  rounds: 1,
  failure: /^Cohort smoke, shard 3: \d of \d contacts failed( and \d not tried)?\. Could not [^\n]+\.$/,
  recordsOf: ({ contacts }: ShardState) =>
    new Map([...parseRecords(contacts)].map(([email, { instanceId }]) => [email, instanceId ?? null])),
});
