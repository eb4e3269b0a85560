/** Runs something and gives the lines that it printed. */
export async function printed(something: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => lines.push(line);
  try {
    await something();
  } finally {
    console.log = log;
  }
  return lines;
}

/** Keeps what the tests of a suite print to itself. @returns The lines of all of its tests so far. */
export function useCapturedOutput(): readonly string[] {
  const lines: string[] = [];
  let log: typeof console.log;
  beforeEach(() => {
    ({ log } = console);
    console.log = (line: string) => lines.push(line);
  });
  afterEach(() => {
    console.log = log;
  });
  return lines;
}
