import { clock, connection, state, type Connection } from "../live/store";
import { counted } from "../model/counted";
import { visibleText } from "../model/foreignText";
import { span } from "../model/times";
import { Exact } from "../parts/Time";

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: "Connecting…",
  connected: "Live",
  reconnecting: "Reconnecting…",
  stopped: "The sandbox does not answer. What is shown may be old.",
};

/** What must be known on every view: whether it is live, and what is switched on. */
export function StatusBar({ onReconnect }: { onReconnect: () => void }) {
  const now = connection.value;
  return (
    <section class="statusbar" aria-label="Status">
      <p role="status" class={`connection ${now}`}>
        {CONNECTIONS[now]}
      </p>
      {now === "stopped" && (
        <button type="button" class="small" onClick={onReconnect}>
          Try now
        </button>
      )}
      <Switches />
    </section>
  );
}

function Switches() {
  const now = state.value;
  if (now === undefined) return null;
  const switches = switchesOf(now);
  return (
    <>
      <p class="clock">
        <span class="dim">Clock</span> <Exact at={clock.value} />
        {now.aheadMs > 0 && <span class="badge on">ahead by {span(now.aheadMs)}</span>}
      </p>
      {switches.length === 0 ? (
        <p class="dim">No faults, default profile</p>
      ) : (
        <ul class="switches" aria-label="Switched on">
          {switches.map((text) => (
            <li key={text}>
              <a class="badge on" href="#/controls">
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
      {now.store !== null && <p class="dim">kept in {visibleText(now.store)}</p>}
    </>
  );
}

function switchesOf({ faults, profile, limit }: NonNullable<typeof state.value>): string[] {
  const names = profile.names.filter((name) => name !== "default");
  return [
    ...(faults.length === 0 ? [] : [`${counted(faults.length, "fault")}: ${faultKinds(faults)}`]),
    ...(names.length === 0 ? [] : [`profile: ${names.join(", ")}`]),
    ...(profile.file === null ? [] : [`profile file: ${profile.file}`]),
    ...(profile.isCustom && profile.file === null ? ["custom profile"] : []),
    ...(limit === null ? [] : [`limit: ${counted(limit, "request")} a second`]),
  ];
}

function faultKinds(faults: readonly { readonly kind: string }[]): string {
  return [...new Set(faults.map(({ kind }) => kind))].join(", ");
}
