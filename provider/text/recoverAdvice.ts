import { isInPreview } from "./configCommand";

/** How to settle what a killed run left: a sentence without its full stop. `recover` refuses a preview. */
export function recoverAdvice(env: NodeJS.ProcessEnv = process.env): string {
  return isInPreview(env)
    ? "Run pulumi-mailmodo previews up or previews down again: both recover the preview first"
    : "Run pulumi-mailmodo recover, which says what to do";
}

/** Why a contact is not archived yet that another stack may have: nobody may have it once that is settled. */
export function reasonToWaitFor(stack: string): string {
  return `a run of the stack ${stack} is starting a journey for it or adding it, or was killed in that`;
}

/** How to settle what a killed run of another stack left. */
export function adviceOnOtherStack(stack: string): string {
  return (
    `Run pulumi-mailmodo recover --stack ${stack} first, which says what to do; or, if that is a preview, pulumi-mailmodo ` +
    `previews up --name ${stack}, or previews down.`
  );
}
