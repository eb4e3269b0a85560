import type { Kept } from "../../api";

/** What the sandbox no longer has, because it keeps only so much. */
export function Dropped({ kept, what }: { kept: Kept | undefined; what: string }) {
  if (kept === undefined || kept.dropped === 0) return null;
  const [dropped, limit] = [kept.dropped, kept.limit].map((count) => count.toLocaleString("en-US"));
  return (
    <p class="note">
      {dropped} older {what} were dropped: the sandbox keeps {limit}.
    </p>
  );
}
