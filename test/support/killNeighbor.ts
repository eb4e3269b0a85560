import assert from "node:assert/strict";
import { addStack } from "./addStack";
import type { Kill } from "./kills";
import type { Project } from "./project";
import { UP } from "./pulumiArgs";
import { recoverByCli } from "./recoverByCli";

/** A stack in the same folder, or in another backend, with enrollments and contacts of its own. */
export async function neighborOf(project: Project, { setting }: Kill) {
  if (setting !== "another stack" && setting !== "another backend")
    return { size: 0, goOn: async () => undefined, check: () => undefined };
  const env = { BASE: "neighbor", ...(await addStack(project, setting)) };
  const stack = env.PULUMI_STACK;
  const up = async () => {
    const { code, output } = await project.pulumiWith(env, ...UP, "--stack", stack);
    assert.equal(code, 0, output);
  };
  const instances = () =>
    project.sandbox.store
      .all()
      .filter(({ email }) => email.startsWith("neighbor"))
      .map(({ instanceId, status }) => `${instanceId} ${status}`);
  const contacts = () => project.sandbox.contacts().filter(({ email }) => email.startsWith("neighbor"));
  await up();
  const before = { instances: instances(), contacts: structuredClone(contacts()) };
  const check = () =>
    assert.deepEqual({ instances: instances(), contacts: contacts() }, before, "the neighbor's are as they were");
  return {
    size: before.instances.length,
    check,
    /** Its next run, and a recover of it, which does not end with 0 where notes of its namesake are left. */
    async goOn() {
      await up();
      await recoverByCli({ ...project, env: { ...project.env, ...env } }, "--stack", stack);
      check();
    },
  };
}
