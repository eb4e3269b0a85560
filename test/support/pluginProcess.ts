/** Lets this process pass for a plugin of Pulumi's, whose engine is gone, in each test of a suite. */
export function usePluginProcess(): void {
  let argv: string[];
  beforeEach(() => {
    ({ argv } = process);
    process.argv = ["node", "/sdk/cmd/dynamic-provider", "127.0.0.1:1"];
  });
  afterEach(() => void (process.argv = argv));
}
