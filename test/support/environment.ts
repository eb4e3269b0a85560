/** Sets variables of the process's environment for each test of a suite, and restores them; undefined removes one. */
export function useEnvironment(values: () => Record<string, string | undefined>): void {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    setAll(values());
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
}

/** Runs something with such an environment, which is as it was after. */
export async function withEnvironment<T>(
  values: Record<string, string | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
  setAll(values);
  try {
    return await work();
  } finally {
    setAll(before);
  }
}

export function setAll(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
