import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { backendOf, journalFolder } from "../../../provider/pulumi/backend";

describe("the backend's identity", () => {
  let folder: string;
  beforeEach(() => (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "backend-")))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const at = (
    env: NodeJS.ProcessEnv,
    where: string,
    askCli = (): string | undefined => assert.fail("the CLI is asked"),
  ) => backendOf({ env, folder: where, askCli });
  const of = (url: string) => at({ PULUMI_BACKEND_URL: url }, folder);

  const same: [what: string, one: () => string, other: () => string][] = [
    ["a slash at the end", () => of("https://api.pulumi.com"), () => of("https://API.pulumi.com/")],
    ["a region and a profile", () => of("s3://states"), () => of("s3://states/?region=eu-west-1&profile=ci&awssdk=v2")],
    [
      "a user and a password",
      () => of("postgres://db/states?table=a"),
      () => of("postgres://u:secret@db/states?table=a"),
    ],
    ["a relative path", () => of("file://./state"), () => of(`file://${path.join(folder, "state")}`)],
    ["the encoding of a space", () => of("file:///my%20state"), () => of("file:///my state")],
    ["the encoding of a space in a bucket", () => of("s3://states/my%20state"), () => of("s3://states/my state")],
    ["the home folder", () => of("file://~/state"), () => of(`file://${os.homedir()}/state`)],
    ["a cloud's console", () => of("https://api.pulumi.com"), () => of("https://app.pulumi.com")],
    ["the encoding of an umlaut", () => of("file:///Pr%C3%BCfung"), () => of("file:///Prüfung")],
    ["a fragment", () => of("file:///a"), () => of("file:///a#b?no_tmp_dir=true")],
    ["the options of fileblob", () => of(`file://${folder}`), () => of(`file://${folder}/?no_tmp_dir=true`)],
  ];
  for (const [what, one, other] of same) it(`does not depend on ${what}`, () => assert.equal(one(), other()));

  const different: [one: string, other: string][] = [
    ["s3://states", "s3://states2"],
    ["s3://states/a", "s3://states/b"],
    ["s3://states", "gs://states"],
    ["s3://states?endpoint=http://127.0.0.1:1", "s3://states?endpoint=http://127.0.0.1:2"],
    ["azblob://c?storage_account=a", "azblob://c?storage_account=b"],
    ["https://api.pulumi.com", "https://pulumi.example.com"],
    ["file:///a", "file:///b"],
  ];
  for (const [one, other] of different) it(`tells ${one} from ${other}`, () => assert.notEqual(of(one), of(other)));

  it("is the same by way of a link", () => {
    fs.mkdirSync(path.join(folder, "state"));
    fs.symlinkSync(path.join(folder, "state"), path.join(folder, "link"));
    assert.equal(of(`file://${folder}/link`), of(`file://${folder}/state`));
  });

  it("holds nothing of the URL", () => {
    assert.match(of("s3://states?endpoint=http://user:secret@127.0.0.1:1"), /^[\w-]{22}$/);
  });

  it("is the environment's, else the project's, else that of the login, else Pulumi Cloud's", () => {
    const [home, inner] = [path.join(folder, "home"), path.join(folder, "program", "src")];
    for (const made of [home, inner]) fs.mkdirSync(made, { recursive: true });
    const env = { PULUMI_HOME: home };
    const cloud = of("https://api.pulumi.com");
    assert.equal(at(env, inner), cloud);
    for (const text of ["", "{", "null", '{"current":7}']) {
      fs.writeFileSync(path.join(home, "credentials.json"), text);
      assert.equal(at(env, inner), cloud, text);
    }
    fs.writeFileSync(path.join(home, "credentials.json"), '{"current":"s3://login","accessTokens":{"s3://login":"x"}}');
    assert.equal(at(env, inner), of("s3://login"));
    assert.equal(at({ PULUMI_CREDENTIALS_PATH: "home" }, folder), of("s3://login"));
    const project = path.join(folder, "program", "Pulumi.yaml");
    fs.writeFileSync(project, "name: seeds\nruntime: nodejs\n");
    assert.equal(at(env, inner), of("s3://login"));
    for (const yaml of [
      "backend:\n  url: s3://project\n",
      "backend: # ours\n    url: 's3://project'\n",
      "backend: { url: s3://project }\n",
      'backend: &b { url: "s3://project" } # ours\n',
      "backend:\r\n  url: s3://project\r\n",
    ]) {
      fs.writeFileSync(project, `name: seeds\n${yaml}runtime: nodejs\n`);
      assert.equal(at(env, inner), of("s3://project"), yaml);
    }
    const spaced = "backend:\n  url: file:///x y/Prüfung\n";
    fs.writeFileSync(project, spaced);
    assert.equal(at(env, inner), of("file:///x%20y/Pr%C3%BCfung"));
    fs.writeFileSync(project, Buffer.from(`\ufeff${spaced}`, "utf16le"));
    assert.equal(at(env, inner), of("file:///x%20y/Pr%C3%BCfung"));
    fs.writeFileSync(project, "backend: [\n");
    const silent = () => undefined;
    assert.equal(at(env, inner, silent), of("s3://login"));
    assert.equal(
      at(env, inner, () => "s3://project"),
      of("s3://project"),
    );
    fs.writeFileSync(path.join(folder, "program", "Pulumi.json"), '\ufeff{"backend":{"url":"s3://json"}}');
    assert.equal(at(env, inner), of("s3://json"));
    assert.equal(at({ ...env, PULUMI_BACKEND_URL: "s3://env" }, inner), of("s3://env"));
  });
});

describe("the backend's identity, where the login is encrypted or a helper's", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "backend-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  for (const text of ['{"$pulumiSecureStore":1,"data":"x"}', '{"current":"s3://a","credentialHelper":{"path":"x"}}']) {
    it(`is what the CLI says, and equal to no other if it says nothing: ${text.slice(0, 16)}`, () => {
      fs.writeFileSync(path.join(folder, "credentials.json"), text);
      const backendAt = (url: string | undefined) =>
        backendOf({ env: { PULUMI_HOME: folder }, folder, askCli: () => url });
      assert.equal(
        backendAt("s3://b"),
        backendOf({ env: { PULUMI_BACKEND_URL: "s3://b" }, folder, askCli: () => undefined }),
      );
      assert.notEqual(backendAt(undefined), backendAt(undefined));
    });
  }
});

describe("the journal's folder", () => {
  it("is below Pulumi's, which may be relative to the folder of the CLI", () => {
    assert.equal(
      journalFolder({ env: { PULUMI_HOME: ".home" }, folder: "/project" }),
      path.resolve("/project/.home/mailmodo-journal"),
    );
    assert.equal(
      journalFolder({ env: { PULUMI_HOME: "/home/x" }, folder: "/project" }),
      path.resolve("/home/x/mailmodo-journal"),
    );
    assert.equal(
      journalFolder({ env: {}, folder: "/project" }),
      path.join(os.homedir(), ".pulumi", "mailmodo-journal"),
    );
  });
});
