/**
 * Checks the name of a preview: that of a stack, without its project or organization.
 *
 * @throws {Error} It is none.
 */
export function checkName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) return name;
  const why = /[\\/]/.test(name)
    ? "it names a path, or a stack of another project"
    : "it begins with a letter or digit, and has at most 100 letters, digits, dots, hyphens and underscores";
  throw new Error(`Not the name of a preview: ${JSON.stringify(name)}: ${why}. Example: pr-42.`);
}
