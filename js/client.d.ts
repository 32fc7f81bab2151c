/** The name and value of the form field, or button, that stands for an action: what `formField(action)` returned, or the element itself. */
export interface ActionField {
  name: string;
  value: string;
}

/** A Server Action that failed, or was refused. */
export declare class ActionError extends Error {
  constructor(message: string, details?: { status?: number; digest?: string; cause?: unknown });
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  /** The number under which the server has logged the error, or Next's digest of `notFound()` and its kin. */
  readonly digest?: string;
}

/**
 * Calls a Server Action on the page that is shown, and returns what it returned. Calls run one after the other.
 * Arguments may be what `devalue` can write, and files, blobs and forms. After `redirect()` the browser goes there.
 * Where the page is out of date now, `freshtag:revalidated` is fired on `window`: its `detail.kind` is 1 where data or
 * cookies have changed, 2 where `refresh()` was called.
 *
 * @example
 * const likes = await callAction(button, 1); // <button name="$ACTION_ID_…" value="…">
 */
export declare function callAction<Result = any>(action: string | ActionField, ...args: unknown[]): Promise<Result>;

/**
 * Calls the action of a form with its fields, as the browser would by itself.
 *
 * @example
 * form.addEventListener('submit', async (event) => {
 *   event.preventDefault();
 *   await submitForm(form, event.submitter);
 * });
 */
export declare function submitForm<Result = any>(form: HTMLFormElement, submitter?: HTMLElement | null): Promise<Result>;

declare global {
  interface WindowEventMap {
    'freshtag:revalidated': CustomEvent<{ kind: 1 | 2 }>;
  }
}
