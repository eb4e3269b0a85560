import assert from "node:assert/strict";
import * as net from "node:net";
import { engineAddress, engineIsGone } from "../../../provider/pulumi/pluginProcess";

const script = "/project/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js";

describe("engineAddress", () => {
  const table: [argv: string[], address: object | undefined][] = [
    [["node", script, "127.0.0.1:4321"], { host: "127.0.0.1", port: 4321 }],
    [["node", script, "[::1]:4321"], { host: "::1", port: 4321 }],
    [["node", "--flag", script, "localhost:4321", "--more"], { host: "localhost", port: 4321 }],
    [
      ["node", "C:\\p\\@pulumi\\pulumi\\cmd\\dynamic-provider\\index.js", "127.0.0.1:1"],
      { host: "127.0.0.1", port: 1 },
    ],
    [["node", script], undefined],
    [["node", script, "--flag"], undefined],
    [["node", "program.js", "127.0.0.1:4321"], undefined],
  ];
  for (const [argv, address] of table) {
    it(`reads ${argv.slice(1).join(" ")}`, () => assert.deepEqual(engineAddress(argv), address));
  }
});

describe("engineIsGone", () => {
  it("tells a plugin whose engine listens from one whose engine is gone", async () => {
    const engine = net.createServer();
    await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
    const argv = ["node", script, `127.0.0.1:${(engine.address() as net.AddressInfo).port}`];
    assert.equal(await engineIsGone(argv), false);
    await new Promise((resolve) => engine.close(resolve));
    assert.equal(await engineIsGone(argv), true);
  });

  it("says nothing of a process that is no plugin", async () => {
    assert.equal(await engineIsGone(["node", "mocha"]), false);
  });
});
