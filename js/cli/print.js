// What a command prints: tables on standard output, progress on standard error.

/**
 * Columns as wide as what they hold; numbers to the right.
 * @param {string[]} titles Those that begin with `>` are of numbers.
 * @param {string[][]} rows
 */
export function table(titles, rows) {
  const right = titles.map((title) => title.startsWith('>'));
  const all = [titles.map((title) => title.replace('>', '')), ...rows];
  const widths = titles.map((_, at) => Math.max(...all.map((row) => row[at].length)));
  const line = (/** @type {string[]} */ row) => row.map((text, at) => (right[at] ? text.padStart(widths[at]) : text.padEnd(widths[at]))).join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/** One line that changes in a terminal, and a line each time elsewhere. */
export class Progress {
  #live = process.stderr.isTTY;
  #width = 0;

  /** @param {string} text */
  say(text) {
    if (!this.#live) return void process.stderr.write(`${text}\n`);
    process.stderr.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  /** A line that stays. @param {string} text */
  note(text) {
    process.stderr.write(`${this.#live && this.#width ? `\r${''.padEnd(this.#width)}\r` : ''}${text}\n`);
  }

  end() {
    if (this.#live && this.#width) process.stderr.write('\n');
  }
}
