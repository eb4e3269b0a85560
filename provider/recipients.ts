import { createHash } from "node:crypto";
import { domainToASCII, domainToUnicode } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import isEmail from "validator/lib/isEmail";
import { escapeRegExp } from "./mailmodo/errors";
import { programError } from "./programError";

/** A parsed `mailmodo:allowedRecipients`. */
export interface Recipients {
  allows(email: string): boolean;
}

/**
 * Parses a JSON list of patterns such as `["*@seeds.example.com", "jane@example.com"]`. A `*` in the local part stands
 * for any characters; the domain is named in full and compared without regard to case, the local part exactly.
 *
 * @throws {Error} with a message that continues "mailmodo:allowedRecipients …". It repeats no pattern: they are addresses.
 */
export function parseRecipients(text: string): Recipients {
  const tests = parseList(text).map((pattern, index) => {
    const { local, domain } = split(pattern);
    const asciiDomain = plainDomain(domain);
    if (local === "" || asciiDomain === undefined || pattern.indexOf("@") !== pattern.lastIndexOf("@")) {
      throw new Error(`has a pattern, number ${index + 1}, that is not of the form "*@domain" or "name@domain"`);
    }
    return { localTest: new RegExp(`^${local.split("*").map(escapeRegExp).join(".*")}$`, "s"), asciiDomain };
  });
  return {
    allows(email) {
      const { local, domain } = split(email);
      const asciiDomain = plainDomain(domain);
      return tests.some((test) => test.asciiDomain === asciiDomain && test.localTest.test(local));
    },
  };
}

/**
 * A domain in its ASCII form, or nothing where it only looks like one: the mapping to ASCII takes "ſ" for "s" and drops
 * invisible characters, so a domain with such would pass for another and be sent as it is written.
 */
function plainDomain(domain: string): string | undefined {
  const ascii = domainToASCII(domain);
  const isPlain =
    ascii !== "" &&
    [domainToUnicode(ascii), ascii].includes(domain.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  return isPlain && /^[a-z0-9.-]+$/.test(ascii) ? ascii : undefined;
}

/**
 * Plus-tags an address with the project and the stack, so that no two stacks enroll the same address and all of their
 * mail still lands in one mailbox: `qa@seeds.example.com` becomes `qa+<project>.<stack>@seeds.example.com`. A tag that
 * the address already has is kept in front: `qa+smoke@…` becomes `qa+smoke.<project>.<stack>@…`.
 *
 * The local part has at most 64 characters. Where it would be longer, or where project or stack have dots or capitals
 * (which would let two stacks share an address), the tag is shortened and ends in `+` and a hash of the exact names:
 * the same stack always gets the same address. Organizations are not part of it: give stacks of the same project and
 * name in two organizations, or in two backends, bases of their own.
 *
 * @param base A plain e-mail address whose local part, without a tag, has at most 47 characters.
 * @throws {pulumi.RunError} The base is not a plain address, or its local part is too long to be tagged.
 */
export function stackAddress(base: string): string {
  return tagAddress(base, pulumi.getProject(), pulumi.getStack());
}

const MAX_LOCAL_LENGTH = 64;
const HASH_LENGTH = 16;

/** {@link stackAddress} for a given project and stack. */
export function tagAddress(base: string, project: string, stack: string): string {
  if (typeof base !== "string" || !isEmail(base, { allow_utf8_local_part: false })) {
    throw programError("stackAddress takes a plain e-mail address, such as seeds@example.com.");
  }
  const { local, domain } = split(base);
  const plus = local.indexOf("+");
  const mailbox = plus < 0 ? local : local.slice(0, plus);
  const tag = plus < 0 ? "" : `${local.slice(plus + 1)}.`;

  const plain = `${mailbox}+${tag}${project}.${stack}`;
  const isUnique = /^[a-z0-9_-]+$/.test(project) && /^[a-z0-9_-]+$/.test(stack);
  if (isUnique && plain.length <= MAX_LOCAL_LENGTH) return `${plain}@${domain}`;

  // Plain addresses end in ".<stack>", so a last part after "+" without a dot cannot be one of them.
  const hash = createHash("sha256")
    .update(JSON.stringify([tag, project, stack]))
    .digest("hex")
    .slice(0, HASH_LENGTH);
  const room = MAX_LOCAL_LENGTH - mailbox.length - 1 - HASH_LENGTH;
  if (room < 0) {
    throw programError(
      `stackAddress cannot tag an address whose name before the @ has ${mailbox.length} characters: 64 are allowed with the tag. Take one of at most 47.`,
    );
  }
  const readable = `${tag}${project}.${stack}`.toLowerCase().replace(/[^a-z0-9_+-]+/g, "-");
  const shortened = readable.slice(0, Math.max(0, room - 1)).replace(/\++$/, "");
  return `${mailbox}+${shortened && `${shortened}+`}${hash}@${domain}`;
}

function split(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf("@");
  return at < 0 ? { local: "", domain: "" } : { local: email.slice(0, at), domain: email.slice(at + 1) };
}

function parseList(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("is not JSON");
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === "string")) {
    throw new Error("is not a list of patterns");
  }
  return value;
}
