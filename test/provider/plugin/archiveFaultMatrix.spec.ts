import { addressesAsJson } from "../../../provider/model/archive";
import { parseRecords } from "../../../provider/model/contacts";
import type { ShardState } from "../../../provider/model/shard";
import { ARCHIVE_LOADER, SHARD_LOADER, TYPES } from "../../../provider/model/stateFormat";
import cohortLifecycle from "../../../provider/plugin/cohortLifecycle";
import { describeFaultMatrix } from "../../support/faultMatrix";
import { journeyId } from "../../support/journeyId";
import { SECRET } from "../../support/patience";

const stack = "organization/seeds/test";
const addressOf = (name: string) => `${name}.${SECRET}+seeds.test@seeds.example.com`;
const contactsOf = (seats: Record<string, number>) =>
  JSON.stringify(Object.fromEntries(Object.entries(seats).map(([name, n]) => [addressOf(name), { seats: n }])));
const archiveOf = (...names: string[]) => addressesAsJson(names.map(addressOf));
const shard = { cohort: "smoke", shard: 3, size: 3, stack };

describeFaultMatrix("a cohort's shard whose contacts are archived", {
  lifecycle: cohortLifecycle,
  type: TYPES.shard,
  inputs: {
    ...shard,
    shards: 64,
    journeyId,
    contacts: contactsOf({ stays: 1, gone: 1, changed: 1 }),
    allowDuplicateEmail: false,
    abortReason: "preview closed",
    __provider: SHARD_LOADER,
  },
  change: { contacts: contactsOf({ stays: 1, changed: 2, added: 1 }) },
  archive: {
    inputs: { ...shard, contacts: archiveOf("stays", "gone", "changed"), __provider: ARCHIVE_LOADER },
    change: { contacts: archiveOf("stays", "changed", "added") },
  },
  rounds: 1,
  calls: ["start", "abort", "archiveContact"],
  failure: /^Cohort smoke, shard 3: \d of \d contacts failed( and \d not tried)?\. Could not [^\n]+\.$/,
  recordsOf: ({ contacts }: ShardState) =>
    new Map([...parseRecords(contacts)].map(([email, { instanceId }]) => [email, instanceId ?? null])),
});
