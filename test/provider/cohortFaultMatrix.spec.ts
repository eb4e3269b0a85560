import cohortLifecycle from "../../provider/plugin/cohortLifecycle";
import { parseRecords } from "../../provider/model/contacts";
import { SHARD_LOADER } from "../../provider/model/loader";
import { describeFaultMatrix, SECRET } from "../support/faultMatrix";

const contactsOf = (seats: Record<string, number>) =>
  JSON.stringify(Object.fromEntries(Object.entries(seats).map(([name, n]) => [addressOf(name), { seats: n }])));
const addressOf = (name: string) => `${name}.${SECRET}@seeds.example.com`;

describeFaultMatrix("a cohort's shard", {
  lifecycle: cohortLifecycle,
  inputs: {
    cohort: "smoke",
    shard: 3,
    shards: 64,
    size: 3,
    journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
    contacts: contactsOf({ stays: 1, gone: 1, changed: 1 }),
    allowDuplicateEmail: false,
    abortReason: "preview closed",
    __provider: SHARD_LOADER,
  },
  change: { contacts: contactsOf({ stays: 1, changed: 2, added: 1 }) },
  rounds: 1,
  failure: /^Cohort smoke, shard 3: \d of \d contacts failed( and \d not tried)?\. Could not [^\n]+\.$/,
  recordsOf: ({ contacts }) =>
    new Map([...parseRecords(contacts)].map(([email, { instanceId }]) => [email, instanceId ?? null])),
});
