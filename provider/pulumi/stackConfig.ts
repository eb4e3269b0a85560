/** Parses what `pulumi config --json` prints. A list or an object is JSON again. */
export function parseConfig(text: string): Record<string, string> {
  const values = JSON.parse(text) as Record<string, { value?: string; objectValue?: unknown }>;
  return Object.fromEntries(
    Object.entries(values).map(([name, { value, objectValue }]) => [
      name,
      value ?? (objectValue === undefined ? "" : JSON.stringify(objectValue)),
    ]),
  );
}

/**
 * The names of the settings that the config of a stack's or project's file sets to a value, in full. A name without a
 * namespace has the project's, and `<namespace>:config:<name>` is an older spelling.
 */
export function namesOfConfig(config: unknown, project: string): string[] {
  if (typeof config !== "object" || config === null) return [];
  const names = Object.entries(config).flatMap(([name, value]) => (hasValue(value) ? [name] : []));
  return names.map((name) => (name.includes(":") ? name.replace(/^([^:]*):config:/, "$1:") : `${project}:${name}`));
}

/** A declaration in a project's file has a type, and a value only if it says so. */
function hasValue(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (typeof value !== "object" || !("type" in value)) return true;
  return "default" in value || "value" in value;
}
