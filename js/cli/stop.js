// How a command ends that could not do what it was asked.

/** Exit codes: 0 is done, and these. */
export const FAILED = 1;
export const MISUSED = 2;
export const UNREACHABLE = 3;

/** The message names the fix. */
export class Stop extends Error {
  /** @param {number} exitCode @param {string} message */
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}
