import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { doctor } from "../support/doctor";
import { useKilledUps } from "../support/killedUps";

/** Compares an enrollment that is recorded, and goes on until there is a file. */
const PREVIEWED = `
  new JourneyEnrollment("ada", { journeyId, email: "ada@seeds.example.com" });
  const timer = setInterval(() => require("node:fs").existsSync("end") && clearInterval(timer), 50);
`;

describe("a stack whose up was killed", () => {
  const { project, kill, recovered, statuses, noteFiles } = useKilledUps("suite");
  before(() => kill("ada,bob", ["cli", "plugin"]));

  describe("while a pulumi preview of it goes on", () => {
    let ended: Promise<unknown> = Promise.resolve();
    before(async () => {
      const before = noteFiles().length;
      project().program(PREVIEWED);
      ended = once(project().start({}, "preview", "--stack", "test"), "exit");
      while (noteFiles().length === before) await new Promise((resolve) => setImmediate(resolve));
    });
    after(async () => {
      fs.writeFileSync(path.join(project().dir, "end"), "");
      await ended;
    });

    it("is not taken by doctor for one that is being updated", async () => {
      const { line } = await doctor(project());
      assert.match(line("pending operations"), /^warning: A run was killed and left 1 pending operation/);
    });

    it("is recovered", async () => {
      const { problems, aborted, cleared } = await recovered();
      assert.deepEqual([problems, aborted, cleared], [[], 1, 1]);
      assert.deepEqual(statuses(), { ada: "running", bob: "aborted" });
    });
  });
});
