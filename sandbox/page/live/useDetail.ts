import { useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { InstanceDetail } from "../../api";
import { CallError, get } from "./api";
import { touched } from "./store";

/** While events come in one after another, the detail is not read more often than this. */
const PAUSE_MS = 250;

export type Detail =
  | { readonly is: "reading" }
  | { readonly is: "read"; readonly detail: InstanceDetail }
  | { readonly is: "missing" }
  | { readonly is: "failed"; readonly why: string };

/** All that is known of one enrollment. It is read again when something happened to it. */
export function useDetail(instanceId: string): Detail {
  const result = useSignal<Detail>({ is: "reading" });
  const wanted = useSignal(1);
  useSignalEffect(() => {
    if (touched.value.has(instanceId)) wanted.value = wanted.peek() + 1;
  });
  useEffect(() => {
    const closing = new AbortController();
    void keepReading(instanceId, wanted, result, closing.signal);
    return () => closing.abort();
  }, [instanceId]);
  return result.value;
}

async function keepReading(
  id: string,
  wanted: Signal<number>,
  result: Signal<Detail>,
  signal: AbortSignal,
): Promise<void> {
  for (let read = 0; !signal.aborted; await changeOf(wanted, read)) {
    read = wanted.peek();
    try {
      const detail = await get<InstanceDetail>(`instances/${encodeURIComponent(id)}`, signal);
      result.value = { is: "read", detail };
    } catch (error) {
      if (signal.aborted) return;
      const isMissing = error instanceof CallError && error.status < 500;
      result.value = isMissing ? { is: "missing" } : { is: "failed", why: (error as Error).message };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Resolves when the signal has another value than this. */
function changeOf(wanted: Signal<number>, value: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = wanted.subscribe((now) => {
      if (now === value) return;
      // It calls at once, before there is anything to stop.
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
