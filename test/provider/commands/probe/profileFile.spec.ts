import assert from "node:assert/strict";
import fs from "node:fs";
import * as path from "node:path";
import { ProfileFile } from "../../../../provider/commands/probe/profileFile";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

const CONTENT = { invalidEmail: { status: 400, message: "Not an address" } };

describe("the probe's file", () => {
  const folder = useTemporaryFolder();
  const out = () => path.join(folder(), "mailmodo-profile.json");
  const read = () => JSON.parse(fs.readFileSync(out(), "utf8")) as unknown;

  for (const [where, prepare] of [
    ["", () => undefined],
    [" in a file system without hard links", useNoLinks],
  ] as const) {
    describe(`written${where}`, () => {
      prepare();

      it("has the content, for its user alone, and nothing is beside it", () => {
        new ProfileFile(out()).write(CONTENT);
        assert.deepEqual(read(), CONTENT);
        assert.equal(fs.statSync(out()).mode & 0o777, 0o600);
        assert.deepEqual(fs.readdirSync(folder()), ["mailmodo-profile.json"]);
      });

      it("leaves alone a file that has come meanwhile, and its content is in the error", () => {
        const file = new ProfileFile(out());
        fs.writeFileSync(out(), '"of another"');
        assert.throws(() => file.write(CONTENT), {
          message: `Could not write ${out()} (EEXIST). Save its content yourself: ${JSON.stringify(CONTENT)}`,
        });
        assert.equal(read(), "of another");
        assert.deepEqual(fs.readdirSync(folder()), ["mailmodo-profile.json"]);
      });
    });
  }

  it("is not there before it is written", () => {
    new ProfileFile(out());
    assert.deepEqual(fs.readdirSync(folder()), []);
  });
});

/** Such as FAT. No such file system can be mounted without a disk. */
function useNoLinks(): void {
  const { linkSync } = fs;
  before(() => {
    Object.assign(fs, {
      linkSync: () => {
        throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
      },
    });
  });
  after(() => void Object.assign(fs, { linkSync }));
}
