import { useState } from "preact/hooks";
import type { SandboxState } from "../../api";
import { act } from "../live/action";
import { send } from "../live/api";
import { clock } from "../live/store";
import { localTime, relative, span } from "../model/times";
import { Exact } from "../parts/Time";

/** The sandbox's clock, which can be moved ahead so that later messages are sent now. */
export function ClockControl({ state: { aheadMs, nextMailAt } }: { state: SandboxState }) {
  const move = (done: string, body: object) => act(done, () => send("POST", "clock", body));
  const due = nextMailAt === null ? undefined : Date.parse(nextMailAt);
  return (
    <section aria-labelledby="clock">
      <h2 id="clock">Clock</h2>
      <p class="big">
        <Exact at={clock.value} />
      </p>
      <p class="dim">
        {aheadMs > 0 ? `Ahead of this machine by ${span(aheadMs)}. ` : "In step with this machine. "}
        {due === undefined
          ? "No message is due."
          : `Next message: ${localTime(due)}, ${relative(due, clock.value)}.`}{" "}
        It only moves forward.
      </p>
      <p class="buttons">
        <button
          type="button"
          disabled={due === undefined}
          {...(due === undefined ? { title: "No message is due: no running journey has one left to send." } : {})}
          onClick={() => void move("Moved to the next message", { toNextMail: true })}
        >
          Next message
        </button>
        <button type="button" onClick={() => void move("Moved by 1 hour", { advanceSeconds: 3600 })}>
          +1 hour
        </button>
        <button type="button" onClick={() => void move("Moved by 1 day", { advanceSeconds: 86_400 })}>
          +1 day
        </button>
      </p>
      <ExactTime onMove={(at) => void move(`Moved to ${localTime(at)}`, { now: new Date(at).toISOString() })} />
    </section>
  );
}

function ExactTime({ onMove }: { onMove: (at: number) => void }) {
  const [text, setText] = useState("");
  const at = Date.parse(text);
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        if (!Number.isNaN(at)) onMove(at);
      }}
    >
      <label>
        <span>Exact time ({Intl.DateTimeFormat().resolvedOptions().timeZone})</span>
        <input
          type="datetime-local"
          step={1}
          required
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button>Move the clock</button>
    </form>
  );
}
