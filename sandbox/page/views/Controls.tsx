import { outcome } from "../live/action";
import { state } from "../live/store";
import { visibleText } from "../model/foreignText";
import { ClockControl } from "./ClockControl";
import { FaultControl } from "./FaultControl";
import { ProfileControl } from "./ProfileControl";
import { ResetControl } from "./ResetControl";

/** All that changes how the sandbox answers. */
export function Controls() {
  const now = state.value;
  const last = outcome.value;
  return (
    <>
      <h1>Controls</h1>
      {last !== undefined && (
        <p class={last.isProblem ? "note problem" : "note"} {...(last.isProblem ? { role: "alert" } : {})}>
          {visibleText(last.text)}
        </p>
      )}
      {now === undefined ? (
        <p class="nothing">Reading…</p>
      ) : (
        <div class="panels">
          <div>
            <ClockControl state={now} />
            <FaultControl state={now} />
          </div>
          <div>
            <ProfileControl state={now} />
            <ResetControl />
          </div>
        </div>
      )}
    </>
  );
}
