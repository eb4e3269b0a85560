import { isInPreview } from "./configCommand";

/** How to settle what a killed run left: a sentence without its full stop. `recover` refuses a preview. */
export function recoverAdvice(env: NodeJS.ProcessEnv = process.env): string {
  return isInPreview(env)
    ? "Run pulumi-mailmodo previews up or previews down again: both recover the preview first"
    : "Run pulumi-mailmodo recover, which says what to do";
}
