import * as pulumi from "@pulumi/pulumi";
import isEmail from "validator/lib/isEmail";
import { splitAddress } from "../model/addresses";
import { taggedLocal } from "../model/stackTag";
import { programError } from "./programError";

/**
 * Adds a plus tag with the project and the stack to an address. No two stacks then enroll the same address, and all of
 * their mail still arrives in one mailbox: `qa@seeds.example.com` becomes `qa+<project>.<stack>@seeds.example.com`. An
 * existing tag is kept in front: `qa+smoke@…` becomes `qa+smoke.<project>.<stack>@…`.
 *
 * The local part has at most 64 characters. If it would be longer, or if the project or the stack has dots or capitals
 * (so that two stacks could share an address), the tag is shortened and ends in `+` and a hash of the exact names. The
 * same stack always gets the same address. The organization is not part of it: use different base addresses for stacks
 * with the same project and name in two organizations or two backends.
 *
 * A renamed stack (`pulumi stack rename`) gets other addresses, so everybody would be enrolled again. To keep them, give
 * the stack's former name.
 *
 * @param base A plain e-mail address whose local part, without a tag, has at most 47 characters.
 * @param names The names to use in place of the stack's own. Default: the program's project and stack.
 * @throws {pulumi.RunError} The base is not a plain address, or its local part is too long to be tagged.
 *
 * @example
 * ```ts
 * import { stackAddress } from "pulumi-mailmodo";
 *
 * // In the stack "pr-42" of the project "seeds": qa+seeds.pr-42@seeds.example.com
 * export const email = stackAddress("qa@seeds.example.com");
 * ```
 */
export function stackAddress(base: string, names: { readonly project?: string; readonly stack?: string } = {}): string {
  return tagAddress(base, names.project ?? pulumi.getProject(), names.stack ?? pulumi.getStack());
}

/** {@link stackAddress} for a given project and stack. */
export function tagAddress(base: string, project: string, stack: string): string {
  if (
    typeof base !== "string" ||
    !base.isWellFormed() ||
    base.startsWith('"') ||
    !isEmail(base, { allow_utf8_local_part: false })
  ) {
    throw programError("stackAddress takes a plain e-mail address, such as seeds@example.com.");
  }
  const { local, domain } = splitAddress(base);
  const plus = local.indexOf("+");
  const mailbox = plus < 0 ? local : local.slice(0, plus);
  const tag = plus < 0 ? "" : `${local.slice(plus + 1)}.`;

  const tagged = taggedLocal(mailbox, tag, project, stack);
  if (tagged !== undefined) return `${tagged}@${domain}`;
  throw programError(
    `stackAddress cannot tag an address whose name before the @ has ${mailbox.length} characters: 64 are allowed with the tag. Use one of at most 47.`,
  );
}
