/** A value that is no string, finite number or boolean, in words, with what to write in its place. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "bigint") return "a bigint. Write it as text: String(value)";
  if (typeof value === "symbol") return "a symbol. Write it as text: value.description";
  if (typeof value === "function") return "a function. Call it, and write what it returns";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (value instanceof Date) return "a Date. Write it as text: date.toISOString()";
  if (!isPlain(value))
    return `an instance of ${nameOf(value)}. Write what you need of it as text, a number or a boolean`;
  // Pulumi's SDK makes one of a Date, a Map and the like when it puts them into an output.
  if (Object.keys(value).length === 0)
    return "an empty object. If it was a Date, write it as text: date.toISOString(). Write a Map, a Set and the like as text too";
  return "a nested object";
}

/** Whether it is an object as a literal makes it, and not of a class: in any realm. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "a class without a name";
}
