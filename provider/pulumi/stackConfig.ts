/** Parses what `pulumi config --json` prints. A list or an object is JSON again. */
export function parseConfig(text: string): Record<string, string> {
  const values = JSON.parse(text) as Record<string, { value?: string; objectValue?: unknown }>;
  return Object.fromEntries(
    Object.entries(values).map(([name, { value, objectValue }]) => [name, value ?? JSON.stringify(objectValue)]),
  );
}
