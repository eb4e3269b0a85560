// The engine is mocked here by the SDK's own setMocks, to see what the program registers; test/engine runs one for real.
import assert from "node:assert/strict";
import { foundation, FOUNDATION_CONFIG, ISSUER } from "../../support/foundation";

describe("The foundation stack's settings", () => {
  const domain = "a domain in small letters, such as seeds.example.com";
  const repository = "owner/name, or owner@id/name@id where the repository's OIDC tokens have ids";
  const set = (name: string) => `Set it: pulumi config set ${name} <value>.`;
  for (const [name, value, message] of [
    ["mailDomain", undefined, `Missing seeds:mailDomain: ${domain}. ${set("mailDomain")}`],
    ...["", "seeds", "qa@seeds.example.com", "https://seeds.example.com", "Seeds.example.com", "*.example.com"].map(
      (bad) => ["mailDomain", bad, `seeds:mailDomain must be ${domain}; it is "${bad}". ${set("mailDomain")}`] as const,
    ),
    ["githubRepository", undefined, `Missing seeds:githubRepository: ${repository}. ${set("githubRepository")}`],
    ...["", "seeds", "octocat/", "octocat/*", "octocat/seeds/x", "https://github.com/octocat/seeds", "a b/c"].map(
      (bad) =>
        [
          "githubRepository",
          bad,
          `seeds:githubRepository must be ${repository}; it is "${bad}". ${set("githubRepository")}`,
        ] as const,
    ),
    [
      "githubOidcProviderArn",
      "arn:aws:iam::123456789012:oidc-provider/example.com",
      `seeds:githubOidcProviderArn must be the ARN of an OIDC provider for ${ISSUER}; ` +
        `it is "arn:aws:iam::123456789012:oidc-provider/example.com". ${set("githubOidcProviderArn")}`,
    ],
    ...["", "a project", "seeds/*", "*", "seeds/pr-7", "x".repeat(101)].map(
      (bad) =>
        [
          "previewProject",
          bad,
          `seeds:previewProject must be the name of a Pulumi project; it is "${bad}". ${set("previewProject")}`,
        ] as const,
    ),
  ] as const) {
    it(`refuses ${value === undefined ? `a config without ${name}` : `${JSON.stringify(value)} as ${name}`}`, async () => {
      const config = Object.entries({ ...FOUNDATION_CONFIG, [`seeds:${name}`]: value }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      await assert.rejects(foundation(Object.fromEntries(config)), { message });
    });
  }
});
