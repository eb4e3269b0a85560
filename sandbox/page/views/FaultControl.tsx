import { useState } from "preact/hooks";
import type { SandboxState } from "../../api";
import { act } from "../live/action";
import { send } from "../live/api";
import { callsOf, describeFault, emptyFault, FAULT_KINDS, faultOf, hasField, type FaultForm } from "../model/faultForm";
import { visibleText } from "../model/foreignText";

/** The faults that are on, and the form for one more. */
export function FaultControl({ state: { faults } }: { state: SandboxState }) {
  const turnOff = (id: string, kind: string) =>
    act(`Turned off ${kind}`, () => send("DELETE", `faults/${encodeURIComponent(id)}`));
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">Faults</h2>
      {faults.length === 0 ? (
        <p class="dim">None is on. A fault makes a call go wrong, as a network or a gateway would.</p>
      ) : (
        <>
          <ul class="armed" aria-label="Faults that are on">
            {faults.map((fault) => (
              <li key={fault.id}>
                <span class="badge fault">{fault.kind}</span>
                <bdi class="words">{visibleText(describeFault(fault))}</bdi>
                <button
                  type="button"
                  class="small"
                  aria-label={`Turn off ${fault.kind}`}
                  onClick={() => void turnOff(fault.id, fault.kind)}
                >
                  Turn off
                </button>
              </li>
            ))}
          </ul>
          <p>
            <button type="button" onClick={() => void act("Turned off all faults", () => send("DELETE", "faults"))}>
              Turn all off
            </button>
          </p>
        </>
      )}
      <NewFault />
    </section>
  );
}

function NewFault() {
  const [form, setForm] = useState<FaultForm>(emptyFault);
  const set = (change: Partial<FaultForm>) => setForm((before) => ({ ...before, ...change }));
  const submit = (event: Event) => {
    event.preventDefault();
    void act(`Turned on ${form.kind}`, () => send("POST", "faults", faultOf(form)));
  };
  return (
    <form class="fields" aria-label="Turn on a fault" onSubmit={submit}>
      <label class="wide">
        <span>Kind</span>
        <select value={form.kind} onChange={(event) => set({ kind: event.currentTarget.value as FaultForm["kind"] })}>
          {Object.entries(FAULT_KINDS).map(([kind, what]) => (
            <option key={kind} value={kind}>
              {kind}: {what}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Call</span>
        <select value={form.on} onChange={(event) => set({ on: event.currentTarget.value as FaultForm["on"] })}>
          {callsOf(form.kind).map((call) => (
            <option key={call}>{call}</option>
          ))}
          <option value="">all calls</option>
        </select>
      </label>
      <NumberField title="Count" hint="each time" name="count" min={1} step={1} {...{ form, set }} />
      <NumberField title="Probability in %" hint="100" name="probability" min={0} max={100} {...{ form, set }} />
      <Extras {...{ form, set }} />
      <p class="wide">
        <button class="primary">Turn on</button>
      </p>
    </form>
  );
}

interface FieldsProps {
  readonly form: FaultForm;
  readonly set: (change: Partial<FaultForm>) => void;
}

/** The fields that only some kinds have. */
function Extras({ form, set }: FieldsProps) {
  const has = (field: Parameters<typeof hasField>[1]) => hasField(form.kind, field);
  return (
    <>
      {has("email") && (
        <label>
          <span>Only for the address</span>
          <input
            placeholder="all"
            autocomplete="off"
            spellcheck={false}
            value={form.email}
            onInput={(event) => set({ email: event.currentTarget.value })}
          />
        </label>
      )}
      {has("delayMs") && (
        <NumberField title="Late by, in ms" hint="1000" name="delayMs" min={0} step={1} {...{ form, set }} />
      )}
      {has("lateMs") && (
        <NumberField title="Acts after, in ms" hint="9000" name="lateMs" min={0} step={1} {...{ form, set }} />
      )}
      {has("status") && (
        <label>
          <span>Status</span>
          <select
            value={form.status}
            onChange={(event) => set({ status: event.currentTarget.value as FaultForm["status"] })}
          >
            <option value="">{form.kind === "late" ? "no answer" : "502"}</option>
            {["502", "503", "504"].slice(form.kind === "late" ? 0 : 1).map((status) => (
              <option key={status}>{status}</option>
            ))}
          </select>
        </label>
      )}
      {has("takesEffect") && (
        <label class="check">
          <input
            type="checkbox"
            checked={form.takesEffect}
            onChange={(event) => set({ takesEffect: event.currentTarget.checked })}
          />
          <span>The call takes effect all the same</span>
        </label>
      )}
    </>
  );
}

interface NumberProps extends FieldsProps {
  readonly title: string;
  /** What holds if it is left empty. */
  readonly hint: string;
  readonly name: "count" | "probability" | "delayMs" | "lateMs";
  readonly min: number;
  readonly max?: number;
  readonly step?: number;
}

function NumberField({ title, hint, name, form, set, step, ...range }: NumberProps) {
  return (
    <label>
      <span>{title}</span>
      <input
        type="number"
        step={step ?? "any"}
        placeholder={hint}
        value={form[name]}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
        {...range}
      />
    </label>
  );
}
