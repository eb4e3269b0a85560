// The engine is mocked here by the SDK's own setMocks. Its stack is seeds/pr-7: that is the foundation's name here.
import assert from "node:assert/strict";
import { foundation, FOUNDATION_CONFIG, STATE, statementsOf } from "../../support/foundation";
import { mayDo } from "../../support/iamPolicy";

const WRITES = ["s3:PutObject", "s3:DeleteObject"];

describe("The policy of a preview's role", () => {
  let may: (action: string, key: string) => boolean;
  before(async () => {
    may = await asPreview();
  });

  for (const [what, key] of [
    ["its state", "stacks/seeds/pr-1.json"],
    ["its state, compressed by gzip", "stacks/seeds/pr-1.json.gz"],
    ["its state, compressed by zstd", "stacks/seeds/pr-1.json.zst"],
    ["the backup of its state", "stacks/seeds/pr-1.json.bak"],
    ["a kept checkpoint", "stacks/seeds/pr-1.json.1764200000000000000"],
    ["its tags", "stacks/seeds/pr-1.pulumi-tags"],
    ["its history", "history/seeds/pr-1/pr-1-1764200000000000000.history.json"],
    ["its backups", "backups/seeds/pr-1/pr-1.1764200000000000000.json"],
    ["its lock", "locks/organization/seeds/pr-1/6b1f.json"],
    ["a stack whose name begins as the foundation's", "stacks/seeds/pr-77.json"],
    ["the lock of a stack whose name begins as the foundation's", "locks/organization/seeds/pr-7-2/6b1f.json"],
    ["a stack whose name has the foundation's in other letters", "stacks/seeds/PR-7.json"],
  ] as const) {
    it(`lets it keep ${what}`, () => {
      for (const action of ["s3:GetObject", ...WRITES]) assert.ok(may(action, `.pulumi/${key}`), action);
    });
  }

  for (const key of [
    ".pulumi/meta.yaml",
    ".pulumi/stacks/seeds/pr-7.json",
    ".pulumi/stacks/seeds/pr-7.json.gz",
    ".pulumi/stacks/seeds/pr-7.json.zst",
    ".pulumi/stacks/seeds/pr-7.json.bak",
    ".pulumi/stacks/seeds/pr-7.pulumi-tags",
    ".pulumi/history/seeds/pr-7/pr-7-1764200000000000000.checkpoint.json",
    ".pulumi/backups/seeds/pr-7/pr-7.1764200000000000000.json",
    ".pulumi/locks/organization/seeds/pr-7/6b1f.json",
  ]) {
    it(`lets it read ${key}, and not write it`, () => {
      assert.ok(may("s3:GetObject", key));
      for (const action of [...WRITES, "s3:PutObjectAcl", "s3:DeleteObjectVersion"])
        assert.ok(!may(action, key), action);
    });
  }

  for (const [what, keys] of Object.entries({
    "stacks without a project, of an older format": [
      ...["json", "json.gz", "json.zst", "json.bak", "json.attrs", "json.bak.attrs", "yaml", "pulumi-tags"].map(
        (extension) => `.pulumi/stacks/pr-7.${extension}`,
      ),
      ".pulumi/stacks/pr-1.json",
      ".pulumi/history/pr-7/pr-7-1764200000000000000.history.json",
      ".pulumi/backups/pr-7/pr-7.1764200000000000000.json",
      ".pulumi/locks/pr-7/6b1f.json",
      ".pulumi/locks/seeds/pr-1/6b1f.json",
    ],
    "other projects": [
      ".pulumi/stacks/seeds2/pr-1.json",
      ".pulumi/stacks/seed/pr-1.json",
      ".pulumi/stacks/Seeds/pr-1.json",
      ".pulumi/history/seeds-2/pr-1/pr-1-1764200000000000000.history.json",
      ".pulumi/backups/seeds.2/pr-1/pr-1.1764200000000000000.json",
      ".pulumi/locks/organization/seeds2/pr-1/6b1f.json",
      ".pulumi/locks/another/seeds/pr-1/6b1f.json",
      ".pulumi/seeds/pr-1.json",
    ],
    "the folders themselves": [
      "",
      ".pulumi",
      ".pulumi/",
      ".pulumi/stacks/",
      ".pulumi/stacks/seeds",
      ".pulumi/stacks/seeds.json",
    ],
    "other spellings of what others have": [
      ".pulumi/meta.yaml.bak",
      ".pulumi/meta.yaml/",
      ".pulumi/META.YAML",
      ".pulumi/meta%2eyaml",
      ".pulumi%2Fmeta.yaml",
      "/.pulumi/meta.yaml",
      ".pulumi//meta.yaml",
      "./.pulumi/meta.yaml",
      ".pulumi/./meta.yaml",
      "x/../.pulumi/meta.yaml",
      ".pulumi/x/../stacks/seeds/pr-7.json",
      "/.pulumi/stacks/seeds/pr-1.json",
      ".pulumi//stacks/seeds/pr-1.json",
      ".pulumi/stacks//seeds/pr-1.json",
      ".pulumi/stacks/./seeds/pr-1.json",
      ".pulumi/stacks%2Fseeds/pr-1.json",
      ".pulumi/stacks/%73eeds/pr-7.json",
      "x.pulumi/stacks/seeds/pr-1.json",
      "xpulumi/stacks/seeds/pr-1.json",
      ".pulumi/*",
      ".pulumi/*/seeds/pr-1.json",
      ".pulumi/stacks/*/pr-1.json",
    ],
    "the rest of the bucket": ["elsewhere", ".pulumi/plugins/x", ".pulumi/config.json", ".pulumi/policies/x.json"],
  })) {
    it(`lets it neither read nor write ${what}`, () => {
      for (const key of keys) for (const action of ["s3:GetObject", ...WRITES]) assert.ok(!may(action, key), key);
    });
  }

  // S3 compares keys as they are: to it, and so to Pulumi's CLI, these are objects of their own that nobody reads.
  for (const key of [
    ".pulumi/stacks/seeds/../../meta.yaml",
    ".pulumi/stacks/seeds/../seeds/pr-7.json",
    ".pulumi/stacks/seeds//pr-7.json",
    ".pulumi/stacks/seeds/./pr-7.json",
    ".pulumi/stacks/seeds/pr%2D7.json",
  ]) {
    it(`tells ${key} from what it resembles`, () => {
      assert.ok(may("s3:PutObject", key));
    });
  }

  it("lets it look for objects, and change nothing else of the bucket", async () => {
    const { "aws:iam/rolePolicy:RolePolicy previews": statements = [] } = statementsOf(await foundation());
    assert.ok(mayDo(statements, "s3:ListBucket", STATE));
    for (const action of [
      "s3:DeleteBucket",
      "s3:PutBucketPolicy",
      "s3:PutLifecycleConfiguration",
      "s3:ListBucketVersions",
    ]) {
      assert.ok(!mayDo(statements, action, STATE), action);
    }
    for (const action of ["s3:DeleteObjectVersion", "s3:GetObjectVersion", "s3:PutObjectAcl"]) {
      assert.ok(!mayDo(statements, action, `${STATE}/.pulumi/stacks/seeds/pr-1.json`), action);
    }
  });

  it("is for the project that the config names, with the foundation still to read", async () => {
    const shopMay = await asPreview({ ...FOUNDATION_CONFIG, "seeds:previewProject": "shop" });
    for (const action of ["s3:GetObject", ...WRITES]) {
      assert.ok(shopMay(action, ".pulumi/stacks/shop/pr-7.json"));
      assert.ok(!shopMay(action, ".pulumi/stacks/seeds/pr-1.json"));
    }
    assert.ok(shopMay("s3:GetObject", ".pulumi/stacks/seeds/pr-7.json"));
    assert.ok(!shopMay("s3:PutObject", ".pulumi/stacks/seeds/pr-7.json"));
  });
});

async function asPreview(config = FOUNDATION_CONFIG) {
  const { "aws:iam/rolePolicy:RolePolicy previews": statements = [] } = statementsOf(await foundation(config));
  return (action: string, key: string) => mayDo(statements, action, `${STATE}/${key}`);
}
