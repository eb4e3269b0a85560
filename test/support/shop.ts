import { journeysOf } from "mailmodo-sandbox";
import type { RunningSandbox } from "./sandbox";

/** When the screenshots are of. */
export const NOON = Date.UTC(2026, 10, 24, 12);

const WELCOME = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
const TRIAL = "b82d41f0-7c3e-4a95-9d16-2e5f8a7b6c4d";

/** Journeys of an invented shop, for the screenshots. */
export const shop = journeysOf({
  [WELCOME]: {
    steps: [
      {
        delay: "0s",
        subject: "Welcome, {{firstName}}",
        text: "Hello {{firstName}}, you have {{seats}} seats.",
        html:
          '<div style="font-family: sans-serif"><h1 style="color: #3b5bdb">Welcome, {{firstName}}</h1>' +
          "<p>You have <b>{{seats}} seats</b>. Invite your team, and the tour begins.</p></div>",
      },
      { delay: "1d", subject: "Your second day, {{firstName}}", text: "Invite your team." },
      { delay: "2d", subject: "Three days in", text: "How is it going, {{firstName}}?" },
    ],
  },
  [TRIAL]: { steps: [{ delay: "12h", subject: "Your trial ends soon", text: "It ends in two days." }] },
});

/** Enrollments of two stacks: some run, some ended, one was refused, and a fault is on. */
export async function fillShop(sandbox: RunningSandbox): Promise<void> {
  const start = (name: string, stack: string, journey: string) =>
    sandbox.post(`/hooks/start/${journey}`, {
      email: `${name}+shop.${stack}@seeds.example.com`,
      data: { firstName: name[0]!.toUpperCase() + name.slice(1), seats: "3" },
    });
  await start("ada", "prod", WELCOME);
  for (const name of ["alan", "edsger", "barbara"]) await start(name, "pr-42", WELCOME);
  await sandbox.moveClock({ advanceSeconds: 5 * 3600 });
  for (const name of ["grace", "katherine", "margaret"]) await start(name, "prod", TRIAL);
  await sandbox.post(`/hooks/abort/${WELCOME}`, {
    email: "edsger+shop.pr-42@seeds.example.com",
    reason: "Pull request 42 was closed",
  });
  await sandbox.moveClock({ advanceSeconds: 20 * 3600 });
  for (const name of ["donald", "radia", "tim", "vint"]) await start(name, "pr-57", TRIAL);
  await sandbox.post(`/hooks/abort/${TRIAL}`, { email: "tim+shop.pr-57@seeds.example.com", reason: "Left the cohort" });
  await sandbox.moveClock({ advanceSeconds: 40 * 60 });
  sandbox.addFault({ kind: "reset-after", on: "start", count: 3, probability: 0.5 });
}
