/**
 * Checks the name of a preview: a stack's name, without project or organization.
 *
 * @throws {Error} The name is invalid.
 */
export function checkName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) return name;
  const why = /[\\/]/.test(name)
    ? "it is a path, or names a stack of another project"
    : "it must begin with a letter or digit, and have at most 100 letters, digits, dots, hyphens and underscores";
  throw new Error(`Not a preview name: ${JSON.stringify(name)}: ${why}. Example: pr-42.`);
}
