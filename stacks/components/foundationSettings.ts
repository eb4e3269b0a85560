import * as pulumi from "@pulumi/pulumi";
import isFQDN from "validator/lib/isFQDN";

export interface FoundationSettings {
  /** The domain whose mail all goes to the mail bucket, such as `seeds.example.com`. */
  readonly mailDomain: string;
  /** The repository whose workflows run previews, spelled as in the subject of its OIDC tokens. */
  readonly githubRepository: string;
  /** The account's OIDC provider for GitHub, where it has one. */
  readonly githubOidcProviderArn: string | undefined;
  /** The Pulumi project whose stacks the previews are. Default: the foundation's own. */
  readonly previewProject: string;
}

// GitHub appends ids to the names in the tokens of repositories that are new or renamed since July 2026.
const REPOSITORY = /^[A-Za-z0-9-]+(@\d+)?\/[A-Za-z0-9._-]+(@\d+)?$/;
// What Pulumi takes as a project's name: nothing that IAM would read as a pattern.
const PROJECT = /^[A-Za-z0-9_.-]{1,100}$/;
const OIDC_PROVIDER = /^arn:[a-z-]+:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/;

/**
 * Reads the foundation's config.
 *
 * @throws {pulumi.RunError} A setting is missing or is not what it must be. The message is one line.
 */
export function foundationSettings(config = new pulumi.Config()): FoundationSettings {
  return {
    mailDomain: read(config, "mailDomain", {
      what: "a domain in small letters, such as seeds.example.com",
      isRight: (value) => isFQDN(value) && value === value.toLowerCase(),
    }),
    githubRepository: read(config, "githubRepository", {
      what: "owner/name, or owner@id/name@id where the repository's OIDC tokens have ids",
      isRight: (value) => REPOSITORY.test(value),
    }),
    githubOidcProviderArn: readOptional(config, "githubOidcProviderArn", {
      what: "the ARN of an OIDC provider for token.actions.githubusercontent.com",
      isRight: (value) => OIDC_PROVIDER.test(value),
    }),
    previewProject:
      readOptional(config, "previewProject", {
        what: "the name of a Pulumi project",
        isRight: (value) => PROJECT.test(value),
      }) ?? pulumi.getProject(),
  };
}

interface Rule {
  /** Goes on "must be …". */
  readonly what: string;
  readonly isRight: (value: string) => boolean;
}

function readOptional(config: pulumi.Config, name: string, rule: Rule): string | undefined {
  return config.get(name) === undefined ? undefined : read(config, name, rule);
}

function read(config: pulumi.Config, name: string, { what, isRight }: Rule): string {
  const value = config.get(name);
  const remedy = `Set it: pulumi config set ${name} <value>.`;
  if (value === undefined) throw new pulumi.RunError(`Missing ${config.name}:${name}: ${what}. ${remedy}`);
  if (!isRight(value)) {
    throw new pulumi.RunError(`${config.name}:${name} must be ${what}; it is ${JSON.stringify(value)}. ${remedy}`);
  }
  return value;
}
