// A stand-in for the CLI, which answers what a file says: Pulumi Cloud and the backends of other clouds are not at hand.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { knownStacks } from "../../../provider/pulumi/knownStacks";
import { IN_CLOUD } from "../../../provider/pulumi/stackLock";
import { ENCRYPTED, enrollment, stateOf, writeBackendFile, writeStack } from "../../support/handmadeStates";
import { useTemporaryFolder } from "../../support/temporaryFolder";

const CLI = `#!/bin/sh
echo "$*" >> "$ANSWERS/asked"
case "$*" in
  "stack ls"*) cat "$ANSWERS/ls" || { echo "error: not logged in" >&2; exit 1; } ;;
  "stack tag ls"*) cat "$ANSWERS/tags" ;;
  "stack export --show-secrets"*) cat "$ANSWERS/decrypted" ;;
  "stack export"*) cat "$ANSWERS/state" ;;
esac
`;
const STATE = stateOf([enrollment("qa", "qa@seeds.example.com")]);

describe("the known stacks of a backend", () => {
  const root = useTemporaryFolder();
  beforeEach(() => fs.writeFileSync(path.join(root(), "pulumi"), CLI, { mode: 0o755 }));
  const answer = (name: string, value: unknown) => fs.writeFileSync(path.join(root(), name), JSON.stringify(value));
  const asked = () => {
    const file = path.join(root(), "asked");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  };
  const known = (url: string, project?: string) => {
    const env = { PATH: `${root()}:${process.env["PATH"]}`, ANSWERS: root() };
    return knownStacks({ url, cwd: root(), env, project });
  };
  const names = async (url: string, project?: string) => (await known(url, project)).map(({ fullName }) => fullName);

  describe("in Pulumi Cloud", () => {
    const URL = "https://api.pulumi.com";

    it("have full names, sorted", async () => {
      answer("ls", [
        { name: "acme/seeds/prod", url: "https://app.pulumi.com/acme/seeds/prod" },
        { name: "acme/seeds/dev" },
      ]);
      assert.deepEqual(await names(URL, "seeds"), ["acme/seeds/dev", "acme/seeds/prod"]);
      assert.match(asked(), /^stack ls --json --fully-qualify-stack-names --non-interactive/);
    });

    it("are those of all projects if none is named", async () => {
      answer("ls", [{ name: "acme/seeds/dev" }, { name: "acme/shop/dev" }]);
      assert.deepEqual(await names(URL), ["acme/seeds/dev", "acme/shop/dev"]);
      assert.match(asked(), /--fully-qualify-stack-names --all /);
    });

    it("have the state and the tags that the CLI prints, and no more is known of their lock than that there is one", async () => {
      answer("ls", [
        { name: "acme/seeds/dev", updateInProgress: true },
        { name: "acme/seeds/prod", updateInProgress: false },
      ]);
      answer("state", { version: 3, deployment: STATE });
      answer("tags", { "mailmodo:preview": "2026-11-27" });
      const [dev, prod] = await known(URL, "seeds");
      assert.deepEqual(await dev!.state(), STATE);
      assert.deepEqual(await dev!.tags(), { "mailmodo:preview": "2026-11-27" });
      assert.deepEqual(await dev!.locks(), [IN_CLOUD]);
      assert.deepEqual(await prod!.locks(), []);
      assert.match(asked(), /^stack export --stack acme\/seeds\/dev /m);
    });

    it("have a state without secrets by the CLI", async () => {
      answer("ls", [{ name: "acme/seeds/dev" }]);
      const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"qa@x.y"' };
      answer("decrypted", { deployment: { resources: [{ urn: "u", type: "t", outputs: { email: secret } }] } });
      const [dev] = await known(URL, "seeds");
      assert.equal((await dev!.decryptedState()).resources?.[0]?.outputs?.["email"], "qa@x.y");
    });

    it("are not known if the CLI cannot list them, in its words", async () => {
      await assert.rejects(known(URL, "seeds"), /^Error: Could not list the stacks of the backend: not logged in\.$/);
    });
  });

  describe("in a folder", () => {
    const url = () => `file://${root()}/backend`;
    beforeEach(() => writeBackendFile(`${root()}/backend`, ".pulumi/meta.yaml", "version: 1\n"));

    it("are read without the CLI, even where secrets are encrypted", async () => {
      const secret = stateOf([enrollment("qa", ENCRYPTED)]);
      writeStack(`${root()}/backend`, "seeds/dev", secret);
      const [dev] = await known(url(), "seeds");
      assert.deepEqual([await dev!.state(), await dev!.tags(), await dev!.locks()], [secret, {}, []]);
      assert.equal(asked(), "");
    });

    it("are those of the project, or all", async () => {
      for (const name of ["shop/dev", "seeds/prod", "seeds/dev"]) writeStack(`${root()}/backend`, name, STATE);
      assert.deepEqual(await names(url(), "seeds"), ["organization/seeds/dev", "organization/seeds/prod"]);
      assert.equal((await names(url())).length, 3);
    });

    it("are read by the CLI where a file is not understood", async () => {
      writeBackendFile(`${root()}/backend`, ".pulumi/stacks/seeds/dev.json", "{");
      answer("state", { deployment: STATE });
      const [dev] = await known(url(), "seeds");
      assert.deepEqual(await dev!.state(), STATE);
      assert.match(asked(), /^stack export --stack organization\/seeds\/dev /);
    });

    it("are none before a stack was made, as after a local login", async () => {
      fs.mkdirSync(path.join(root(), "home"));
      assert.deepEqual(await names(`file://${root()}/home`), []);
      assert.deepEqual(fs.readdirSync(path.join(root(), "home")), []);
    });

    it("are not known if the folder does not exist, and it is not created", async () => {
      await assert.rejects(
        known(`file://${root()}/sttae`, "seeds"),
        /^Error: The backend's folder \S+sttae does not exist\. Correct PULUMI_BACKEND_URL .*\.$/,
      );
      assert.equal(fs.existsSync(path.join(root(), "sttae")), false);
    });

    it("have no state once they are removed", async () => {
      const file = writeStack(`${root()}/backend`, "seeds/dev", STATE);
      const [dev] = await known(url(), "seeds");
      fs.rmSync(file);
      assert.equal(await dev!.state(), undefined);
    });
  });

  for (const url of ["gs://states", "s3://states?endpoint=http://127.0.0.1:9&region=us-east-1"]) {
    it(`are asked of the CLI where the files cannot be read from here: ${url}`, async () => {
      answer("ls", [{ name: "organization/seeds/dev" }]);
      assert.deepEqual(await names(url, "seeds"), ["organization/seeds/dev"]);
    });

    it(`have locks that are not known there: ${url}`, async () => {
      answer("ls", [{ name: "organization/seeds/dev" }]);
      assert.equal(await (await known(url, "seeds"))[0]!.locks(), undefined);
    });
  }
});
