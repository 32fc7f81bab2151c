// A hit as each subject answers it: a page with six tags, from a KV in the Worker's own memory.
import freshtag from './freshtag.js';
import limit from './limit.js';
import next from './next.js';
import opennext from './opennext.js';
import vinext from './vinext.js';

/**
 * @typedef {object} Subject
 * @property {() => Promise<Response | undefined>} once A hit; nothing where the subject says that it has none.
 * @property {() => Promise<Response>} [hit] The same, without a look at what it is.
 * @property {(tag: string) => Promise<unknown>} [revalidate]
 * @property {() => Subject} [anew] The same store in another isolate.
 */
/** Makes a subject with a page stored. @typedef {(page: string, kv?: import('../kv.js').LocalKv) => Promise<Subject>} Make */

/** @type {Record<string, Make>} */
export const SUBJECTS = { ...limit, ...freshtag, ...opennext, ...vinext, ...next };
