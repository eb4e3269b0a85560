/** How the command ends. A signal that stopped it has its usual exit code: 128 and its number. */
export const ALL_RIGHT = 0;
/** Something needs fixing, or the probe failed. */
export const NOT_RIGHT = 1;
/** What the probe started may still run. */
export const MAY_STILL_RUN = 3;
