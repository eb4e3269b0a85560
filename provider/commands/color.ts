/** Whether what a command prints has colors: on a terminal, unless NO_COLOR is set (no-color.org). */
export function isColored(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env["NO_COLOR"];
}
