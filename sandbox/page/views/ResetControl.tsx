import { useRef } from "preact/hooks";
import { act } from "../live/action";
import { send } from "../live/api";
import { contacts, enrollments, requests } from "../live/store";
import { counted } from "../model/counted";

/** Empties the sandbox, once that was confirmed. */
export function ResetControl() {
  const dialog = useRef<HTMLDialogElement>(null);
  const reset = () => {
    dialog.current?.close();
    void act("Everything was removed", () => send("POST", "reset"));
  };
  return (
    <section aria-labelledby="reset">
      <h2 id="reset">Reset</h2>
      <p class="dim">
        Removes all enrollments, contacts, requests and messages. Faults, the profile and the clock stay.
      </p>
      <p>
        <button type="button" class="danger" onClick={() => dialog.current?.showModal()}>
          Reset…
        </button>
      </p>
      <dialog ref={dialog} aria-labelledby="confirm">
        <h2 id="confirm">Remove everything?</h2>
        <p>
          {counted(enrollments.size, "enrollment")}, {counted(contacts.size, "contact")} and{" "}
          {counted(requests.size, "request")} are removed, with all messages. Stacks that enrolled them still record
          them.
        </p>
        <p class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" class="danger" onClick={reset}>
            Remove everything
          </button>
        </p>
      </dialog>
    </section>
  );
}
