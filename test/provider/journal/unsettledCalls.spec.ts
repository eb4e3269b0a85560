import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { OwnNotes } from "../../../provider/journal/ownNotes";
import { Sealing } from "../../../provider/journal/sealing";
import { MAX_IN_FLIGHT_MS, UnsettledCalls } from "../../../provider/journal/unsettledCalls";
import { identify } from "../../../provider/processes/processIdentity";
import { useChildProcesses } from "../../support/childProcesses";
import { journeyId } from "../../support/journeyId";
import { useMovableClock } from "../../support/movableClock";

const stack = { backend: "b1", project: "seeds", stack: "test", organization: "organization" };
const qa = { journeyId, email: "qa@seeds.example.com", abortReason: "", allowDuplicateEmail: false };

describe("the unsettled calls of other runs", () => {
  const { sleeping, end } = useChildProcesses();
  const clock = useMovableClock();
  const sealing = new Sealing("TESTKEY-0000000-0000000-0000001");
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("hold a request back as long as the engine of their run lives, however long ago they were loaded", async () => {
    const child = await sleeping();
    const engine = identify(child.pid)!;
    const notes = new OwnNotes(folder, { stack, plugin: identify()!, engine, since: Date.now() });
    await notes.add("start", sealing.seal(JSON.stringify({ ...qa, of: stack })));
    const calls = new UnsettledCalls([notes.file], sealing);
    const inProgress = `another run of the stack (pid ${process.pid}) is in progress`;
    assert.equal(await calls.waitForInFlight(qa), inProgress);
    clock.tick(MAX_IN_FLIGHT_MS + 1);
    assert.equal(await calls.waitForInFlight(qa), inProgress);
    await end(child);
    assert.equal(await calls.waitForInFlight(qa), undefined);
    notes.close();
  });
});
