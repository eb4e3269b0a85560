import type { Fault } from "mailmodo-sandbox";
import { sortedJson } from "../../provider/model/contacts";
import { LOADER, SHARD_LOADER, TYPES } from "../../provider/model/stateFormat";
import { journeyId } from "./journeyId";
import type { Kill } from "./modelProcess";
import type { Declared } from "./modelStack";

export const STACKS = ["A", "B"] as const;
export const HOMES = [0, 1] as const;
/** What a stack may enroll one by one, and what in a cohort. Both stacks have the same. */
export const SINGLES = ["ada", "bob"] as const;
export const CONTACTS = ["bob", "cyd"] as const;

/** One run of Pulumi, or of recover, in a process of its own. */
export interface ProcessRun {
  readonly stack: (typeof STACKS)[number];
  readonly home: (typeof HOMES)[number];
  readonly kill: Kill | null;
  /** Where it runs, if it is killed: what ran on another machine cannot be proved dead from here. */
  readonly where: "here" | "elsewhere";
  /** If it is killed with its engine, its home is gone too, with every note; then its stack is recovered before it is used. */
  readonly isMachineLost: boolean;
}

export type Step =
  | (ProcessRun & {
      readonly do: "up";
      readonly singles: readonly string[];
      readonly contacts: readonly string[];
      /** How the contacts' addresses are spelled. */
      readonly isCapital: boolean;
      /** What follows the names of all resources. */
      readonly suffix: "" | "-2";
      /** Another one replaces what there is. */
      readonly version: number;
      readonly abortReason: string;
      readonly fault: Fault | null;
    })
  | (ProcessRun & { readonly do: "destroy"; readonly fault: Fault | null; readonly isRemoved: boolean })
  | (ProcessRun & { readonly do: "recover"; readonly runIsOver: boolean; readonly nothingElseRuns?: boolean })
  /** A journey comes to its end. */
  | { readonly do: "finish"; readonly stack: (typeof STACKS)[number]; readonly index: number }
  | { readonly do: "state delete"; readonly stack: (typeof STACKS)[number]; readonly index: number };

const address = (name: string) => `${name}@seeds.example.com`;

/** The resources that the program of an up has. */
export function declaredIn({
  stack,
  singles,
  contacts: all,
  isCapital,
  suffix,
  version,
  abortReason,
}: Extract<Step, { do: "up" }>): Declared[] {
  // No program has an address twice; from one to the next, it may move.
  const contacts = all
    .filter((name) => !singles.includes(name))
    .map((name) => (isCapital ? name.replace(/^./, (letter) => letter.toUpperCase()) : name));
  const common = {
    journeyId,
    allowDuplicateEmail: false,
    abortReason,
    stack: `organization/seeds/${stack}`,
  };
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::seeds::${type}::${name}${suffix}`;
  return [
    ...singles.map((name) => ({
      urn: urn(TYPES.enrollment, name),
      type: TYPES.enrollment,
      inputs: { ...common, email: address(name), data: { version }, __provider: LOADER },
    })),
    ...(contacts.length === 0
      ? []
      : [
          {
            urn: urn(TYPES.shard, "smoke-0"),
            type: TYPES.shard,
            inputs: {
              ...common,
              cohort: "smoke",
              shard: 0,
              shards: 1,
              size: contacts.length,
              contacts: sortedJson(contacts.map((name) => [address(name), { version }])),
              __provider: SHARD_LOADER,
            },
          },
        ]),
  ];
}
