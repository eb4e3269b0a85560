import { state } from "../live/store";
import { projectCommands, stackCommands, startCommand, type Target } from "../model/firstCommands";
import { Snippet } from "../parts/CopyButton";

/** What the page says before anything was enrolled: how to make something appear. */
export function FirstVisit() {
  const target = here();
  return (
    <div class="first">
      <h1>Nothing is enrolled yet</h1>
      <p>
        This is a stand-in for Mailmodo on your machine. It answers the calls that start and abort a journey, and sends
        no mail. Every contact that a program enrolls appears here, live.
      </p>
      <h2>Try it now</h2>
      <p>This starts a journey, as a program would:</p>
      <Snippet what="the command that starts a journey" text={startCommand(target)} />
      <h2>With a Pulumi program that you have</h2>
      <p>
        Use a new stack: the enrollments of one that has enrolled at Mailmodo would run on there, and a destroy here
        would forget them.
      </p>
      <Snippet what="the commands for a program that you have" text={stackCommands(target)} />
      <h2>From scratch</h2>
      <p>
        You need Node.js 22 or later and the Pulumi CLI. While <code>pulumi-mailmodo</code> is not on the npm registry,
        make it in a clone of its repository with <code>npm pack --workspace provider</code>, and put the path of that
        file in the place of its name. Run this in an empty folder:
      </p>
      <Snippet what="the commands for a new project" text={projectCommands(target)} />
      <p>
        <code>pulumi destroy</code> aborts the journey, with a reason. Faults, other answers and the clock are under{" "}
        <a href="#/controls">Controls</a>.
      </p>
    </div>
  );
}

const SOME_JOURNEY = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";

function here(): Target {
  const { apiKey, journeys } = state.value ?? {};
  return {
    origin: location.origin,
    key: apiKey ?? "<the key that the sandbox was started with>",
    // One with messages, if there is one.
    journeyId: journeys?.[0]?.journeyId ?? SOME_JOURNEY,
  };
}
