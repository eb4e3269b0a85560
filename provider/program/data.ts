import type * as pulumi from "@pulumi/pulumi";
import type { DataValue } from "../model/inputs";

/** Personalization values as a program gives them, by name. */
export type DataInput = Record<string, pulumi.Input<DataValue> | NestedObject>;

/** So that the compiler refuses a nested object in words: otherwise it compares it with a promise. */
interface NestedObject {
  readonly [name: string]: "Values of data are strings, numbers or booleans: a nested object is not possible.";
}
