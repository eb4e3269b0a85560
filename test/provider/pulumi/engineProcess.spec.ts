import assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "node:net";
import { engineAbove, isEngineName } from "../../../provider/pulumi/engineProcess";

describe("the engine above a plugin", () => {
  it("is the process that listens where the plugin is told, whatever its name is", async function () {
    if (process.platform !== "linux") this.skip();
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    try {
      assert.equal(engineAbove(process.pid, port)?.identity.pid, process.pid);
    } finally {
      server.close();
    }
  });

  it("is none of its ancestors where none of them listens there, or has the name of the CLI", () =>
    assert.equal(engineAbove(process.pid, 1), undefined));

  for (const [name, is] of [
    ["pulumi", true],
    [".pulumi-wrapped", true],
    ["pulumi-resource", false],
    ["pulumi-language", false],
    ["node", false],
  ] as const)
    it(`is ${is ? "" : "not "}known by the name ${name}`, () => assert.equal(isEngineName(name), is));
});
