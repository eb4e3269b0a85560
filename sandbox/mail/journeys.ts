import ms, { type StringValue } from "ms";
import { readJsonFile } from "../state/jsonFile";

/** One message of a journey. `{{name}}` in it stands for the contact's value of that name. */
export interface Step {
  /** How long after the start it is due, in milliseconds. */
  readonly afterMs: number;
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
}

/** The steps of journeys, by the journey's lowercase id. */
export type Journeys = ReadonlyMap<string, readonly Step[]>;

/**
 * Reads journeys from a JSON file: an object that maps a journey's id to `{ "steps": [...] }`. A step has `delay`, such
 * as "0s" or "1d", or `delayMs`, counted from the previous step or the start; `subject`; and `text`, `html` or both.
 *
 * @throws {Error} The file cannot be read or has another form. The message is one line and names the step.
 */
export function readJourneys(file: string): Journeys {
  return readJsonFile("the journeys", file, journeysOf);
}

/** @throws {Error} The value does not have the form described at {@link readJourneys}. */
export function journeysOf(value: unknown): Journeys {
  const journeys = new Map<string, readonly Step[]>();
  for (const [id, journey] of Object.entries(objectOf(value, "The journeys"))) {
    const what = `Journey ${id}`;
    if (!UUID.test(id)) throw new Error(`Journey "${id}" has an id that is not a UUID.`);
    if (journeys.has(id.toLowerCase())) throw new Error(`${what} is listed twice.`);
    const { steps } = objectOf(journey, what, ["steps"]);
    if (!Array.isArray(steps) || steps.length === 0) throw new Error(`${what} must have a list of steps.`);
    let afterMs = 0;
    const parsed = steps.map((value: unknown, index) => {
      const step = stepOf(value, `${what}, step ${index + 1}`, afterMs);
      afterMs = step.afterMs;
      return step;
    });
    journeys.set(id.toLowerCase(), parsed);
  }
  return journeys;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function stepOf(value: unknown, what: string, beforeMs: number): Step {
  const { subject, text, html, ...delays } = objectOf(value, what, ["delay", "delayMs", "subject", "text", "html"]);
  if (typeof subject !== "string" || subject.trim() === "") throw new Error(`${what} must have a subject.`);
  for (const [name, body] of Object.entries({ text, html })) {
    if (body !== undefined && (typeof body !== "string" || body === ""))
      throw new Error(`${what}: ${name} must be a string that is not empty.`);
  }
  if (text === undefined && html === undefined) throw new Error(`${what} must have text, html or both.`);
  return {
    afterMs: beforeMs + delayMsOf(delays, what),
    subject,
    ...(text === undefined ? {} : { text: text as string }),
    ...(html === undefined ? {} : { html: html as string }),
  };
}

function delayMsOf({ delay, delayMs }: Record<string, unknown>, what: string): number {
  if ((delay === undefined) === (delayMs === undefined)) throw new Error(`${what} must have delay or delayMs.`);
  if (delay === undefined) {
    if (Number.isSafeInteger(delayMs) && (delayMs as number) >= 0) return delayMs as number;
    throw new Error(`${what}: delayMs must be a whole number from 0.`);
  }
  // A number without a unit would mean milliseconds, which nobody intends.
  const parsed =
    typeof delay === "string" && /[a-z]$/i.test(delay) && delay.length <= 100 ? ms(delay as StringValue) : undefined;
  if (parsed !== undefined && Number.isFinite(parsed) && parsed >= 0) return Math.round(parsed);
  throw new Error(
    `${what}: delay must be a time from 0 with its unit, such as "0s", "90m" or "1d"; it is ${JSON.stringify(delay)}.`,
  );
}

function objectOf(value: unknown, what: string, fields?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${what} must be an object.`);
  const unknown = Object.keys(value).find((field) => fields !== undefined && !fields.includes(field));
  if (unknown !== undefined)
    throw new Error(`${what} has an unknown field "${unknown}"; there are ${fields?.join(", ")}.`);
  return value as Record<string, unknown>;
}
